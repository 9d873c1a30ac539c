package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.LoadReport;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A peer that stood still, and whom it takes for dead. */
final class StandstillTest {
  private static final long SECOND = 1_000_000_000;
  private static final PeerId SELF = Village.peer(1);
  private static final PeerId OTHER = Village.peer(2);

  private final NodeCore core =
      new NodeCore(
          SELF, NodeOptions.of("lab", 1), new SplittableRandom(1), () -> 1_700_000_000_000L);
  private long nowNanos = -3 * SECOND;
  private long sequence;

  private void input(Input input) {
    core.handle(nowNanos, input);
    core.endTurn(nowNanos);
    core.nextDeadlineNanos();
  }

  private void hear() {
    input(
        new Input.Loaded(
            OTHER,
            new LoadReport(
                7, ++sequence, 1, 1, 0, 0, 0, false, List.of(), List.of(), 1, 0, false, "")));
  }

  /** Lets time pass with a turn whenever the core wants one. */
  private void pass(long seconds) {
    long end = nowNanos + seconds * SECOND;
    for (long next = core.nextDeadlineNanos(); next - end <= 0; next = core.nextDeadlineNanos()) {
      nowNanos = Math.max(next, nowNanos + 1);
      core.endTurn(nowNanos);
    }
    nowNanos = end;
    core.endTurn(nowNanos);
  }

  /** Lets time pass without a turn. */
  private void standStill(long seconds) {
    core.nextDeadlineNanos();
    nowNanos += seconds * SECOND;
    core.endTurn(nowNanos);
  }

  @Test
  void silentPeer_isDead() {
    hear();
    pass(7);
    assertThat(core.isAlive(OTHER)).isTrue();

    pass(2);

    assertThat(core.isAlive(OTHER)).isFalse();
  }

  @Test
  void connectedPeerThatIsSilent_mayStandStillForHalfALease() {
    input(new Input.Connected(OTHER));
    hear();
    pass(11);
    assertThat(core.isAlive(OTHER)).isTrue();

    pass(2);

    assertThat(core.isAlive(OTHER)).isFalse();
  }

  @Test
  void peerThatStoodStill_takesNobodyForDead_beforeItHasListenedForAsLongAgain() {
    hear();
    pass(1);

    standStill(60);
    assertThat(core.isAlive(OTHER)).isTrue();
    pass(7);
    assertThat(core.isAlive(OTHER)).isTrue();

    pass(2);

    assertThat(core.isAlive(OTHER)).isFalse();
  }

  @Test
  void lostConnection_hasItsTimeAnewAfterAStandstill() {
    input(new Input.Connected(OTHER));
    hear();
    input(new Input.Disconnected(OTHER));
    pass(0);

    standStill(30);

    assertThat(core.isAlive(OTHER)).isTrue();
    pass(2);
    assertThat(core.isAlive(OTHER)).isFalse();
  }
}
