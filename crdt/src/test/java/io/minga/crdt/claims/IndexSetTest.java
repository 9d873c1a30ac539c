package io.minga.crdt.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.wire.MalformedException;
import io.minga.crdt.wire.WireReader;
import io.minga.crdt.wire.WireWriter;
import io.minga.libp2p.wire.Seeds;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class IndexSetTest {
  static LongStream seeds() {
    return Seeds.seeds(500);
  }

  private static BitSet anyBits(SplittableRandom random) {
    BitSet bits = new BitSet();
    int density = 1 + random.nextInt(64);
    for (int at = random.nextInt(256); at < 256; at += 1 + random.nextInt(density)) {
      bits.set(at, Math.min(256, at + 1 + random.nextInt(density)));
    }
    return bits;
  }

  private static IndexSet set(BitSet bits) {
    return IndexSet.of(bits.stream().toArray());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void operations_areThoseOfBitSets(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BitSet a = anyBits(random);
    BitSet b = anyBits(random);
    BitSet or = (BitSet) a.clone();
    or.or(b);
    BitSet and = (BitSet) a.clone();
    and.and(b);
    BitSet andNot = (BitSet) a.clone();
    andNot.andNot(b);
    List<Integer> seen = new ArrayList<>();
    set(a).forEach(seen::add);

    assertThat(set(a).or(set(b))).isEqualTo(set(or));
    assertThat(set(a).and(set(b))).isEqualTo(set(and));
    assertThat(set(a).andNot(set(b))).isEqualTo(set(andNot));
    assertThat(set(a).intersects(set(b))).isEqualTo(a.intersects(b));
    assertThat(set(a).size()).isEqualTo(a.cardinality());
    assertThat(set(a).last()).isEqualTo(a.length() - 1);
    assertThat(set(a).toArray()).isEqualTo(a.stream().toArray());
    assertThat(seen).isEqualTo(a.stream().boxed().toList());
    assertThat(set(a).contains(a.nextSetBit(0))).isTrue();
    assertThat(set(a).contains(a.nextClearBit(0))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void encoding_comesBack_inTheShorterForm(long seed) throws MalformedException {
    BitSet bits = anyBits(new SplittableRandom(seed));
    int runs = 0;
    for (int at = bits.nextSetBit(0); at >= 0; at = bits.nextSetBit(bits.nextClearBit(at))) {
      runs++;
    }
    WireWriter out = new WireWriter();
    set(bits).encode(out, 1, 2);

    assertThat(out.size()).isEqualTo(2 + Math.min(2 * runs, (bits.length() + 7) / 8));
    assertThat(IndexSet.decode(WireReader.of("set", out.toByteArray()), 1, 2)).isEqualTo(set(bits));
  }

  @Test
  void indexesOutOfRange_areRefused() {
    assertThatThrownBy(() -> IndexSet.of(256)).hasMessage("an index is 0 to 255, not 256");
    assertThatThrownBy(() -> IndexSet.range(5, 257)).isInstanceOf(IllegalArgumentException.class);
    assertThat(IndexSet.range(3, 3)).isSameAs(IndexSet.EMPTY);
    assertThat(IndexSet.EMPTY.last()).isEqualTo(-1);
    assertThat(IndexSet.of(9, 0, 1, 2)).hasToString("[0-2, 9]");
  }
}
