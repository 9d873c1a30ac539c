package io.minga.crdt.claims;

import static io.minga.crdt.claims.Replicas.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.ClaimDelta.Entry;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ClaimCodecTest {
  private static final Id BATCH = Id.of(new byte[] {1, 2, 3});
  private static final Id ALICE = id("alice", 0);

  /** Batch 010203; held in epoch 1: 0 to 255. */
  private static final String HELD_ALL = "0a03010203" + "1208" + "08021001" + "1a0200ff";

  static LongStream seeds() {
    return Seeds.seeds(200);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  @Test
  void golden_allHeldInEpochOne() throws MalformedException {
    ClaimDelta delta = ClaimDelta.decode(ALICE, hex(HELD_ALL));

    assertThat(delta)
        .isEqualTo(
            new ClaimDelta(
                BATCH, ALICE, List.of(new Entry(Phase.HELD, 1, IndexSet.range(0, 256)))));
    assertThat(delta.encode()).isEqualTo(hex(HELD_ALL));
  }

  @Test
  void golden_bitmapAndSettled() throws MalformedException {
    String message =
        "0a03010203" + "1207" + "0803" + "1007" + "220115" + "1205" + "0804" + "220102";

    ClaimDelta delta = ClaimDelta.decode(ALICE, hex(message));

    assertThat(delta.entries())
        .containsExactly(
            new Entry(Phase.DONE, 7, IndexSet.of(0, 2, 4)),
            new Entry(Phase.SETTLED, 0, IndexSet.of(1)));
    assertThat(delta.encode()).isEqualTo(hex(message));
  }

  @ParameterizedTest
  @CsvSource({
    "1208080210011a0200ff, field 1: it is missing",
    "0a00, has 1 to 64 bytes",
    "0a03010203, at least one entry",
    "0a03010203 1206 1001 1a021010, the phase is missing",
    "0a03010203 1208 0805 1001 1a021010, 5 is above 4",
    "0a03010203 1206 0802 1a021010, HELD in epoch 0",
    "0a03010203 1208 0804 1001 1a021010, SETTLED in epoch 1",
    "0a03010203 120c 0802 10ffffffff0f 1a021010, 4294967295 is above 2147483647",
    "0a03010203 120c 0802 108080808008 1a021010, 2147483648 is above 2147483647",
    "0a03010203 1209 0802 108100 1a021010, not in its shortest form",
    "0a03010203 1208 0802 1000 1a021010, a zero is left out",
    "0a03010203 1204 0802 1001, 'field 4: it is missing'",
    "0a03010203 1206 0802 1001 1a00, not in their one form",
    "0a03010203 1206 0802 1001 2200, not in their one form",
    "0a03010203 1208 0802 1001 1a020100, not in their one form",
    "0a03010203 1207 0802 1001 1a0100, not in their one form",
    "0a03010203 120a 0802 1001 1a0400000101, not in their one form",
    "0a03010203 1208 0802 1001 22020100, not in their one form",
    "0a03010203 1208 0802 1001 1a020000, not in their one form",
    "0a03010203 1208 0802 1001 1a021010 1208 0802 1001 1a021111, entries ascend",
    "0a03010203 1208 0802 1001 1a021010 1208 0802 1002 1a021010, an index is in one entry only",
    "0a03010203 1208 0802 1001 1a021010 1801, unknown",
    "0a03010203 120a 0802 1001 1a021010 2801, unknown",
    "0a03010203 1209 0802 1001 1a021010, only 8 B follow",
  })
  void otherForms_areRefused_andSaidWhy(String message, String why) {
    byte[] bytes = hex(message.replace(" ", ""));
    assertThatThrownBy(() -> ClaimDelta.decode(ALICE, bytes))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void statesAndDeltas_comeBackAsTheyWere(long seed) throws MalformedException {
    Replicas replicas = history(seed);
    for (ClaimDelta delta : replicas.said) {
      assertThat(ClaimDelta.decode(delta.claimant(), delta.encode())).isEqualTo(delta);
    }
    for (ClaimSet set : replicas.sets) {
      for (BatchFacts facts : replicas.batches) {
        BatchClaims claims = set.claims(facts.batch());
        assertThat(BatchClaims.decode(claims.encode())).isEqualTo(claims);
      }
    }
  }

  @Test
  void largestDeltaAndState_fitTheirBounds() throws MalformedException {
    byte[] name = new byte[Id.BYTES_MAX];
    List<Entry> entries = new ArrayList<>();
    List<ClaimDelta> deltas = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      Entry entry = new Entry(Phase.DONE, ClaimDelta.EPOCH_MAX - 256 + i, IndexSet.of(i));
      entries.add(entry);
      name[63] = (byte) i;
      deltas.add(new ClaimDelta(BATCH, Id.of(name), List.of(entry)));
    }
    ClaimDelta delta = new ClaimDelta(Id.of(name), ALICE, entries);
    BatchClaims claims = new BatchClaims(BATCH, deltas);

    assertThat(delta.encode()).hasSizeLessThanOrEqualTo(ClaimDelta.BYTES_MAX);
    assertThat(claims.encode()).hasSizeLessThanOrEqualTo(BatchClaims.BYTES_MAX);
    assertThat(ClaimDelta.decode(ALICE, delta.encode())).isEqualTo(delta);
    assertThat(BatchClaims.decode(claims.encode())).isEqualTo(claims);
  }

  @Test
  void hostileDeltas_areRefused_andAllOthersAreInTheirOneForm() {
    List<byte[]> corpus = new ArrayList<>(List.of(hex(HELD_ALL)));
    history(1).said.forEach(delta -> corpus.add(delta.encode()));

    Hostile.fuzz(1, corpus, ClaimCodecTest::decodeDelta);
  }

  @Test
  void hostileStates_areRefused_andAllOthersAreInTheirOneForm() {
    Replicas replicas = history(2);
    List<byte[]> corpus = new ArrayList<>();
    for (ClaimSet set : replicas.sets) {
      replicas.batches.forEach(facts -> corpus.add(set.claims(facts.batch()).encode()));
    }

    Hostile.fuzz(2, corpus, ClaimCodecTest::decodeState);
  }

  private static Object decodeDelta(byte[] input) throws WireException {
    try {
      ClaimDelta delta = ClaimDelta.decode(ALICE, input);
      assertThat(delta.encode()).isEqualTo(input);
      return delta;
    } catch (MalformedException malformed) {
      throw new WireException(String.valueOf(malformed.getMessage()));
    }
  }

  private static Object decodeState(byte[] input) throws WireException {
    try {
      BatchClaims claims = BatchClaims.decode(input);
      assertThat(claims.encode()).isEqualTo(input);
      return claims;
    } catch (MalformedException malformed) {
      throw new WireException(String.valueOf(malformed.getMessage()));
    }
  }

  private static Replicas history(long seed) {
    Replicas replicas = new Replicas(new SplittableRandom(seed), 5, 2, 256);
    for (int step = 0; step < 60; step++) {
      replicas.step(step % 5);
    }
    return replicas;
  }
}
