package io.minga.cli.trial;

import io.minga.cli.text.Table;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Four peers with 1, 2, 4 and 8 slots share a job of unequal tasks, and end together. Where one is
 * slow, it takes four times as long for each task, which nobody knows when the job begins.
 */
final class UnequalHosts implements Trial {
  private static final int[] SLOTS = {1, 2, 4, 8};
  private static final int SLOW = 2;
  private static final int SLOWER = 4;
  private static final int TASKS = 600;
  private static final double APART_PERCENT = 10;

  private final String name;
  private final boolean oneIsSlow;

  UnequalHosts(String name, boolean oneIsSlow) {
    this.name = name;
    this.oneIsSlow = oneIsSlow;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String promise() {
    return oneIsSlow
        ? "the same where the peer with 4 slots is 4 times slower, which nobody knows beforehand"
        : "peers with 1, 2, 4 and 8 slots end a job of 600 tasks of 50 to 200 ms together";
  }

  @Override
  public Verdict run(long seed) throws IOException, InterruptedException, TrialException {
    Naps naps = Naps.of(TASKS, seed);
    String function = oneIsSlow ? "nap" : Naps.FUNCTION;
    try (Crew crew = Crew.start()) {
      List<PeerProcess> peers = new ArrayList<>();
      for (int i = 0; i < SLOTS.length; i++) {
        peers.add(oneIsSlow ? crew.add(SLOTS[i], nap(i)) : crew.add(SLOTS[i]));
      }
      crew.awaitAll(new FunctionName(function));
      Work work =
          Work.start(crew.caller(), function, oneIsSlow ? naps.inSeconds() : naps.inMillis());
      work.await();
      return verdict(work, naps, peers);
    }
  }

  /** The system's sleep takes several times and sleeps for all of them. */
  private static String[] nap(int peer) {
    String times = " {}".repeat(peer == SLOW ? SLOWER : 1);
    return new String[] {"--allow-command", "nap=/bin/sleep" + times};
  }

  private Verdict verdict(Work work, Naps naps, List<PeerProcess> peers)
      throws InterruptedException, TrialException {
    Table details =
        new Table("SLOTS", "TASKS", "SHARE OF ALL", "OF ITS SHARE", "LAST RESULT AFTER");
    double slots = 0;
    for (int i = 0; i < SLOTS.length; i++) {
      slots += rate(i);
    }
    double all = 0;
    for (int i = 0; i < naps.count(); i++) {
      all += naps.nanos(i);
    }
    double first = Double.MAX_VALUE;
    double last = 0;
    double least = Double.MAX_VALUE;
    for (int i = 0; i < SLOTS.length; i++) {
      List<Work.Done> its = work.doneBy(peers.get(i).id());
      double itsNanos = its.stream().mapToLong(it -> naps.nanos(it.index())).sum();
      double end =
          its.isEmpty() ? 0 : (its.get(its.size() - 1).atNanos() - work.startedNanos()) / 1e9;
      double share = itsNanos / all;
      double ofShare = share / (rate(i) / slots);
      first = Math.min(first, end);
      last = Math.max(last, end);
      least = Math.min(least, ofShare);
      details.row(SLOTS[i], its.size(), percent(100 * share), percent(100 * ofShare), seconds(end));
    }
    double ideal = all / slots / 1e9;
    return new Verdict(
        List.of(
            Figure.of("ends apart", 100 * (last - first) / work.seconds(), "%")
                .atMost(APART_PERCENT),
            Figure.of("wrong outcomes", work.wrong(), "").exactly(0),
            Figure.of("least of its share", 100 * least, "%"),
            Figure.of("job", work.seconds(), "s"),
            Figure.of("over ideal", work.seconds() / ideal, "")),
        details);
  }

  private double rate(int peer) {
    return oneIsSlow && peer == SLOW ? (double) SLOTS[peer] / SLOWER : SLOTS[peer];
  }

  private static Table.Right percent(double value) {
    return new Table.Right(String.format(Locale.ROOT, "%.1f%%", value));
  }

  private static Table.Right seconds(double value) {
    return new Table.Right(String.format(Locale.ROOT, "%.2f s", value));
  }
}
