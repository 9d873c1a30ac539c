package io.minga.libp2p.connections;

import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.connections.DialQueue.Effect;
import io.minga.libp2p.connections.DialQueue.Input;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DialQueueTest {
  private static final long START = Math.subtractExact(Long.MAX_VALUE, 1_000_000_000L);
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;
  private static final PeerId PEER = peer(1);
  private static final DialOptions OPTIONS = options(8, 4);

  private final DialQueue queue = new DialQueue(OPTIONS, new Random(1));

  private static DialOptions options(int dialsMax, int dialsPerPeerMax) {
    return new DialOptions(
        dialsMax,
        dialsPerPeerMax,
        16,
        12,
        20,
        100,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofMillis(250),
        Duration.ofMillis(30),
        Duration.ofSeconds(1),
        Duration.ofMinutes(5));
  }

  /** Public addresses. */
  private static List<Multiaddr> addresses(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> Multiaddr.parse("/ip4/192.0.2." + i + "/tcp/4001"))
        .toList();
  }

  private List<Effect> request(long nowNanos, long id, PeerId peer, List<Multiaddr> addresses) {
    return queue.handle(nowNanos, new Input.Request(id, peer, addresses, false));
  }

  private List<Effect> force(long nowNanos, long id, PeerId peer, List<Multiaddr> addresses) {
    return queue.handle(nowNanos, new Input.Request(id, peer, addresses, true));
  }

  private List<Effect> fail(long nowNanos, long dialId) {
    return queue.handle(nowNanos, new Input.DialFailed(dialId, "connection refused"));
  }

  private List<Effect> tick(long nowNanos) {
    return queue.handle(nowNanos, new Input.Tick());
  }

  private static Effect start(long dialId, Multiaddr address) {
    return new Effect.StartDial(dialId, PEER, address);
  }

  @Test
  void request_dialsTheFirstAddress_thenTheNextAfterTheStagger() {
    List<Multiaddr> three = addresses(3);
    assertThat(request(START, 1, PEER, three)).containsExactly(start(1, three.get(0)));
    assertThat(queue.nextDeadlineNanos()).isEqualTo(START + 250 * MILLI);
    assertThat(tick(START + 249 * MILLI)).isEmpty();
    assertThat(tick(START + 250 * MILLI)).containsExactly(start(2, three.get(1)));
    assertThat(queue.nextDeadlineNanos()).isEqualTo(START + 500 * MILLI);
  }

  @Test
  void request_localAddresses_areStaggeredLess() {
    List<Multiaddr> local =
        List.of(
            Multiaddr.parse("/ip4/127.0.0.1/tcp/1"),
            Multiaddr.parse("/ip6/fd00::1/tcp/1"),
            Multiaddr.parse("/dns4/example.org/tcp/1"),
            Multiaddr.parse("/ip4/10.0.0.1/tcp/1"));
    request(START, 1, PEER, local);
    assertThat(queue.nextDeadlineNanos()).isEqualTo(START + 30 * MILLI);
    tick(START + 30 * MILLI);
    assertThat(queue.nextDeadlineNanos()).isEqualTo(START + 60 * MILLI);
    assertThat(tick(START + 60 * MILLI)).containsExactly(start(3, local.get(2)));
    assertThat(queue.nextDeadlineNanos()).isEqualTo(START + 310 * MILLI);
  }

  @Test
  void dialFailed_triesTheNextAtOnce() {
    List<Multiaddr> two = addresses(2);
    request(START, 1, PEER, two);
    assertThat(fail(START + MILLI, 1)).containsExactly(start(2, two.get(1)));
  }

  @Test
  void dialFailed_besideAnother_triesTheNextWithoutTheStagger() {
    List<Multiaddr> three = addresses(3);
    request(START, 1, PEER, three);
    tick(START + 250 * MILLI);
    assertThat(fail(START + 251 * MILLI, 1)).containsExactly(start(3, three.get(2)));
  }

  @Test
  void dialSucceeded_endsAllRequestsAndOtherDials() {
    request(START, 1, PEER, addresses(3));
    assertThat(request(START, 2, PEER, addresses(2))).isEmpty();
    tick(START + 250 * MILLI);
    assertThat(queue.handle(START + SECOND, new Input.DialSucceeded(2, 77)))
        .containsExactly(new Effect.Succeeded(List.of(1L, 2L), PEER, 77), new Effect.CancelDial(1));
    assertThat(queue.dialCount()).isZero();
    assertThat(queue.requestCount()).isZero();
    assertThat(queue.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(queue.handle(START + SECOND, new Input.DialSucceeded(1, 78))).isEmpty();
    assertThat(fail(START + SECOND, 1)).isEmpty();
  }

  @Test
  void request_joining_addsItsAddresses() {
    List<Multiaddr> two = addresses(2);
    request(START, 1, PEER, two.subList(0, 1));
    request(START, 2, PEER, two);
    assertThat(fail(START, 1)).containsExactly(start(2, two.get(1)));
  }

  @Test
  void connected_byThePeer_servesAndLetsDialsUnderWayEnd() {
    request(START, 1, PEER, addresses(2));
    assertThat(queue.handle(START, new Input.Connected(PEER, 5)))
        .containsExactly(new Effect.Succeeded(List.of(1L), PEER, 5));
    assertThat(queue.handle(START, new Input.Connected(PEER, 6))).isEmpty();
    assertThat(tick(START + SECOND)).as("no second address is tried").isEmpty();
    assertThat(queue.dialCount()).isEqualTo(1);
    assertThat(queue.handle(START + SECOND, new Input.DialSucceeded(1, 7))).isEmpty();
    assertThat(queue.dialCount()).isZero();
    assertThat(queue.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void request_afterThePeerConnected_joinsTheDialUnderWay() {
    request(START, 1, PEER, addresses(1));
    queue.handle(START, new Input.Connected(PEER, 5));
    assertThat(request(START, 2, PEER, addresses(1))).isEmpty();
    assertThat(queue.handle(START, new Input.DialSucceeded(1, 7)))
        .containsExactly(new Effect.Succeeded(List.of(2L), PEER, 7));
  }

  @Test
  void dials_allFailed_areReportedInOneSentence() {
    request(START, 1, PEER, addresses(2));
    fail(START, 1);
    List<Effect> effects = tick(START + 5 * SECOND);
    assertThat(effects).hasSize(2).first().isEqualTo(new Effect.CancelDial(2));
    assertThat(effects.get(1))
        .isInstanceOfSatisfying(
            Effect.Failed.class,
            failed ->
                assertThat(failed.failure().sentence())
                    .isEqualTo(
                        "could not reach "
                            + PEER
                            + ": /ip4/192.0.2.1/tcp/4001: connection refused;"
                            + " /ip4/192.0.2.2/tcp/4001: timed out after 5 s"));
  }

  @Test
  void request_seventeenAddresses_triesSixteen() {
    request(START, 1, PEER, addresses(17));
    long dialId = 1;
    List<Effect> effects = fail(START, dialId);
    while (effects.get(0) instanceof Effect.StartDial next) {
      dialId = next.dialId();
      effects = fail(START, dialId);
    }
    assertThat(dialId).isEqualTo(16);
  }

  @Test
  void request_withoutAddresses_fails() {
    assertThat(sentence(request(START, 1, PEER, List.of())))
        .isEqualTo("could not reach " + PEER + ": no address of it is known");
  }

  @Test
  void request_onePeer_hasFewDialsInParallel() {
    request(START, 1, PEER, addresses(10));
    for (int i = 1; i <= 10; i++) {
      tick(START + i * 250L * MILLI);
    }
    assertThat(queue.dialCount()).isEqualTo(4);
    assertThat(queue.nextDeadlineNanos()).isEqualTo(START + 5 * SECOND);
  }

  @Test
  void request_manyPeers_waitForASlotAndAreServedInTurn() {
    List<Effect> effects = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      effects.addAll(request(START, i, peer(i), addresses(2)));
    }
    assertThat(effects).hasSize(8);
    assertThat(fail(START, 1))
        .containsExactly(new Effect.StartDial(9, peer(9), addresses(1).get(0)));
    assertThat(fail(START, 2))
        .containsExactly(new Effect.StartDial(10, peer(10), addresses(1).get(0)));
    assertThat(fail(START, 3))
        .containsExactly(new Effect.StartDial(11, peer(1), addresses(2).get(1)));
  }

  @Test
  void request_tooMany_isRefusedInWords() {
    for (int i = 1; i <= 12; i++) {
      request(START, i, peer(i), addresses(1));
    }
    assertThat(sentence(request(START, 13, peer(13), addresses(1))))
        .isEqualTo(
            "could not reach " + peer(13) + ": 12 peers are waiting already, which is the limit");
    for (int i = 13; i <= 20; i++) {
      assertThat(request(START, i, PEER, addresses(1))).isEmpty();
    }
    assertThat(sentence(request(START, 21, PEER, addresses(1))))
        .endsWith(": 20 requests are waiting already, which is the limit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request(START, 20, PEER, addresses(1)))
        .withMessage("request 20 is there already");
  }

  @Test
  void request_longInTheQueue_failsAtItsDeadline() {
    DialQueue narrow = new DialQueue(options(1, 1), new Random(1));
    narrow.handle(START, new Input.Request(1, PEER, addresses(16), false));
    narrow.handle(START, new Input.Request(2, peer(2), addresses(16), false));
    List<Effect> failed = new ArrayList<>();
    long now = START;
    while (narrow.requestCount() > 0) {
      now = narrow.nextDeadlineNanos();
      for (Effect effect : narrow.handle(now, new Input.Tick())) {
        if (effect instanceof Effect.Failed) {
          failed.add(effect);
        }
      }
    }
    assertThat(now - START).isEqualTo(30 * SECOND);
    assertThat(failed).hasSize(2);
    assertThat(sentence(failed.subList(0, 1)))
        .contains("/ip4/192.0.2.1/tcp/4001: timed out after 5 s")
        .endsWith("/ip4/192.0.2.16/tcp/4001: not tried within 30 s");
  }

  @Test
  void request_afterAFailure_waitsUnlessForced() {
    request(START, 1, PEER, addresses(1));
    fail(START, 1);
    assertThat(sentence(request(START, 2, PEER, addresses(2))))
        .matches(".*: it failed before, and the next try is in [0-9]+ ms");
    assertThat(force(START, 3, PEER, addresses(1))).hasSize(1);
  }

  @Test
  void request_restingAddress_isNotTriedUntilForced() {
    List<Multiaddr> two = addresses(2);
    request(START, 1, PEER, two.subList(0, 1));
    fail(START, 1);
    // The peer's rest and the address's are drawn apart, between half a second and one.
    force(START, 2, PEER, two.subList(1, 2));
    assertThat(request(START, 3, PEER, two)).isEmpty();
    assertThat(fail(START, 2)).singleElement().isInstanceOf(Effect.Failed.class);
    force(START, 4, PEER, two.subList(1, 2));
    request(START, 5, PEER, two);
    assertThat(force(START, 6, PEER, two)).isEmpty();
    assertThat(fail(START, 3)).containsExactly(start(4, two.get(0)));
  }

  @Test
  void request_allAddressesResting_saysSo() {
    List<Multiaddr> one = addresses(1);
    request(START, 1, PEER, one);
    fail(START, 1);
    force(START, 2, PEER, addresses(2).subList(1, 2));
    queue.handle(START, new Input.Connected(PEER, 1)); // the peer rests no more, the address does
    fail(START, 2);
    assertThat(sentence(request(START, 3, PEER, one)))
        .matches(".*/tcp/4001: failed before, and the next try is in [0-9]+ ms");
  }

  @Test
  void backoff_growsToItsMaximum_andASuccessClearsIt() {
    long now = START;
    long lastRest = 0;
    long dialId = 0;
    for (int failures = 1; failures <= 12; failures++) {
      force(now, failures, PEER, addresses(1));
      fail(now, ++dialId);
      DialFailure failure = failure(request(now, 1000 + failures, PEER, addresses(1)));
      long rest = ((DialFailure.BackingOff) failure).remainingNanos();
      long full = Math.min(SECOND << (failures - 1), 300 * SECOND);
      assertThat(rest).isBetween(full / 2, full);
      lastRest = rest;
    }
    assertThat(lastRest).isGreaterThanOrEqualTo(150 * SECOND);
    force(now, 50, PEER, addresses(1));
    queue.handle(now, new Input.DialSucceeded(++dialId, 9));
    assertThat(request(now, 51, PEER, addresses(1))).hasSize(1);
    now += SECOND;
    fail(now, ++dialId);
    DialFailure again = failure(request(now, 52, PEER, addresses(1)));
    assertThat(((DialFailure.BackingOff) again).remainingNanos()).isLessThanOrEqualTo(SECOND);
  }

  @Test
  void backoff_longOver_countsFromTheStart() {
    for (int i = 1; i <= 5; i++) {
      force(START, i, PEER, addresses(1));
      fail(START, i);
    }
    long later = START + 700 * SECOND;
    assertThat(request(later, 6, PEER, addresses(1))).hasSize(1);
    fail(later, 6);
    DialFailure failure = failure(request(later, 7, PEER, addresses(1)));
    assertThat(((DialFailure.BackingOff) failure).remainingNanos()).isLessThanOrEqualTo(SECOND);
  }

  @Test
  void cancel_oneOfTwo_leavesTheOther() {
    request(START, 1, PEER, addresses(1));
    request(START, 2, PEER, addresses(1));
    assertThat(queue.handle(START, new Input.Cancel(1)))
        .containsExactly(new Effect.Failed(List.of(1L), new DialFailure.Cancelled(PEER)));
    assertThat(queue.handle(START, new Input.Cancel(1))).isEmpty();
    assertThat(queue.handle(START, new Input.Cancel(2)))
        .containsExactly(
            new Effect.Failed(List.of(2L), new DialFailure.Cancelled(PEER)),
            new Effect.CancelDial(1));
    assertThat(queue.dialCount()).isZero();
    assertThat(request(START, 3, PEER, addresses(1))).hasSize(1);
  }

  @Test
  void options_contradicting_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(0, 1))
        .withMessage("dialsMax is 0; it must be at least 1");
  }

  private static DialFailure failure(List<Effect> effects) {
    assertThat(effects).singleElement().isInstanceOf(Effect.Failed.class);
    return ((Effect.Failed) effects.get(0)).failure();
  }

  private static String sentence(List<Effect> effects) {
    return failure(effects).sentence();
  }
}
