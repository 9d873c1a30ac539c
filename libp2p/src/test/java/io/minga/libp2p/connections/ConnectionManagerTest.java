package io.minga.libp2p.connections;

import static io.minga.libp2p.connections.Direction.INBOUND;
import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.connections.ConnectionManager.CloseReason;
import io.minga.libp2p.connections.ConnectionManager.Effect;
import io.minga.libp2p.connections.ConnectionManager.Input;
import io.minga.libp2p.wire.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ConnectionManagerTest {
  private static final long START = Long.MAX_VALUE - 15_000_000_000L; // the clock wraps in a test
  private static final long GRACE = 10_000_000_000L;
  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(5, 3, 2, 3, 2, Duration.ofNanos(GRACE));

  private final ConnectionManager manager = new ConnectionManager(LIMITS);

  static LongStream seeds() {
    return Seeds.seeds(200);
  }

  private List<Effect> open(long nowNanos, long id, int peer) {
    return manager.handle(nowNanos, new Input.Opened(id, peer(peer), INBOUND));
  }

  private List<Effect> tick(long nowNanos) {
    return manager.handle(nowNanos, new Input.Tick());
  }

  private void openSix() {
    for (int i = 1; i <= 6; i++) {
      assertThat(open(START + i, i, i)).isEmpty();
    }
  }

  private static Effect trimmed(long id) {
    return new Effect.Close(id, CloseReason.TRIMMED);
  }

  @Test
  void opened_aboveHighWater_trimsTheOldestWhenTheirGraceIsOver() {
    openSix();
    assertThat(manager.nextDeadlineNanos()).isEqualTo(START + 1 + GRACE);
    assertThat(tick(START + GRACE)).isEmpty();
    assertThat(tick(START + 1 + GRACE)).containsExactly(trimmed(1));
    assertThat(manager.connectionCount()).isEqualTo(5);
    assertThat(manager.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tick_allOutOfGrace_trimsToLowWaterByScoreThenIdleThenAge() {
    for (int i = 1; i <= 5; i++) {
      open(START, i, i);
    }
    manager.handle(START, new Input.Score(peer(1), 2));
    manager.handle(START, new Input.Score(peer(5), -1));
    manager.handle(START, new Input.Busy(2));
    manager.handle(START, new Input.Busy(3));
    manager.handle(START, new Input.Idle(3));
    long later = START + GRACE;
    assertThat(open(later, 6, 6)).containsExactly(trimmed(5), trimmed(3), trimmed(4));
    assertThat(manager.connectionCount()).isEqualTo(3);
  }

  @Test
  void tick_protectedPeers_areNeverTrimmed() {
    manager.handle(START, new Input.Protect(peer(1), "a"));
    manager.handle(START, new Input.Protect(peer(1), "b"));
    manager.handle(START, new Input.Protect(peer(2), "a"));
    openSix();
    manager.handle(START, new Input.Unprotect(peer(1), "b"));
    manager.handle(START, new Input.Unprotect(peer(2), "a"));
    assertThat(tick(START + 6 + GRACE)).containsExactly(trimmed(2), trimmed(3), trimmed(4));
  }

  @Test
  void opened_everyoneProtected_isTolerated() {
    ConnectionLimits limits = new ConnectionLimits(0, 0, 2, 3, 2, Duration.ZERO);
    ConnectionManager full = new ConnectionManager(limits);
    full.handle(START, new Input.Protect(peer(1), "a"));
    assertThat(full.handle(START, new Input.Opened(1, peer(1), INBOUND))).isEmpty();
    assertThat(full.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(full.handle(START, new Input.Unprotect(peer(1), "a"))).containsExactly(trimmed(1));
  }

  @Test
  void opened_simultaneousDials_bothStay() {
    assertThat(manager.handle(START, new Input.Opened(1, peer(1), INBOUND))).isEmpty();
    assertThat(manager.handle(START, new Input.Opened(2, peer(1), Direction.OUTBOUND))).isEmpty();
    assertThat(manager.connectionsOf(peer(1))).containsExactly(1L, 2L);
    assertThat(manager.connectedPeers()).containsExactly(peer(1));
  }

  @Test
  void opened_moreThanAPeerMayHave_isClosedAtOnce() {
    open(START, 1, 1);
    open(START, 2, 1);
    assertThat(open(START, 3, 1)).containsExactly(new Effect.Close(3, CloseReason.PEER_LIMIT));
    manager.handle(START, new Input.Closed(3));
    manager.handle(START, new Input.Closed(1));
    assertThat(open(START, 4, 1)).isEmpty();
    assertThat(manager.connectionsOf(peer(1))).containsExactly(2L, 4L);
  }

  @Test
  void closed_lastConnection_forgetsThePeersScore() {
    open(START, 1, 1);
    manager.handle(START, new Input.Score(peer(1), 100));
    manager.handle(START, new Input.Closed(1));
    manager.handle(START, new Input.Closed(1));
    openSix();
    assertThat(tick(START + 1 + GRACE)).containsExactly(trimmed(1));
  }

  @Test
  void below_aNumberOfConnections_leavesRoomAbove() {
    assertThat(ConnectionLimits.below(128)).isEqualTo(ConnectionLimits.DEFAULT);
    assertThat(ConnectionLimits.DEFAULT.highWater()).isEqualTo(112);
    assertThat(ConnectionLimits.DEFAULT.lowWater()).isEqualTo(96);
    assertThat(ConnectionLimits.below(1).highWater()).isEqualTo(1);
    assertThat(ConnectionLimits.below(1024).lowWater()).isEqualTo(768);
  }

  @Test
  void handle_ourErrors_areRefusedInWords() {
    open(START, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(START, 1, 2))
        .withMessage("connection 1 opened twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manager.handle(START, new Input.Score(peer(1), Double.NaN)));
    for (int i = 1; i <= 3; i++) {
      manager.handle(START, new Input.Protect(peer(i), "a"));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manager.handle(START, new Input.Protect(peer(4), "a")))
        .withMessage("3 peers are protected already, which is the limit");
    manager.handle(START, new Input.Protect(peer(1), "b"));
    manager.handle(START, new Input.Protect(peer(1), "b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manager.handle(START, new Input.Protect(peer(1), "c")))
        .withMessageStartingWith("2 tags protect peer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionLimits(1, 2, 1, 1, 1, Duration.ZERO))
        .withMessage("highWater is 1, but lowWater is 2; high is at least low");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void history_random_closesOnlyWhatItMayAndOnce(long seed) {
    Random random = new Random(seed);
    Map<Long, Long> openedAt = new LinkedHashMap<>();
    Map<Long, Integer> peerOf = new LinkedHashMap<>();
    Set<Integer> guarded = new TreeSet<>();
    Set<Long> closing = new TreeSet<>();
    long now = START;
    for (long id = 1; id <= 300; id++) {
      now += random.nextLong(GRACE / 4);
      Input input = randomInput(random, id, guarded, openedAt.keySet());
      if (input instanceof Input.Opened opened) {
        openedAt.put(id, now);
        peerOf.put(id, opened.peer().multihash().at(2));
      } else if (input instanceof Input.Closed closed) {
        openedAt.remove(closed.connectionId());
        closing.remove(closed.connectionId());
      }
      List<Effect> effects = manager.handle(now, input);
      for (Effect effect : effects) {
        Effect.Close close = (Effect.Close) effect;
        assertThat(closing.add(close.connectionId())).as("seed %d: closed once", seed).isTrue();
        Long opened = openedAt.get(close.connectionId());
        assertThat(opened).isNotNull();
        if (close.reason() == CloseReason.TRIMMED && opened != null) {
          assertThat(now - opened).as("seed %d: grace", seed).isGreaterThanOrEqualTo(GRACE);
          assertThat(guarded).as("seed %d", seed).doesNotContain(peerOf.get(close.connectionId()));
        }
      }
      assertThat(manager.connectionCount()).isEqualTo(openedAt.size() - closing.size());
      if (input instanceof Input.Busy || input instanceof Input.Idle) {
        assertThat(effects).as("seed %d: closes nothing by itself", seed).isEmpty();
      } else {
        assertTrimmed(now, openedAt, peerOf, guarded, closing);
      }
    }
  }

  /** Above high water there is nothing left that may be closed. */
  private void assertTrimmed(
      long now,
      Map<Long, Long> openedAt,
      Map<Long, Integer> peerOf,
      Set<Integer> guarded,
      Set<Long> closing) {
    if (manager.connectionCount() > LIMITS.highWater()) {
      List<Long> closable = new ArrayList<>(openedAt.keySet());
      closable.removeAll(closing);
      closable.removeIf(id -> guarded.contains(peerOf.get(id)));
      closable.removeIf(id -> now - openedAt.getOrDefault(id, now) < GRACE);
      assertThat(closable).isEmpty();
    }
  }

  private static Input randomInput(
      Random random, long id, Set<Integer> guarded, Set<Long> connections) {
    int peer = random.nextInt(20);
    List<Long> ids = new ArrayList<>(connections);
    long known = ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
    return switch (random.nextInt(8)) {
      case 0 -> new Input.Closed(known);
      case 1 -> random.nextBoolean() ? new Input.Busy(known) : new Input.Idle(known);
      case 2 -> new Input.Score(peer(peer), random.nextInt(5));
      case 3 -> {
        if (guarded.size() < LIMITS.protectedPeersMax() && guarded.add(peer)) {
          yield new Input.Protect(peer(peer), "a");
        }
        guarded.remove(peer);
        yield new Input.Unprotect(peer(peer), "a");
      }
      case 4 -> new Input.Tick();
      default -> new Input.Opened(id, peer(peer), INBOUND);
    };
  }
}
