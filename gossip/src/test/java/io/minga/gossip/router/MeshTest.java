package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.NEWS;
import static io.minga.gossip.router.TestRouter.SECOND;
import static io.minga.gossip.router.TestRouter.only;
import static io.minga.gossip.router.TestRouter.peer;
import static io.minga.gossip.router.TestRouter.sentTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Topic;
import io.minga.gossip.router.GossipOptions.Degrees;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MeshTest {
  private final TestRouter it = new TestRouter();

  @Test
  void peerConnected_getsOurSubscriptions() {
    List<Effect> effects =
        it.handle(new Input.PeerConnected(peer(1), Protocol.MESHSUB_1_1, true, null));

    assertThat(sentTo(1, effects, Rpc::subscriptions))
        .containsExactly(new Subscription(true, NEWS));
  }

  @Test
  void heartbeat_withTooFew_graftsUpToD() {
    for (int number = 1; number <= 20; number++) {
      it.connect(number);
    }

    List<Effect> effects = it.heartbeats(1);

    assertThat(it.router.meshPeers(NEWS)).hasSize(6);
    int grafted = 0;
    for (int number = 1; number <= 20; number++) {
      grafted += sentTo(number, effects, rpc -> rpc.control().graft()).size();
    }
    assertThat(grafted).isEqualTo(6);
  }

  @Test
  void heartbeat_withTooMany_prunesToDAndKeepsOutbound() {
    for (int number = 1; number <= 16; number++) {
      it.connect(number, Protocol.MESHSUB_1_2, number > 12).graft(number);
    }
    assertThat(it.router.meshPeers(NEWS)).hasSize(16);

    it.heartbeats(1);

    assertThat(it.router.meshPeers(NEWS)).hasSize(6);
    assertThat(List.of(13, 14, 15, 16).stream().filter(it::meshHas).count())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void graft_atDhi_isPrunedUnlessOutbound() {
    it.meshOf(1, 12).connect(13).connect(14, Protocol.MESHSUB_1_2, true);

    List<Effect> inbound = it.graft(13);
    it.graft(14);

    assertThat(prunes(13, inbound)).containsExactly(new Prune(NEWS, List.of(), 60));
    assertThat(it.meshHas(13)).isFalse();
    assertThat(it.meshHas(14)).isTrue();
  }

  @Test
  void graft_forAnUnknownTopic_isIgnored() {
    it.connect(1);
    List<Graft> grafts = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      grafts.add(new Graft(Topic.of("t" + i)));
    }

    List<Effect> effects =
        it.receive(1, TestRouter.control(List.of(), List.of(), grafts, List.of()));

    assertThat(effects).isEmpty();
    assertThat(it.score(1)).isZero();
  }

  @Test
  void graft_duringBackoff_isPrunedAndPenalised() {
    it.meshOf(1, 1).prune(1, 60);
    it.nowNanos += 20 * SECOND;

    List<Effect> effects = it.graft(1);

    assertThat(prunes(1, effects)).containsExactly(new Prune(NEWS, List.of(), 60));
    assertThat(effects)
        .contains(new Effect.Penalised(peer(1), Offence.GRAFT_DURING_BACKOFF))
        .doesNotContain(new Effect.Penalised(peer(1), Offence.GRAFT_FLOOD));
    assertThat(it.meshHas(1)).isFalse();
  }

  @Test
  void graft_rightAfterThePrune_countsTwiceAndCostsTheScore() {
    it.meshOf(1, 1).prune(1, 60);
    it.nowNanos += 9 * SECOND;

    List<Effect> effects = it.graft(1);

    assertThat(effects).contains(new Effect.Penalised(peer(1), Offence.GRAFT_FLOOD));
    assertThat(it.score(1)).isNegative();
  }

  @Test
  void graft_whenThePruneMayHaveBeenLostWithTheConnection_isPrunedButPenalisedOnlyNextTime() {
    it.meshOf(1, 1).prune(1, 60);
    it.nowNanos += SECOND;
    it.handle(new Input.PeerDisconnected(peer(1)));
    it.connect(1);

    List<Effect> first = it.graft(1);
    List<Effect> second = it.graft(1);

    assertThat(prunes(1, first)).hasSize(1);
    assertThat(only(first, Effect.Penalised.class)).isEmpty();
    assertThat(only(second, Effect.Penalised.class)).hasSize(2);
  }

  @Test
  void prune_ofATopicJustLeft_countsWhenWeComeBack() {
    it.meshOf(1, 1).handle(new Input.Unsubscribe(NEWS));
    it.prune(1, 60);
    it.nowNanos += 30 * SECOND;
    it.handle(new Input.Subscribe(NEWS));

    it.handle(new Input.Tick());
    assertThat(it.meshHas(1)).isFalse();
    it.nowNanos += 32 * SECOND;
    it.handle(new Input.Tick());
    assertThat(it.meshHas(1)).isTrue();
  }

  @Test
  void prunes_ofTopicsNeverHad_leaveNothing() {
    it.connect(1);
    List<Prune> prunes = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      prunes.add(new Prune(Topic.of("t" + i), List.of(), 60));
    }

    it.receive(1, TestRouter.control(List.of(), List.of(), List.of(), prunes));

    assertThat(it.router.backoffs()).isZero();
  }

  @Test
  void graft_afterTheBackoff_isTaken() {
    it.meshOf(1, 1).prune(1, 60);
    it.nowNanos += 60 * SECOND;

    it.graft(1);

    assertThat(it.meshHas(1)).isTrue();
  }

  @Test
  void heartbeat_duringBackoffAndOneMore_doesNotGraft() {
    it.meshOf(1, 1).prune(1, 3);

    it.nowNanos = 3 * SECOND + SECOND / 2;
    it.handle(new Input.Tick());
    assertThat(it.meshHas(1)).isFalse();
    it.nowNanos = 5 * SECOND;
    it.handle(new Input.Tick());
    assertThat(it.meshHas(1)).isTrue();
  }

  @Test
  void prune_withTheLargestBackoff_countsAnHour() {
    it.meshOf(1, 1).prune(1, -1);

    it.nowNanos += 3599 * SECOND;
    it.handle(new Input.Tick());
    assertThat(it.meshHas(1)).isFalse();
    it.nowNanos += 3 * SECOND;
    it.handle(new Input.Tick());
    assertThat(it.meshHas(1)).isTrue();
  }

  @Test
  void graft_belowScoreZero_isPruned() {
    it.connect(1).handle(new Input.SetApplicationScore(peer(1), -1));

    assertThat(prunes(1, it.graft(1))).hasSize(1);
    assertThat(it.meshHas(1)).isFalse();
  }

  @Test
  void graft_ofADirectPeer_isPruned() {
    it.handle(new Input.AddDirectPeer(peer(1)));
    it.connect(1);

    assertThat(prunes(1, it.graft(1))).hasSize(1);
    assertThat(it.heartbeats(1)).isEmpty();
    assertThat(it.meshHas(1)).isFalse();
  }

  @Test
  void addDirectPeer_thatIsAway_isDialledNowAndLater() {
    Effect connect = new Effect.Connect(peer(1));

    assertThat(it.handle(new Input.AddDirectPeer(peer(1)))).containsExactly(connect);
    assertThat(it.heartbeats(302)).containsExactly(connect);
  }

  @Test
  void heartbeat_withAMeshPeerBelowZero_prunesIt() {
    it.meshOf(1, 6).handle(new Input.SetApplicationScore(peer(3), -5));

    List<Effect> effects = it.heartbeats(1);

    assertThat(prunes(3, effects)).hasSize(1);
    assertThat(it.meshHas(3)).isFalse();
  }

  @Test
  void heartbeat_opportunistic_graftsBetterPeers() {
    for (int number = 1; number <= 8; number++) {
      it.connect(number);
    }
    it.meshOf(1, 5);
    it.handle(new Input.SetApplicationScore(peer(6), 50));
    it.handle(new Input.SetApplicationScore(peer(7), 50));
    it.heartbeats(59);
    assertThat(it.meshHas(6) || it.meshHas(7)).isFalse();

    it.heartbeats(1);

    assertThat(it.meshHas(6) && it.meshHas(7)).isTrue();
  }

  @Test
  void heartbeat_opportunistic_ofAMeshThatShallBeEmpty_leavesItSo() {
    Degrees none = new Degrees(0, 0, 0, 0, 0, 6, 0.25, 24);
    TestRouter other = new TestRouter(GossipOptions.DEFAULT.with(none)).connect(1);

    other.heartbeats(120);

    assertThat(other.router.meshPeers(NEWS)).isEmpty();
  }

  @Test
  void unsubscribe_prunesWithTheShortBackoffAndSaysSo() {
    it.meshOf(1, 3);

    List<Effect> effects = it.handle(new Input.Unsubscribe(NEWS));

    for (int number = 1; number <= 3; number++) {
      assertThat(prunes(number, effects)).containsExactly(new Prune(NEWS, List.of(), 10));
      assertThat(sentTo(number, effects, Rpc::subscriptions))
          .containsExactly(new Subscription(false, NEWS));
    }
    assertThat(it.router.topics()).isEmpty();
  }

  @Test
  void unsubscription_ofAMeshPeer_takesItOut() {
    it.meshOf(1, 1);

    List<Effect> effects =
        it.receive(1, new Rpc(List.of(new Subscription(false, NEWS)), List.of(), Rpc.Control.NONE));

    assertThat(effects).containsExactly(new Effect.PeerSubscription(peer(1), NEWS, false));
    assertThat(it.meshHas(1)).isFalse();
  }

  @Test
  void subscriptions_beyondTheLimitOrFilter_areIgnored() {
    GossipOptions options =
        GossipOptions.DEFAULT.withSubscriptionFilter(topic -> !topic.equals(Topic.of("no")));
    TestRouter filtered = new TestRouter(options).connect(1);
    List<Subscription> many = new ArrayList<>();
    many.add(new Subscription(true, Topic.of("no")));
    for (int i = 0; i < 2000; i++) {
      many.add(new Subscription(true, Topic.of("t" + i)));
    }

    List<Effect> effects = filtered.receive(1, new Rpc(many, List.of(), Rpc.Control.NONE));

    assertThat(only(effects, Effect.PeerSubscription.class)).hasSize(255);
    assertThat(filtered.router.count(Counter.SUBSCRIPTIONS_IGNORED)).isEqualTo(1746);
    assertThat(filtered.router.subscribers(Topic.of("no"))).isEmpty();
  }

  @Test
  void prune_toAnOlderPeer_saysNoBackoff() {
    it.connect(1, Protocol.MESHSUB_1_0, false).graft(1);

    assertThat(prunes(1, it.handle(new Input.Unsubscribe(NEWS))))
        .containsExactly(new Prune(NEWS, List.of(), 0));
  }

  @Test
  void prune_withPeerExchange_recommendsOthersWithTheirRecords() {
    TestRouter exchanging = new TestRouter(GossipOptions.DEFAULT.withPeerExchange(true));
    exchanging.meshOf(1, 12).connect(13);
    exchanging.handle(new Input.PeerIdentified(peer(5), Bytes.of(7)));

    List<Prune> prunes = prunes(13, exchanging.graft(13));

    assertThat(prunes.get(0).peers())
        .hasSize(12)
        .contains(new PeerInfo(peer(5).multihash(), Bytes.of(7)));
  }

  @Test
  void prune_recommendingUsOurNeighboursOrNonsense_dialsNobody() {
    it.meshOf(1, 2).handle(new Input.SetApplicationScore(peer(1), 20));
    List<PeerInfo> peers =
        List.of(
            new PeerInfo(TestRouter.SELF.multihash(), Bytes.of(1)),
            new PeerInfo(peer(2).multihash(), Bytes.of(1)),
            new PeerInfo(Bytes.of(1), Bytes.of(1)));

    assertThat(
            it.receive(
                1,
                TestRouter.control(
                    List.of(), List.of(), List.of(), List.of(new Prune(NEWS, peers, 60)))))
        .isEmpty();
  }

  @Test
  void prune_recommendingPeers_isHeardInPartAndOnlyIfTheScoreIsHigh() {
    List<PeerInfo> peers = new ArrayList<>();
    for (int number = 100; number < 200; number++) {
      peers.add(new PeerInfo(peer(number).multihash(), Bytes.of(1)));
    }
    Rpc rpc =
        TestRouter.control(List.of(), List.of(), List.of(), List.of(new Prune(NEWS, peers, 60)));
    it.meshOf(1, 1);

    assertThat(it.receive(1, rpc)).isEmpty();
    it.handle(new Input.SetApplicationScore(peer(1), 20));
    assertThat(only(it.receive(1, rpc), Effect.Recommended.class)).hasSize(16);
    assertThat(only(it.receive(1, rpc), Effect.Recommended.class)).hasSize(16);
    assertThat(only(it.receive(1, rpc), Effect.Recommended.class)).isEmpty();
  }

  private static List<Prune> prunes(int number, List<Effect> effects) {
    return sentTo(number, effects, rpc -> rpc.control().prune());
  }
}
