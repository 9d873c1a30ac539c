package io.minga.cli.trial;

import io.minga.cli.text.Table;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One of four peers goes when a third of a job is done, in order or by being killed. */
final class Leaver implements Trial {
  private static final int PEERS = 4;
  private static final int SLOTS = 2;
  private static final int TASKS = 600;

  /** What it runs may take 0.2 s, and the JVM a moment to end. */
  private static final double LEFT_SECONDS = 5;

  private static final double AGAIN_SECONDS = 3;

  /** SIGKILL has no exit code; the JVM says 128 and the signal's number. */
  private static final int KILLED = 137;

  private final String name;
  private final boolean isKilled;

  Leaver(String name, boolean isKilled) {
    this.name = name;
    this.isKilled = isKilled;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String promise() {
    return isKilled
        ? "a peer that is killed costs nothing but time: each task has one result, at most 3 s late"
        : "a peer that leaves by SIGTERM ends what it runs, hands over the rest, and exits with 0";
  }

  @Override
  public Verdict run(long seed) throws IOException, InterruptedException, TrialException {
    Naps naps = Naps.of(TASKS, seed);
    try (Crew crew = Crew.start()) {
      List<PeerProcess> peers = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        peers.add(crew.add(SLOTS));
      }
      crew.awaitAll(new FunctionName(Naps.FUNCTION));
      Work work = Work.start(crew.caller(), Naps.FUNCTION, naps.inMillis());
      work.await(TASKS / 3);
      PeerProcess leaver = peers.get(PEERS - 1);
      long told = System.nanoTime();
      if (isKilled) {
        leaver.kill();
      } else {
        leaver.terminate();
      }
      int exitCode = leaver.exitCode();
      double exit = (System.nanoTime() - told) / 1e9;
      work.await();
      List<Figure> figures = new ArrayList<>();
      figures.add(Figure.of("wrong outcomes", work.wrong(), "").exactly(0));
      figures.add(Figure.of("exit code", exitCode, "").exactly(isKilled ? KILLED : 0));
      if (isKilled) {
        figures.add(
            Figure.of("begun again after", again(work, naps, told), "s").atMost(AGAIN_SECONDS));
      } else {
        figures.add(Figure.of("exits after", exit, "s").atMost(LEFT_SECONDS));
        figures.add(Figure.of("tasks begun after that", begunAfter(work, naps, leaver, told), ""));
      }
      figures.add(Figure.of("job", work.seconds(), "s"));
      figures.add(Figure.of("over ideal", work.seconds() / ideal(work, naps, told), ""));
      return new Verdict(figures, details(work, peers));
    }
  }

  /** When the last of the tasks that it had begun was begun anew elsewhere. */
  private static double again(Work work, Naps naps, long toldNanos) {
    double first = Double.NaN;
    for (Work.Done done : work.done()) {
      double begun = (done.atNanos() - naps.nanos(done.index()) - toldNanos) / 1e9;
      if (done.attempts() > 1 && begun > 0 && !(begun >= first)) {
        first = begun;
      }
    }
    return first;
  }

  /** How many tasks the leaver began later than it could have been told. */
  private static int begunAfter(Work work, Naps naps, PeerProcess leaver, long toldNanos)
      throws InterruptedException, TrialException {
    return (int)
        work.doneBy(leaver.id()).stream()
            .filter(it -> it.atNanos() - naps.nanos(it.index()) - toldNanos > 50_000_000)
            .count();
  }

  /** How long it would take if nothing had to be found out. */
  private static double ideal(Work work, Naps naps, long toldNanos) {
    double all = 0;
    for (int i = 0; i < naps.count(); i++) {
      all += naps.nanos(i);
    }
    double until = (double) toldNanos - work.startedNanos();
    double left = all - until * PEERS * SLOTS;
    return (until + left / ((PEERS - 1) * SLOTS)) / 1e9;
  }

  private static Table details(Work work, List<PeerProcess> peers)
      throws InterruptedException, TrialException {
    Table details = new Table("PEER", "TASKS", "LAST RESULT AFTER");
    for (int i = 0; i < PEERS; i++) {
      List<Work.Done> done = work.doneBy(peers.get(i).id());
      double end = (done.get(done.size() - 1).atNanos() - work.startedNanos()) / 1e9;
      details.row(
          i == PEERS - 1 ? "the one that goes" : "one of three",
          done.size(),
          new Table.Right(String.format(Locale.ROOT, "%.2f s", end)));
    }
    return details;
  }
}
