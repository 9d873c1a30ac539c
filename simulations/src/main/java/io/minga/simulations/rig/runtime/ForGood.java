package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import io.minga.simulations.rig.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A submitter that dies and does not come back: others end its durable job, and have its outcomes.
 * Afterwards it does come back, to see that it is told the same.
 */
final class ForGood implements Fault {
  private static final int TASKS = 60;
  private static final int NAP_MILLIS = 500;

  /** Whoever begins something so long after was told to by a steward. */
  private static final long STEWARD_NANOS = 25_000_000_000L;

  @Override
  public FaultLine line() {
    return new FaultLine(
        "dead-for-good",
        "SIGKILL of the submitter of a durable job, which stays away",
        "a steward has it ended; every result in another peer's journal; 0 lost");
  }

  @Override
  public void run(Course course) throws IOException, InterruptedException {
    RigPeer dead = course.peer(0);
    Course.Taken job = course.submit(dead, TASKS, NAP_MILLIS);
    course.awaitEnded(job, 5);
    long killed = dead.kill();
    Course.await(course.deadlineNanos(), () -> isRun(course, job));
    double ran = Course.since(killed);
    Course.await(course.deadlineNanos(), () -> outcomes(course, job, dead) == TASKS);
    double kept = Course.since(killed);
    int missing = TASKS - outcomes(course, job, dead);
    for (RigPeer peer : course.site().peers()) {
      if (peer != dead) {
        Kept.outcomes(peer.data(), job).forEach(course::add);
      }
    }
    course.figure("a steward began after", stewardSeconds(course, killed), "s", 45);
    course.figure("all run after", ran, "s");
    course.figure("every result with others after", kept, "s");
    course.figure("results that nobody has", missing, "", 0);
  }

  /** Whether all tasks were run to their end by somebody. */
  private static boolean isRun(Course course, Course.Taken job) {
    Set<Long> left = new HashSet<>(job.asked().inputs());
    try {
      course.runs().stream()
          .filter(Observation.Ran::isWhole)
          .forEach(it -> left.remove(it.input()));
    } catch (IOException e) {
      return false;
    }
    return left.isEmpty();
  }

  /** Of how many tasks somebody who lives has an outcome. */
  private static int outcomes(Course course, Course.Taken job, RigPeer dead) {
    Set<Integer> known = new HashSet<>();
    for (RigPeer peer : course.site().peers()) {
      try {
        List<Observation> told = peer == dead ? new ArrayList<>() : Kept.outcomes(peer.data(), job);
        for (Observation each : told) {
          if (each instanceof Observation.Told it) {
            known.add(it.index());
          }
        }
      } catch (IOException e) {
        // It is writing, or never had a journal.
      }
    }
    return known.size();
  }

  private static double stewardSeconds(Course course, long killed) throws IOException {
    return course.runs().stream()
        .mapToLong(it -> it.beginNanos() - killed)
        .filter(it -> it > STEWARD_NANOS)
        .mapToDouble(it -> it / 1e9)
        .min()
        .orElse(Double.NaN);
  }
}
