package io.minga.cli.trial;

import io.minga.cli.text.Table;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A fifth peer comes when half of a job is done, and does its part of the rest. */
final class LateJoiner implements Trial {
  private static final int PEERS = 4;
  private static final int SLOTS = 2;
  private static final int TASKS = 1600;
  private static final double SHARES_AFTER_SECONDS = 4;
  private static final double SHARE_PERCENT_LEAST = 90;
  private static final double APART_PERCENT = 10;

  @Override
  public String name() {
    return "join";
  }

  @Override
  public String promise() {
    return "a fifth peer that is started half-way takes its share 4 s after its process was"
        + " started";
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
      work.await(TASKS / 2);
      PeerProcess joiner = crew.add(SLOTS);
      peers.add(joiner);
      work.await();
      return verdict(work, naps, peers, joiner);
    }
  }

  private static Verdict verdict(Work work, Naps naps, List<PeerProcess> peers, PeerProcess joiner)
      throws InterruptedException, TrialException {
    List<Long> begun = new ArrayList<>();
    for (Work.Done done : work.doneBy(joiner.id())) {
      begun.add(done.atNanos() - naps.nanos(done.index()));
    }
    if (begun.size() < SLOTS) {
      throw new TrialException("the fifth peer got %d tasks".formatted(begun.size()));
    }
    begun.sort(Long::compare);
    double busy = (begun.get(SLOTS - 1) - joiner.launchedNanos()) / 1e9;
    double up = (joiner.upNanos() - joiner.launchedNanos()) / 1e9;
    long from = joiner.launchedNanos() + (long) (SHARES_AFTER_SECONDS * 1e9);
    double first = Double.MAX_VALUE;
    double last = 0;
    double all = 0;
    double its = 0;
    Table details = new Table("PEER", "TASKS", "SLOTS BUSY FROM THEN ON", "LAST RESULT AFTER");
    for (PeerProcess peer : peers) {
      List<Work.Done> done = work.doneBy(peer.id());
      double nanos = 0;
      for (Work.Done each : done) {
        long start = Math.max(from, each.atNanos() - naps.nanos(each.index()));
        nanos += Math.max(0, each.atNanos() - start);
      }
      all += nanos;
      its = peer == joiner ? nanos : its;
      double end = (done.get(done.size() - 1).atNanos() - work.startedNanos()) / 1e9;
      first = Math.min(first, end);
      last = Math.max(last, end);
      double rest = work.startedNanos() + work.seconds() * 1e9 - from;
      details.row(
          peer == joiner ? "the fifth" : "one of four",
          done.size(),
          new Table.Right(String.format(Locale.ROOT, "%.2f", nanos / rest)),
          new Table.Right(String.format(Locale.ROOT, "%.2f s", end)));
    }
    return new Verdict(
        List.of(
            Figure.of("busy after", busy, "s").atMost(SHARES_AFTER_SECONDS),
            Figure.of("of its share then", 100 * its / (all / peers.size()), "%")
                .atLeast(SHARE_PERCENT_LEAST),
            Figure.of("ends apart", 100 * (last - first) / work.seconds(), "%")
                .atMost(APART_PERCENT),
            Figure.of("wrong outcomes", work.wrong(), "").exactly(0),
            Figure.of("up after", up, "s"),
            Figure.of("job", work.seconds(), "s")),
        details);
  }
}
