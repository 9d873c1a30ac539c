package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.minga.crdt.claims.BatchFacts;
import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimOptions;
import io.minga.crdt.claims.ClaimSet;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.wire.Id;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of claims, and what has become of it by then. */
final class SayingsTest {
  private static final long NOW_MILLIS = 1_000_000;
  private static final long DAY_MILLIS = 86_400_000;
  private static final long HOUR_MILLIS = 3_600_000;
  private static final long SECOND = 1_000_000_000;

  private final Id self = Id.of(new byte[] {1});
  private final Id batch = Id.of(new byte[] {2});
  private final ClaimSet claims = new ClaimSet(self, ClaimOptions.defaults());
  private final Sayings sayings = new Sayings(claims);

  private List<ClaimDelta> flush(long nowNanos) {
    List<Effect> out = new ArrayList<>();
    sayings.flush(nowNanos, out);
    return out.stream().flatMap(it -> ((Effect.Claim) it).message().deltas().stream()).toList();
  }

  @Test
  void settled_isSaid_thoughTheClockJumpsAndTheBatchIsForgottenMeanwhile() {
    claims.open(NOW_MILLIS, new BatchFacts(batch, self, 1, 1, 2, NOW_MILLIS + DAY_MILLIS));
    sayings.say(0, claims.settle(NOW_MILLIS, batch, IndexSet.range(0, 2)));

    assertThat(claims.expire(NOW_MILLIS + HOUR_MILLIS)).containsExactly(batch);

    List<ClaimDelta> said = flush(SECOND);
    assertThat(said).hasSize(1);
    assertThat(said.get(0).indexes()).isEqualTo(IndexSet.range(0, 2));
    assertThat(said.get(0).entries()).allMatch(it -> it.phase() == Phase.SETTLED);
    assertThat(flush(2 * SECOND)).isEmpty();
  }

  @Test
  void whatWasSaidBefore_isSaidWithWhatIsNew_sinceItMayBeLost() {
    claims.open(NOW_MILLIS, new BatchFacts(batch, self, 1, 1, 3, NOW_MILLIS + DAY_MILLIS));
    sayings.say(0, claims.claim(NOW_MILLIS, batch, IndexSet.of(0, 2)));
    assertThat(flush(SECOND)).hasSize(1);
    sayings.say(SECOND, claims.settle(NOW_MILLIS, batch, IndexSet.of(2)));

    List<ClaimDelta> said = flush(3 * SECOND);

    assertThat(said).hasSize(1);
    assertThat(said.get(0).entries())
        .extracting(ClaimDelta.Entry::phase, ClaimDelta.Entry::indexes)
        .containsExactlyInAnyOrder(
            tuple(Phase.HELD, IndexSet.of(0)), tuple(Phase.SETTLED, IndexSet.of(2)));
  }

  @Test
  void held_isNotSaid_onceItIsSettled() {
    claims.open(NOW_MILLIS, new BatchFacts(batch, self, 1, 1, 2, NOW_MILLIS + DAY_MILLIS));
    sayings.say(0, claims.claim(NOW_MILLIS, batch, IndexSet.range(0, 2)));
    sayings.say(0, claims.settle(NOW_MILLIS, batch, IndexSet.of(1)));

    List<ClaimDelta> said = flush(SECOND);

    assertThat(said).hasSize(1);
    assertThat(said.get(0).entries())
        .extracting(ClaimDelta.Entry::phase, ClaimDelta.Entry::indexes)
        .containsExactlyInAnyOrder(
            tuple(Phase.HELD, IndexSet.of(0)), tuple(Phase.SETTLED, IndexSet.of(1)));
  }
}
