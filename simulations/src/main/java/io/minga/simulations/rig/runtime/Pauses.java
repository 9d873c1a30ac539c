package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import io.minga.simulations.rig.Observation;
import java.io.IOException;
import java.util.List;

/** Peers whose process stands still for a while. */
final class Pauses {
  private static final double LEASE_SECONDS = 15;

  private Pauses() {}

  static List<Fault> all() {
    return List.of(
        new OfExclusive(),
        new Pause("pause-blink", 2 / LEASE_SECONDS, 1, true),
        new Pause("pause-half", 0.5, 1, false),
        new Pause("pause-over", 1.1, 1, false),
        new Pause("pause-three", 3, 1, false),
        new Pause("pause-submitter", 1.1, 0, false));
  }

  /**
   * One of them.
   *
   * @param leases for how many times the length of a lease
   * @param victim which peer; the submitter is 0
   */
  private record Pause(String name, double leases, int victim, boolean isShort) implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(
          name,
          "SIGSTOP of %s for %.3g leases (%.3g s)"
              .formatted(victim == 0 ? "the submitter" : "a worker", leases, seconds()),
          leases <= 0.5 ? "no false death; 0 lost" : "its tasks go on elsewhere; 0 lost");
    }

    private double seconds() {
      return leases * LEASE_SECONDS;
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      Course.Taken job = course.submit(course.peer(0), 60, 200);
      course.awaitEnded(job, 5);
      RigPeer paused = course.peer(victim);
      paused.signal("STOP");
      long stopped = System.nanoTime();
      course.pass(seconds());
      paused.signal("CONT");
      course.awaitDone(job);
      if (victim != 0) {
        double again = course.begunElsewhere(paused, stopped);
        course.figure("begun again elsewhere after", again, "s", leases <= 0.5 ? Double.NaN : 15);
      }
    }
  }

  /** One that has leases, which end while it stands still. */
  private static final class OfExclusive implements Fault {
    private static final double LEASES = 1.5;
    private static final int NAP_MILLIS = 2_000;

    /** A lease is asked for anew every five seconds, so none ends sooner than this. */
    private static final double LEFT_SECONDS = 9;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "pause-exclusive",
          "SIGSTOP of a worker of exclusive tasks for %.3g leases (%.3g s)"
              .formatted(LEASES, LEASES * LEASE_SECONDS),
          "its tasks go on elsewhere once its leases have ended; never two at once, by their tokens;"
              + " 0 lost");
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      RigPeer paused = course.peer(1);
      course.callExclusively(course.peer(0), 24, NAP_MILLIS);
      Course.await(course.deadlineNanos(), () -> isRunning(course, paused));
      paused.signal("STOP");
      long stopped = System.nanoTime();
      course.pass(LEASES * LEASE_SECONDS);
      paused.signal("CONT");
      course.add(new Observation.Stood(paused.index(), stopped, System.nanoTime()));
      course.join();
      List<Observation.Ran> held =
          course.runs().stream()
              .filter(it -> it.peer() == paused.index() && it.beginNanos() - stopped < 0)
              .filter(it -> it.endNanos() - stopped > 0)
              .toList();
      course.figure("held when it stopped", held.size(), "");
      course.figure("begun again elsewhere after", course.begunElsewhere(paused, stopped), "s", 20);
      course.figure("sooner than a lease ends", soon(course, held, stopped), "", 0);
      course.figure(
          "ended with an old token",
          (double) held.stream().filter(Observation.Ran::isWhole).count(),
          "");
    }

    private static boolean isRunning(Course course, RigPeer peer) {
      try {
        return course.runs().stream().anyMatch(it -> it.peer() == peer.index() && !it.isWhole());
      } catch (IOException e) {
        return false;
      }
    }

    /** How many of them were begun by others when whoever had them might have gone on. */
    private static double soon(Course course, List<Observation.Ran> held, long stopped)
        throws IOException {
      List<Long> inputs = held.stream().map(Observation.Ran::input).toList();
      return (double)
          course.runs().stream()
              .filter(it -> inputs.contains(it.input()) && it.beginNanos() - stopped > 0)
              .filter(it -> (it.beginNanos() - stopped) / 1e9 < LEFT_SECONDS)
              .count();
    }
  }
}
