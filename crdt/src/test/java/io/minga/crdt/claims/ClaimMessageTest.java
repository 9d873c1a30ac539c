package io.minga.crdt.claims;

import static io.minga.crdt.claims.Replicas.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.ClaimDelta.Entry;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClaimMessageTest {
  private static final Id ALICE = id("alice", 0);
  private static final Id BOB = id("bob", 0);

  /** Batch 010203, held in epoch 1: 0 to 255; batch 04, settled: 1. */
  private static final String TWO =
      "0a0f" + "0a03010203" + "1208080210011a0200ff" + "0a0a" + "0a0104" + "12050804220102";

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static ClaimDelta delta(Id claimant, int batch, Phase phase, IndexSet indexes) {
    byte[] id = new byte[36];
    id[0] = (byte) batch;
    id[1] = (byte) (batch >> 8);
    int epoch = phase == Phase.SETTLED ? 0 : 1;
    return new ClaimDelta(Id.of(id), claimant, List.of(new Entry(phase, epoch, indexes)));
  }

  private static List<ClaimDelta> deltas(int count) {
    List<ClaimDelta> deltas = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      deltas.add(delta(ALICE, i, Phase.SETTLED, IndexSet.range(0, 256)));
    }
    return deltas;
  }

  @Test
  void golden_twoBatches() throws MalformedException {
    ClaimMessage message = ClaimMessage.decode(ALICE, hex(TWO));

    assertThat(message.claimant()).isEqualTo(ALICE);
    assertThat(message.deltas())
        .containsExactly(
            ClaimDelta.decode(ALICE, hex("0a030102031208080210011a0200ff")),
            ClaimDelta.decode(ALICE, hex("0a010412050804220102")));
    assertThat(message.encode()).isEqualTo(hex(TWO));
  }

  @Test
  void batchThatIsAllSettled_takesFewBytes() {
    assertThat(ClaimMessage.of(deltas(100)).get(0).encode()).hasSizeLessThanOrEqualTo(100 * 48);
  }

  @Test
  void many_areFewMessages_andNoneIsTooLong() throws MalformedException {
    List<ClaimDelta> all = deltas(3000);

    List<ClaimMessage> messages = ClaimMessage.of(all);

    assertThat(messages).hasSize(3);
    List<ClaimDelta> read = new ArrayList<>();
    for (ClaimMessage message : messages) {
      assertThat(message.encode()).hasSizeLessThanOrEqualTo(ClaimMessage.BYTES_MAX);
      read.addAll(ClaimMessage.decode(ALICE, message.encode()).deltas());
    }
    assertThat(read).isEqualTo(all);
  }

  @Test
  void ofNone_isNone() {
    assertThat(ClaimMessage.of(List.of())).isEmpty();
  }

  @Test
  void longDeltas_shareNoMessageThatWouldBeTooLong() {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      entries.add(new Entry(Phase.HELD, i + 1, IndexSet.of(i)));
    }
    List<ClaimDelta> all = new ArrayList<>();
    for (ClaimDelta delta : deltas(40)) {
      all.add(new ClaimDelta(delta.batch(), ALICE, entries));
    }

    List<ClaimMessage> messages = ClaimMessage.of(all);

    assertThat(messages).hasSizeGreaterThan(1);
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message.encode()).hasSizeLessThanOrEqualTo(ClaimMessage.BYTES_MAX));
  }

  @Test
  void deltasOfTwoPeers_areNoMessage() {
    List<ClaimDelta> two =
        List.of(
            delta(ALICE, 1, Phase.HELD, IndexSet.of(1)), delta(BOB, 1, Phase.HELD, IndexSet.of(2)));

    assertThatThrownBy(() -> new ClaimMessage(two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of one peer");
  }

  @ParameterizedTest
  @CsvSource({
    "'', a delta is missing",
    "1200, a delta is missing",
    "0a00, it is missing",
    "0a0f0a030102031208080210011a0200ff 1200, unknown",
    "0a0f0a030102031208080210011a0200, 14 B follow",
    "0affffff7f, above 8192 B"
  })
  void malformed_isRefused(String message, String why) {
    assertThatThrownBy(() -> ClaimMessage.decode(ALICE, hex(message.replace(" ", ""))))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void tooLong_isRefused() {
    assertThatThrownBy(() -> ClaimMessage.decode(ALICE, new byte[ClaimMessage.BYTES_MAX + 1]))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("above 65536 B");
  }

  @Test
  void tooMany_areRefused() {
    byte[] one = hex("0a0a0a010412050804220102");
    byte[] many = new byte[one.length * (ClaimMessage.DELTAS_MAX + 1)];
    for (int i = 0; i < many.length; i += one.length) {
      System.arraycopy(one, 0, many, i, one.length);
    }

    assertThatThrownBy(() -> ClaimMessage.decode(ALICE, many))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("more than 1024");
  }

  @Test
  void cutAnywhere_isRefusedOrSaysLess() {
    byte[] whole = hex(TWO);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length == 17) {
        continue; // between the two
      }
      assertThatThrownBy(() -> ClaimMessage.decode(ALICE, cut))
          .as("cut after %d bytes", length)
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void hostileBytes_areRefusedOrReadTheSame() {
    List<byte[]> corpus = new ArrayList<>();
    corpus.add(hex(TWO));
    ClaimMessage.of(deltas(50)).forEach(message -> corpus.add(message.encode()));
    Hostile.fuzz(
        17,
        corpus,
        input -> {
          try {
            ClaimMessage read = ClaimMessage.decode(ALICE, input);
            assertThat(read.encode()).isEqualTo(input);
            return read;
          } catch (MalformedException e) {
            throw new WireException(String.valueOf(e.getMessage()));
          }
        });
  }

  @Test
  void only_keepsWhatSpeaksOfThese() {
    ClaimDelta delta =
        new ClaimDelta(
            Id.of(new byte[] {1}),
            ALICE,
            List.of(
                new Entry(Phase.HELD, 1, IndexSet.range(0, 8)),
                new Entry(Phase.DONE, 2, IndexSet.range(8, 16))));

    assertThat(delta.only(IndexSet.range(4, 9)))
        .isEqualTo(
            new ClaimDelta(
                Id.of(new byte[] {1}),
                ALICE,
                List.of(
                    new Entry(Phase.HELD, 1, IndexSet.range(4, 8)),
                    new Entry(Phase.DONE, 2, IndexSet.of(8)))));
    assertThat(delta.only(IndexSet.of(200))).isNull();
  }
}
