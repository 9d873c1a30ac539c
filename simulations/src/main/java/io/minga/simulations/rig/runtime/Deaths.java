package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Peers that are killed, and come back. */
final class Deaths {
  private static final int TASKS = 60;
  private static final int NAP_MILLIS = 200;

  private Deaths() {}

  static List<Fault> all() {
    return List.of(
        new OfWorker(),
        new OfSubmitter(),
        new ForAMinute(),
        new ForGood(),
        new ComingAndGoing("come-and-go", 8, 0),
        new ComingAndGoing("come-and-go-for-an-hour", 48, 75));
  }

  /** One that works for others. */
  private static final class OfWorker implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(
          "kill-worker",
          "SIGKILL of a worker",
          "its tasks go on elsewhere; seen ≤ 3 s when connected; 0 lost");
    }

    @Override
    public boolean isShort() {
      return true;
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException {
      Course.Taken job = course.submit(course.peer(0), TASKS, NAP_MILLIS);
      course.call(course.peer(0), TASKS / 2, NAP_MILLIS);
      course.awaitEnded(job, 5 + course.random().nextInt(TASKS / 2));
      RigPeer victim = course.peer(1 + course.random().nextInt(3));
      long killed = victim.kill();
      course.awaitDone(job);
      course.figure("begun again after", course.begunElsewhere(victim, killed), "s", 3);
    }
  }

  /** One whose callers wait. */
  private static final class OfSubmitter implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(
          "kill-submitter",
          "SIGKILL of the submitter, and restart",
          "the job goes on, its results arrive; ready ≤ 5 s; 0 lost");
    }

    @Override
    public boolean isShort() {
      return true;
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException {
      RigPeer submitter = course.peer(0);
      Course.Taken job = course.submit(submitter, TASKS, NAP_MILLIS);
      course.awaitEnded(job, 5 + course.random().nextInt(TASKS / 2));
      if (job.job() != null) {
        course.read(job); // what was told once is so for ever
      }
      course.restart(submitter);
      course.figure("ready after", submitter.upSeconds(), "s", 5);
    }
  }

  /** One that has much to come back to. */
  private static final class ForAMinute implements Fault {
    private static final int TASKS = 100_000;
    private static final double AWAY_SECONDS = 60;

    @Override
    public FaultLine line() {
      return new FaultLine(
          "away-a-minute",
          "the submitter of 100,000 durable tasks is killed as soon as they are acknowledged, and"
              + " comes back after a minute",
          "ready ≤ 5 s; every result; 0 lost");
    }

    @Override
    public int secondsMax() {
      return 400;
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException {
      RigPeer submitter = course.peer(0);
      long asked = System.nanoTime();
      Course.Taken job = course.submit(submitter, TASKS, 0);
      double taken = Course.since(asked);
      submitter.kill();
      course.pass(AWAY_SECONDS);
      int ranMeanwhile = course.runs().size();
      course.site().start(submitter);
      submitter.awaitUp(course.deadlineNanos());
      long ended = course.ended(job);
      long back = System.nanoTime();
      course.awaitDone(job);
      course.figure("acknowledged after", taken, "s");
      course.figure("ready after", submitter.upSeconds(), "s", 5);
      course.figure("outstanding then", (double) TASKS - ended, "");
      course.figure("all results after", Course.since(back), "s");
      course.figure("run while it was away or before", ranMeanwhile, "");
    }
  }

  /**
   * Workers that leave, or die, and come back, all the time.
   *
   * @param everySeconds how long after one the next; 0 for as soon as the work is done
   */
  private record ComingAndGoing(String name, int times, double everySeconds) implements Fault {
    /** How long a job of the hour may be asked for; what tells of it stays for ten minutes more. */
    private static final long KEEP_MILLIS = TimeUnit.MINUTES.toMillis(2);

    /** From then on as much is forgotten in the hour as comes. */
    private static final int WARM_TIMES = 14;

    @Override
    public FaultLine line() {
      return new FaultLine(
          name,
          "a worker leaves or is killed and another one comes, %d times%s"
              .formatted(times, isLong() ? ", one each %.0f s".formatted(everySeconds) : ""),
          "0 lost; no leak: descriptors, threads and heap of the one that stays are flat");
    }

    @Override
    public boolean isLong() {
      return everySeconds > 0;
    }

    @Override
    public int secondsMax() {
      return 300 + (int) Math.round(everySeconds * times);
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      RigPeer stays = course.peer(0);
      long descriptors = count(stays, "fd");
      long threads = count(stays, "task");
      double heap = Double.NaN;
      for (int i = 0; i < times && course.isInTime(); i++) {
        long begun = System.nanoTime();
        Course.Taken job =
            isLong()
                ? course.submit(stays, 20, NAP_MILLIS, KEEP_MILLIS)
                : course.submit(stays, 20, NAP_MILLIS);
        course.awaitEnded(job, 5);
        RigPeer victim = course.peer(1 + i % 3);
        if (course.random().nextBoolean()) {
          victim.signal("TERM");
          victim.awaitExit(System.nanoTime() + 40_000_000_000L);
        }
        course.restart(victim);
        if (course.awaitDone(job) && isLong()) {
          course.close(job);
        }
        course.pass(everySeconds - Course.since(begun));
        heap = isLong() && i + 1 == WARM_TIMES ? liveBytes(stays) : heap;
      }
      course.site().awaitWhole(course.deadlineNanos());
      course.pass(5);
      course.figure("descriptors more", (double) count(stays, "fd") - descriptors, "", 10);
      course.figure("threads more", (double) count(stays, "task") - threads, "", 10);
      if (isLong()) {
        double more = (liveBytes(stays) / heap - 1) * 100;
        course.figure("heap after %d of them".formatted(WARM_TIMES), heap / (1 << 20), "MiB");
        course.figure("heap more", more, "%", 10);
      }
    }

    private static long count(RigPeer peer, String what) throws IOException {
      try (Stream<Path> all = Files.list(Path.of("/proc/" + peer.pid(), what))) {
        return all.count();
      }
    }

    /** What is left on its heap after a collection; NaN if this JVM comes without jcmd. */
    private static double liveBytes(RigPeer peer) throws InterruptedException {
      String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
      return Programs.output(List.of(jcmd, String.valueOf(peer.pid()), "GC.class_histogram"))
          .map(said -> said.lines().filter(line -> line.startsWith("Total")).findFirst())
          .flatMap(total -> total)
          .map(total -> Double.parseDouble(total.strip().split("\\s+", -1)[2]))
          .orElse(Double.NaN);
    }
  }
}
