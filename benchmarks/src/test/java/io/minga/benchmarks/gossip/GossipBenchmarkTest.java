package io.minga.benchmarks.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.benchmarks.Comparison;
import io.minga.benchmarks.Schedule;
import io.minga.libp2p.wire.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That every figure runs, between real processes. What it gives says nothing. */
final class GossipBenchmarkTest {
  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void everyFigure_givesAPositiveNumberForEachOfItsQuantities() throws Exception {
    List<Comparison> results = new ArrayList<>();

    GossipBenchmark.run(
        Schedule.QUICK,
        Figure.ALL,
        EnumSet.of(Contender.MINGA, Contender.VERIFYING),
        Path.of("."),
        results::add);

    int expected = 0;
    for (Figure figure : Figure.ALL) {
      expected += figure.quantities().size() * (figure.suits(Contender.VERIFYING) ? 2 : 1);
    }
    assertThat(results).hasSize(expected);
    assertThat(results).allSatisfy(it -> assertThat(it.ours()).isPositive());
  }

  @Test
  void messagesAndReceipts_areReadAsTheyWereWritten() {
    Payload payload = new Payload(Long.MIN_VALUE + 7, true);
    Receipt receipt = new Receipt(1, 2, new Cost(3, 4));

    Bytes bytes = payload.encode();

    assertThat(bytes.length()).isEqualTo(200);
    assertThat(Payload.decode(bytes)).isEqualTo(payload);
    assertThat(Payload.decode(new Payload(1, false).encode()).wantsReceipt()).isFalse();
    assertThat(Receipt.decode(receipt.encode())).isEqualTo(receipt);
  }

  @Test
  void progress_isCountedFromAnEarlierMoment() {
    Progress begin = new Progress(1_000, 100, new Cost(10_000, 5_000));
    Progress end = new Progress(500_001_000, 300, new Cost(2_010_000, 105_000));

    assertThat(end.since(begin)).containsExactly(400, 10, 500);
  }
}
