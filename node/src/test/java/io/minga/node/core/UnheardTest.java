package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.wire.Id;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was told counts as unheard until gossip brings it; that its proof is good is no gossip. */
final class UnheardTest {
  private static final Id BATCH = Announcer.id(Village.peer(1));
  private static final Id ONE = Announcer.id(Village.peer(2));
  private static final Id OTHER = Announcer.id(Village.peer(3));

  private final Unheard unheard = new Unheard();

  private static ClaimDelta delta(Id batch, Id claimant, int from, int to) {
    IndexSet its = IndexSet.range(from, to);
    return new ClaimDelta(batch, claimant, List.of(new ClaimDelta.Entry(Phase.HELD, 1, its)));
  }

  private static ClaimDelta delta(Id claimant, int from, int to) {
    return delta(BATCH, claimant, from, to);
  }

  @Test
  void whatGossipBrings_inParts_isHeard() {
    unheard.told(delta(ONE, 0, 8), true, true);
    unheard.heard(delta(ONE, 0, 4));
    assertThat(unheard.isAny()).isTrue();
    unheard.heard(delta(OTHER, 4, 8));
    assertThat(unheard.isAny()).isTrue();
    unheard.heard(delta(ONE, 4, 9));
    assertThat(unheard.isAny()).isFalse();
  }

  @Test
  void goodProofs_areNoGossip_howeverManyToldTheSame() {
    unheard.told(delta(ONE, 0, 8), true, false);
    unheard.told(delta(ONE, 0, 8), true, false);
    unheard.toldOf(BATCH, false);
    unheard.heard(delta(ONE, 0, 8));
    unheard.heard(delta(ONE, 0, 8));
    unheard.heardOf(BATCH);
    assertThat(unheard.isAny()).isTrue();
    unheard.heard(delta(ONE, 0, 8));
    assertThat(unheard.isAny()).isTrue();
    unheard.heardOf(BATCH);
    assertThat(unheard.isAny()).isFalse();
  }

  @Test
  void whatWasKnown_isNoNews_butItsProofCounts() {
    unheard.told(delta(ONE, 0, 4), true, false);
    unheard.told(delta(ONE, 4, 8), false, false); // of a message that has something else new
    unheard.heard(delta(ONE, 0, 4));
    unheard.heard(delta(ONE, 4, 8));
    assertThat(unheard.isAny()).isTrue();
    unheard.heard(delta(ONE, 0, 4));
    assertThat(unheard.isAny()).isFalse();
  }

  @Test
  void moreThanIsKept_isUnheard_untilOthersAreTold() {
    for (int i = 0; i < 20_000; i++) {
      unheard.told(delta(Announcer.id(Village.peer(i)), ONE, 0, 1), true, true);
    }
    for (int i = 0; i < 20_000; i++) {
      unheard.heard(delta(Announcer.id(Village.peer(i)), ONE, 0, 1));
    }
    assertThat(unheard.isAny()).isTrue();
    unheard.clear();
    assertThat(unheard.isAny()).isFalse();
  }
}
