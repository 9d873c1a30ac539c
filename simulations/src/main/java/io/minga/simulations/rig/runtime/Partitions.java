package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Networks that fall apart: packets vanish and nobody is told. */
final class Partitions {
  private static final int TASKS = 40;
  private static final int NAP_MILLIS = 200;

  /** Until both ends can know that the other is gone. */
  private static final double APART_SECONDS = 20;

  private Partitions() {}

  static List<Fault> all() {
    return Stream.of(
            new Partition(
                "split",
                "four peers are split in two",
                "both sides work; connected again ≤ 10 s after; 0 lost",
                4,
                Partitions::inTwo),
            new Partition(
                "one-way",
                "nothing arrives from one of four peers at another",
                "all goes on; connected again ≤ 10 s after; 0 lost",
                4,
                random -> List.of(new Relay.Way(random.nextInt(2), 2 + random.nextInt(2)))),
            new Partition(
                "partial",
                "each direction between five peers is cut with a chance of 30 %",
                "all goes on after it; connected again ≤ 10 s after; 0 lost",
                5,
                Partitions::matrix))
        .map(it -> (Fault) it)
        .toList();
  }

  /** Draws what is cut. */
  private interface Cuts {
    List<Relay.Way> draw(SplittableRandom random);
  }

  private static List<Relay.Way> inTwo(SplittableRandom random) {
    List<Relay.Way> cuts = new ArrayList<>();
    int with = 1 + random.nextInt(3); // of peer 0
    for (int i = 1; i < 4; i++) {
      if (i != with) {
        cuts.add(new Relay.Way(0, i));
        cuts.add(new Relay.Way(i, 0));
        cuts.add(new Relay.Way(with, i));
        cuts.add(new Relay.Way(i, with));
      }
    }
    return cuts;
  }

  private static List<Relay.Way> matrix(SplittableRandom random) {
    List<Relay.Way> cuts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 5; j++) {
        if (i != j && random.nextInt(10) < 3) {
          cuts.add(new Relay.Way(i, j));
        }
      }
    }
    return cuts;
  }

  /** Peers of both sides have work; it is cut, stays so for a while, and is healed. */
  private record Partition(String name, String what, String expected, int peers, Cuts cuts)
      implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(name, what, expected);
    }

    @Override
    public boolean isShort() {
      return name.equals("split");
    }

    @Override
    public String whyNot(Place place) {
      return place.noCables();
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      List<Course.Taken> jobs = new ArrayList<>();
      for (int i = 0; i < peers; i++) {
        jobs.add(course.submit(course.peer(i), TASKS / 2, NAP_MILLIS));
      }
      List<Relay.Way> cut = cuts.draw(course.random());
      for (Relay.Way way : cut) {
        course.cables().cut(way.from(), way.to());
      }
      for (int i = 0; i < peers; i++) {
        jobs.add(course.submit(course.peer(i), TASKS / 2, NAP_MILLIS));
      }
      long until = System.nanoTime() + (long) (APART_SECONDS * 1e9);
      Course.await(until, () -> jobs.stream().allMatch(job -> course.ended(job) >= job.tasks()));
      long done = jobs.stream().filter(job -> course.ended(job) >= job.tasks()).count();
      for (Relay.Way way : cut) {
        course.cables().mend(way.from(), way.to());
      }
      long healed = System.nanoTime();
      course.figure("directions cut", cut.size(), "");
      course.figure("jobs done meanwhile of %d".formatted(jobs.size()), (double) done, "");
      boolean isWhole = course.site().awaitWhole(course.deadlineNanos());
      course.figure("connected again after", isWhole ? Course.since(healed) : Double.NaN, "s", 10);
      if (!isWhole) {
        course.note("not all peers were connected again");
      }
    }
  }
}
