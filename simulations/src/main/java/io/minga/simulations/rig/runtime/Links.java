package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.FaultLine;
import io.minga.simulations.rig.Weather;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Bad links between all peers, and one that is dead without a word. */
final class Links {
  private static final int TASKS = 160;
  private static final int NAP_MILLIS = 100;

  private Links() {}

  static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    for (int percent : List.of(1, 5, 20)) {
      all.add(
          new Bad(
              "loss-" + percent,
              percent + " % of packets lost between all peers",
              percent <= 5 ? "the same outcome, ≤ 2 × time" : "the same outcome, all done",
              Weather.loss(percent),
              percent <= 5 ? 2 : Double.NaN));
    }
    all.add(
        new Bad(
            "delay",
            "each piece of bytes takes 0 to 500 ms",
            "the same outcome",
            Weather.delay(0, 500),
            Double.NaN));
    all.add(
        new Bad(
            "resets",
            "connections are reset after 16 KiB on average",
            "the same outcome",
            Weather.resets(16 << 10),
            Double.NaN));
    all.add(new HalfOpen());
    return all;
  }

  /** A job in fair weather, and another in this. */
  private record Bad(String name, String what, String expected, Weather weather, double timesMax)
      implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(name, what, expected);
    }

    @Override
    public String whyNot(Place place) {
      return place.noCables();
    }

    @Override
    public void run(Course course) throws InterruptedException {
      double fair = seconds(course);
      course.relay().setAll(course.site().peers().size(), weather);
      course.relay().resetAll(); // so that connections are opened in this weather
      double bad = seconds(course);
      course.relay().setAll(course.site().peers().size(), Weather.FAIR);
      course.relay().resetAll();
      long cleared = System.nanoTime();
      course.figure("job in fair weather", fair, "s");
      course.figure("job", bad, "s");
      course.figure("times as long", bad / fair, "", timesMax);
      boolean isWhole = course.site().awaitWhole(course.deadlineNanos());
      course.figure("connected again after", isWhole ? Course.since(cleared) : Double.NaN, "s");
    }

    private static double seconds(Course course) throws InterruptedException {
      long begun = System.nanoTime();
      course.awaitDone(course.submit(course.peer(0), TASKS, NAP_MILLIS));
      return Course.since(begun);
    }
  }

  /** Nothing arrives from or at a worker, and its connections stay open. */
  private static final class HalfOpen implements Fault {
    @Override
    public FaultLine line() {
      return new FaultLine(
          "half-open",
          "nothing arrives from or at a worker any more, and no connection is closed",
          "dead ≤ 15 s; 0 lost");
    }

    @Override
    public String whyNot(Place place) {
      return place.noCables();
    }

    @Override
    public void run(Course course) throws IOException, InterruptedException, RigException {
      Course.Taken job = course.submit(course.peer(0), 60, 200);
      course.awaitEnded(job, 10);
      RigPeer victim = course.peer(1 + course.random().nextInt(course.site().peers().size() - 1));
      for (int i = 0; i < course.site().peers().size(); i++) {
        if (i != victim.index()) {
          course.cables().cut(i, victim.index());
          course.cables().cut(victim.index(), i);
        }
      }
      long cut = System.nanoTime();
      boolean isDone = course.awaitDone(job);
      double done = Course.since(cut);
      course.cables().mendAll();
      long healed = System.nanoTime();
      course.figure("begun again after", course.begunElsewhere(victim, cut), "s", 15);
      course.figure("job done without it after", isDone ? done : Double.NaN, "s");
      boolean isWhole = course.site().awaitWhole(course.deadlineNanos());
      course.figure("connected again after", isWhole ? Course.since(healed) : Double.NaN, "s");
    }
  }
}
