package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a peer knows of very many, and how many there are by that. */
final class SampleTest {
  private final Sample sample = new Sample(Village.peer(1));

  private void came(int from, int to) {
    for (int i = from; i < to; i++) {
      sample.came(sample.zeros(Village.peer(i)));
    }
  }

  private int in(int from, int to) {
    int in = 0;
    for (int i = from; i < to; i++) {
      in += sample.has(sample.zeros(Village.peer(i))) ? 1 : 0;
    }
    return in;
  }

  @Test
  void upToAThousand_allAreInIt() {
    came(2, 2 + Sample.MOST);

    assertThat(sample.isAll()).isTrue();
    assertThat(sample.peers()).isEqualTo(Sample.MOST);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_500, 3_000, 10_000, 30_000})
  void ofMore_someAreInIt_andSayHowManyThereAre(int peers) {
    came(2, 2 + peers);

    assertThat(in(2, 2 + peers)).isBetween(Sample.MOST / 3, Sample.MOST);
    assertThat(sample.peers()).isCloseTo(peers, Percentage.withPercentage(12));
  }

  @Test
  void whoKnowsAPeer_isKnownByIt_andOthersKnowOthers() {
    PeerId other = Village.peer(7);
    Sample its = new Sample(other);
    int equal = 0;
    for (int i = 10; i < 1_010; i++) {
      equal += sample.zeros(Village.peer(i)) == its.zeros(Village.peer(i)) ? 1 : 0;
    }

    assertThat(its.zeros(Village.peer(1))).isEqualTo(sample.zeros(other));
    assertThat(equal)
        .isBetween(250, 420); // a third, of two that have nothing to do with each other
  }

  @Test
  void onceFewAreLeft_allAreInItAgain() {
    came(2, 10_002);
    for (int i = 202; i < 10_002; i++) {
      sample.went(sample.zeros(Village.peer(i)));
    }

    assertThat(sample.isAll()).isTrue();
    assertThat(sample.peers()).isEqualTo(200);
  }

  @Test
  void numbersThatWereSought_makeNobodyBelieveInMoreThanAMillion() {
    for (int i = 0; i < Sample.MOST - 1; i++) {
      sample.came(40);
    }
    came(2, 30_002);

    assertThat(sample.peers()).isLessThanOrEqualTo(2 << 20);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void peersThatComeAndGo_areCounted(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> known = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      boolean grows = step / 5_000 % 2 == 0;
      if (known.isEmpty() || random.nextInt(10) < (grows ? 9 : 2)) {
        int zeros = Long.numberOfLeadingZeros(random.nextLong());
        known.add(zeros);
        sample.came(zeros);
      } else {
        sample.went(known.remove(random.nextInt(known.size())));
      }
      if (step % 97 == 0) {
        long in = known.stream().filter(sample::has).count();
        assertThat(in).as("seed %d, step %d", seed, step).isLessThanOrEqualTo(Sample.MOST);
        assertThat(sample.peers() % Math.max(1, in)).isZero();
        assertThat(sample.isAll()).isEqualTo(in == known.size() && sample.peers() == in);
      }
    }
  }
}
