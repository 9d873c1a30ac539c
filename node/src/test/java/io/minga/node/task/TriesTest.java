package io.minga.node.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Tries.Count;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TriesTest {
  private static final Tries TRIES =
      Tries.of(IndexSet.range(0, 5), index -> new Count(index == 3 ? 9 : 0, index % 2, 0, 0, 0));

  @Test
  void tasksOfWhichTheSameIsKnown_areOneGroup_andOthersAreNotNamed() {
    assertThat(TRIES.groups())
        .extracting(Tries.Group::indexes)
        .containsExactly(IndexSet.of(1), IndexSet.of(3));
    assertThat(TRIES.count(3)).isEqualTo(new Count(9, 1, 0, 0, 0));
    assertThat(TRIES.count(4)).isEqualTo(Count.NONE);
    assertThat(TRIES.indexes()).isEqualTo(IndexSet.of(1, 3));
  }

  @Test
  void bytes_areThose() throws WireException {
    Tries tries = Tries.of(IndexSet.of(1, 2), index -> new Count(1024, 2, 1, 3, 4));

    assertThat(tries.encode())
        .isEqualTo(Bytes.fromHex("0a0e" + "120106" + "188008" + "2002" + "2801" + "3003" + "3804"));
    assertThat(Tries.decode(tries.encode())).isEqualTo(tries);
  }

  @Test
  void join_keepsTheLargerNumbers_whateverTheOrder() throws WireException {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Tries one = Samples.tries(random);
      Tries two = Samples.tries(random);
      Tries three = Samples.tries(random);

      assertThat(one.join(two).encode()).as("seed %d", seed).isEqualTo(two.join(one).encode());
      assertThat(one.join(two).join(three)).isEqualTo(one.join(two.join(three)));
      assertThat(one.join(one)).isEqualTo(one);
      assertThat(one.join(Tries.NONE)).isEqualTo(one);
      assertThat(Tries.decode(one.join(two).encode())).isEqualTo(one.join(two));
      one.join(two)
          .indexes()
          .forEach(
              index ->
                  assertThat(one.join(two).count(index))
                      .isEqualTo(one.count(index).join(two.count(index))));
    }
  }

  @Test
  void taskThatComesTwice_orOfWhichNothingIsSaid_isRefused() {
    for (String bytes :
        List.of(
            "",
            "0a03" + "120106",
            "0a02" + "2001",
            "0a05" + "120106" + "2001" + "0a05" + "120102" + "2001")) {
      assertThatThrownBy(() -> Tries.decode(Bytes.fromHex(bytes)))
          .as(bytes)
          .isInstanceOf(WireException.class);
    }
  }

  @Test
  void hostileBytes_areRefused() {
    Hostile.fuzz(
        31,
        List.of(TRIES.encode().toByteArray(), Samples.tries(new Random(5)).encode().toByteArray()),
        in -> Tries.decode(Bytes.copyOf(in)));
  }
}
