package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Peers whose process stands still for a while. */
final class Pauses {
  private static final double LEASE_SECONDS = 15;

  private Pauses() {}

  static List<Fault> all() {
    return Stream.of(
            new Pause("pause-blink", 2 / LEASE_SECONDS, 1, true),
            new Pause("pause-half", 0.5, 1, false),
            new Pause("pause-over", 1.1, 1, false),
            new Pause("pause-three", 3, 1, false),
            new Pause("pause-submitter", 1.1, 0, false))
        .map(it -> (Fault) it)
        .toList();
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
}
