package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.NEWS;
import static io.minga.gossip.router.TestRouter.SECOND;
import static io.minga.gossip.router.TestRouter.SELF;
import static io.minga.gossip.router.TestRouter.id;
import static io.minga.gossip.router.TestRouter.message;
import static io.minga.gossip.router.TestRouter.only;
import static io.minga.gossip.router.TestRouter.peer;
import static io.minga.gossip.router.TestRouter.receivers;
import static io.minga.gossip.router.TestRouter.sentTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.Gossipsub.Refusal;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ForwardingTest {
  private final TestRouter it = new TestRouter();

  @Test
  void message_accepted_isDeliveredOnceAndForwardedToTheMeshButSenderAndAuthor() {
    it.meshOf(1, 5).connect(6);
    Message message = message(5, 1);

    List<Effect> effects = it.accept(1, message);

    assertThat(only(effects, Effect.Deliver.class))
        .containsExactly(new Effect.Deliver(peer(1), id(message), message));
    assertThat(receivers(6, effects)).containsExactly(2, 3, 4);
    assertThat(it.receive(2, message)).isEmpty();
  }

  @Test
  void validate_ofWhatTheAuthorSentAndNobodyElseWants_needsNoSignature() {
    it.meshOf(1, 1).handle(new Input.PeerConnected(peer(2), Protocol.MESHSUB_1_2, false, null));

    assertThat(validate(it.receive(1, message(1, 1))).verify()).isFalse();
    assertThat(validate(it.receive(2, message(2, 1))).verify()).isTrue(); // 1 is to get it
    assertThat(validate(it.receive(1, message(9, 1))).verify()).isTrue();
    it.connect(2);
    assertThat(validate(it.receive(1, message(1, 2))).verify()).isTrue(); // 2 may hear of it
  }

  @Test
  void message_notVerified_isDeliveredButNeverForwardedAnnouncedOrSent() {
    Message message = message(1, 1);
    List<Effect> received = it.meshOf(1, 1).receive(1, message);
    it.meshOf(2, 2).connect(3, Protocol.FLOODSUB, false).connect(4);

    List<Effect> effects = new ArrayList<>(it.validate(received, Verdict.ACCEPT));
    effects.addAll(it.heartbeats(3));
    effects.addAll(it.iwant(4, id(message)));

    assertThat(only(effects, Effect.Deliver.class)).hasSize(1);
    for (Effect.Send send : only(effects, Effect.Send.class)) {
      assertThat(send.rpc().messages()).isEmpty();
      assertThat(send.rpc().control().ihave()).isEmpty();
    }
    assertThat(it.receive(2, message)).isEmpty();
  }

  private static Effect.Validate validate(List<Effect> effects) {
    return only(effects, Effect.Validate.class).get(0);
  }

  @Test
  void copies_beforeTheVerdict_areNeitherValidatedNorForwardedBack() {
    it.meshOf(1, 4);
    Message message = message(9, 1);
    List<Effect> first = it.receive(1, message);

    assertThat(it.receive(2, message(9, 1))).isEmpty();
    assertThat(receivers(4, it.validate(first, Verdict.ACCEPT))).containsExactly(3, 4);
  }

  @Test
  void message_rejected_leavesNoTraceAndCostsAllWhoSentIt() {
    it.meshOf(1, 3);
    Message message = message(9, 1);
    List<Effect> first = it.receive(1, message);
    it.receive(2, message);

    List<Effect> effects = it.validate(first, Verdict.REJECT);

    assertThat(effects)
        .containsExactly(
            new Effect.Penalised(peer(1), Offence.INVALID_MESSAGE),
            new Effect.Penalised(peer(2), Offence.INVALID_MESSAGE));
    assertThat(it.score(1)).isEqualTo(-10);
    assertThat(only(it.receive(3, message), Effect.Validate.class)).hasSize(1);
  }

  @Test
  void message_ignored_costsNothingAndIsNotValidatedAgain() {
    it.meshOf(1, 3);

    assertThat(it.validate(it.receive(1, message(9, 1)), Verdict.IGNORE)).isEmpty();
    assertThat(it.receive(2, message(9, 1))).isEmpty();
    assertThat(it.score(1)).isZero();
  }

  @Test
  void forgery_underTheIdOfAnother_doesNotKeepTheTrueMessageOut() {
    it.meshOf(1, 3);
    Message forged = message(9, 1, 5);
    Message genuine = message(9, 1, 6);
    List<Effect> first = it.receive(1, forged);
    List<Effect> second = it.receive(2, genuine);

    it.validate(first, Verdict.REJECT);
    List<Effect> effects = it.validate(second, Verdict.ACCEPT);

    assertThat(only(effects, Effect.Deliver.class))
        .extracting(Effect.Deliver::message)
        .containsExactly(genuine);
  }

  @Test
  void forgeries_withoutEnd_areBounded() {
    it.meshOf(1, 1);
    for (int i = 0; i < 100; i++) {
      it.receive(1, message(9, 1, i));
    }

    assertThat(it.router.pendingValidations()).isEqualTo(4);
    assertThat(it.router.count(Counter.VALIDATIONS_DROPPED)).isEqualTo(96);
  }

  @Test
  void verdicts_thatNeverCome_areForgotten() {
    it.meshOf(1, 1).receive(1, message(9, 1));

    it.heartbeats(32);

    assertThat(it.router.pendingValidations()).isZero();
    assertThat(it.router.count(Counter.VALIDATIONS_EXPIRED)).isEqualTo(1);
  }

  @Test
  void message_unsignedForeignOrOurOwn_isDropped() {
    it.meshOf(1, 1);
    Message good = message(9, 1);
    Message unsigned =
        new Message(good.from(), good.data(), good.seqno(), NEWS, Bytes.EMPTY, Bytes.EMPTY);
    Message foreign =
        new Message(
            good.from(), good.data(), good.seqno(), Topic.of("x"), good.signature(), Bytes.EMPTY);
    Message ours =
        new Message(SELF.multihash(), good.data(), good.seqno(), NEWS, Bytes.of(1), Bytes.EMPTY);

    assertThat(it.receive(1, foreign)).isEmpty();
    assertThat(it.receive(1, ours)).isEmpty();
    assertThat(it.receive(1, unsigned))
        .containsExactly(new Effect.Penalised(peer(1), Offence.INVALID_MESSAGE));
  }

  @Test
  void seen_afterTwoMinutes_isForgotten() {
    it.meshOf(1, 1).accept(1, message(9, 1));
    it.nowNanos += 119 * SECOND;
    it.handle(new Input.Tick());
    assertThat(it.receive(1, message(9, 1))).isEmpty();

    it.nowNanos += 2 * SECOND;
    it.handle(new Input.Tick());

    assertThat(it.receive(1, message(9, 1))).hasSize(1);
  }

  @Test
  void publish_floodsToAllSubscribersAboveTheThreshold() {
    for (int number = 1; number <= 15; number++) {
      it.connect(number);
    }
    it.handle(new Input.SetApplicationScore(peer(4), -51));

    List<Effect> effects = it.handle(new Input.Publish(message(9999, 1)));

    assertThat(receivers(15, effects)).hasSize(14).doesNotContain(4);
    assertThat(effects).contains(new Effect.Published(id(message(9999, 1)), 14));
  }

  @Test
  void publish_withoutFlooding_goesToTheMeshOrAFanoutOfSix() {
    TestRouter quiet = new TestRouter(GossipOptions.DEFAULT.withFloodPublish(false));
    quiet.meshOf(1, 3);
    for (int number = 4; number <= 15; number++) {
      quiet.connect(number);
    }
    assertThat(receivers(15, quiet.handle(new Input.Publish(message(9999, 1)))))
        .containsExactly(1, 2, 3);
    quiet.handle(new Input.Unsubscribe(NEWS));

    List<Integer> fanout = receivers(15, quiet.handle(new Input.Publish(message(9999, 2))));

    assertThat(fanout).hasSize(6);
    assertThat(receivers(15, quiet.handle(new Input.Publish(message(9999, 3))))).isEqualTo(fanout);
  }

  @Test
  void publish_twiceTooLargeOrUnsigned_isRefused() {
    Message message = message(9999, 1);
    Message large = message(9999, 2, 1 << 20);
    Message unsigned =
        new Message(message.from(), message.data(), Bytes.EMPTY, NEWS, Bytes.EMPTY, Bytes.EMPTY);
    it.handle(new Input.Publish(message));

    assertThat(it.handle(new Input.Publish(message)))
        .containsExactly(new Effect.PublishRefused(message, Refusal.DUPLICATE));
    assertThat(it.handle(new Input.Publish(large)))
        .containsExactly(new Effect.PublishRefused(large, Refusal.TOO_LARGE));
    assertThat(it.handle(new Input.Publish(unsigned)))
        .containsExactly(new Effect.PublishRefused(unsigned, Refusal.UNSIGNED));
  }

  @Test
  void floodsubPeers_getEveryMessage() {
    it.meshOf(1, 1).connect(2, Protocol.FLOODSUB, false);

    assertThat(receivers(2, it.accept(1, message(9, 1)))).containsExactly(2);
    assertThat(it.graft(2)).isEmpty();
  }

  @Test
  void idontwant_forALargeMessage_goesToTheMeshButTheSenderBeforeTheVerdict() {
    it.meshOf(1, 3).connect(4, Protocol.MESHSUB_1_1, false).graft(4);
    Message large = message(9, 1, 1024);

    List<Effect> effects = it.receive(1, large);

    for (int number = 1; number <= 4; number++) {
      List<IDontWant> sent = sentTo(number, effects, rpc -> rpc.control().idontwant());
      List<IDontWant> expected = List.of(new IDontWant(List.of(id(large))));
      assertThat(sent).isEqualTo(number == 2 || number == 3 ? expected : List.of());
    }
    assertThat(only(it.receive(1, message(9, 2, 1023)), Effect.Send.class)).isEmpty();
  }

  @Test
  void idontwant_received_isHonouredForThreeHeartbeats() {
    it.meshOf(1, 3);
    it.idontwant(2, List.of(id(message(9, 1)), id(message(9, 2))));

    assertThat(receivers(3, it.accept(1, message(9, 1)))).containsExactly(3);
    it.heartbeats(3);
    assertThat(receivers(3, it.accept(1, message(9, 2)))).containsExactly(2, 3);
  }

  @Test
  void idontwant_beyondTenAnRpcAndAThousandAHeartbeat_isIgnored() {
    it.meshOf(1, 1);
    for (int i = 0; i < 101; i++) {
      List<MessageId> ids = new ArrayList<>();
      for (int n = 0; n < 11; n++) {
        ids.add(id(message(9, 100 * i + n)));
      }
      it.idontwant(1, ids);
    }

    assertThat(it.router.count(Counter.IDONTWANTS_IGNORED)).isEqualTo(101 * 11 - 1000);
  }

  @Test
  void heartbeat_announcesToPeersOutsideTheMeshForThreeHeartbeats() {
    it.meshOf(1, 6);
    for (int number = 7; number <= 16; number++) {
      it.connect(number);
    }
    it.accept(1, message(9, 1));

    for (int heartbeat = 1; heartbeat <= 4; heartbeat++) {
      List<Effect> effects = it.heartbeats(1);
      int announced = 0;
      for (int number = 1; number <= 16; number++) {
        announced += sentTo(number, effects, rpc -> rpc.control().ihave()).size();
      }
      assertThat(announced).isEqualTo(heartbeat <= 3 ? 6 : 0);
    }
  }

  @Test
  void heartbeat_announcesToAQuarterOfThoseOutside_butTo24AtMost() {
    it.meshOf(1, 6);
    for (int number = 7; number <= 66; number++) {
      it.connect(number);
    }
    it.accept(1, message(9, 1));
    assertThat(announced(66)).isEqualTo(15);

    for (int number = 67; number <= 206; number++) {
      it.connect(number);
    }
    it.accept(1, message(9, 2));
    assertThat(announced(206)).isEqualTo(24);
  }

  /** To how many of so many peers the next heartbeat announces something. */
  private int announced(int peers) {
    List<Effect> effects = it.heartbeats(1);
    int announced = 0;
    for (int number = 1; number <= peers; number++) {
      announced += sentTo(number, effects, rpc -> rpc.control().ihave()).isEmpty() ? 0 : 1;
    }
    return announced;
  }

  @Test
  void heartbeat_announcesToEachOfAsManyPeersAsItCan_once() {
    it.meshOf(1, 6);
    for (int number = 7; number <= 20; number++) {
      it.connect(number);
    }
    it.accept(1, message(9, 1));
    Set<Integer> told = new TreeSet<>();

    for (int heartbeat = 1; heartbeat <= 3; heartbeat++) {
      List<Effect> effects = it.heartbeats(1);
      for (int number = 7; number <= 20; number++) {
        if (!sentTo(number, effects, rpc -> rpc.control().ihave()).isEmpty()) {
          told.add(number);
        }
      }
    }

    assertThat(told).hasSize(14);
  }

  @Test
  void ihave_ofUnknownMessages_isAskedForWithinTheLimits() {
    it.meshOf(1, 1).accept(1, message(9, 0));
    MessageId[] ids = new MessageId[6000];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(message(9, i));
    }

    List<IWant> first = sentTo(1, it.ihave(1, ids), rpc -> rpc.control().iwant());

    assertThat(first.stream().flatMap(iwant -> iwant.ids().stream()))
        .hasSize(5000)
        .doesNotContain(ids[0]);
    assertThat(it.ihave(1, ids)).isEmpty();
  }

  @Test
  void ihave_moreThanTenAHeartbeat_isIgnored() {
    it.meshOf(1, 1);
    for (int i = 1; i <= 12; i++) {
      List<Effect> effects = it.ihave(1, id(message(9, i)));
      assertThat(sentTo(1, effects, rpc -> rpc.control().iwant())).hasSize(i <= 10 ? 1 : 0);
    }
    assertThat(it.router.count(Counter.IHAVES_IGNORED)).isEqualTo(2);
  }

  @Test
  void ihave_notFollowedUp_isABrokenPromise() {
    it.meshOf(1, 2).ihave(1, id(message(9, 1)));
    it.ihave(2, id(message(9, 2)));
    it.receive(1, message(9, 2));

    List<Effect> effects = it.heartbeats(5);

    assertThat(only(effects, Effect.Penalised.class))
        .containsExactly(new Effect.Penalised(peer(1), Offence.BROKEN_PROMISE));
  }

  @Test
  void iwant_isAnsweredThreeTimes() {
    it.meshOf(1, 1).connect(2).accept(1, message(9, 1));

    for (int i = 1; i <= 5; i++) {
      List<Effect> effects = it.iwant(2, id(message(9, 1)));
      assertThat(sentTo(2, effects, Rpc::messages)).hasSize(i <= 3 ? 1 : 0);
    }
  }

  @Test
  void iwant_forOneMessageTenThousandTimes_isAnsweredThreeTimes() {
    it.meshOf(1, 1).connect(2).accept(1, message(9, 1));
    MessageId[] ids = new MessageId[10_000];
    Arrays.fill(ids, id(message(9, 1)));

    assertThat(sentTo(2, it.iwant(2, ids), Rpc::messages)).hasSize(3);
  }

  @Test
  void ihave_forTopicsThatWeDoNotHave_isNotAskedFor() {
    it.connect(1);
    List<IHave> ihaves = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      ihaves.add(new IHave(Topic.of("t" + i), List.of(id(message(9, i)))));
    }

    assertThat(it.receive(1, TestRouter.control(ihaves, List.of(), List.of(), List.of())))
        .isEmpty();
    assertThat(it.router.excess()).isEmpty();
  }

  @Test
  void iwant_forMoreThanFiveThousandMessagesAHeartbeat_isAnsweredNoFurther() {
    it.meshOf(1, 1).connect(2);
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < 6000; i++) {
      it.accept(1, message(9, i));
      ids.add(id(message(9, i)));
    }

    assertThat(it.iwant(2, ids.toArray(MessageId[]::new))).isNotEmpty();
    assertThat(sentTo(2, it.iwant(2, ids.get(5500)), Rpc::messages)).isEmpty();
    it.heartbeats(1);
    assertThat(sentTo(2, it.iwant(2, ids.get(5500)), Rpc::messages)).hasSize(1);
  }

  @Test
  void gossip_withAPeerBelowTheThreshold_isNotHad() {
    it.meshOf(1, 1).connect(2).accept(1, message(9, 1));
    it.handle(new Input.SetApplicationScore(peer(2), -11));

    assertThat(it.ihave(2, id(message(9, 5)))).isEmpty();
    assertThat(it.iwant(2, id(message(9, 1)))).isEmpty();
    assertThat(sentTo(2, it.heartbeats(1), rpc -> rpc.control().ihave()))
        .isEqualTo(List.<IHave>of());
  }

  @Test
  void rpc_ofAGraylistedPeer_isNotLookedAtUnlessDirect() {
    it.meshOf(1, 2).handle(new Input.SetApplicationScore(peer(1), -81));

    assertThat(it.receive(1, message(9, 1))).isEmpty();
    it.handle(new Input.AddDirectPeer(peer(1)));
    assertThat(it.receive(1, message(9, 1))).hasSize(1);
  }

  @Test
  void peers_ofOneAddress_beyondTenLoseScoreUnlessLoopback() {
    for (int number = 1; number <= 12; number++) {
      it.connectAt(number, "192.0.2.1").connectAt(100 + number, "127.0.0.1");
    }

    assertThat(it.score(1)).isEqualTo(-40);
    assertThat(it.score(101)).isZero();
  }

  @Test
  void score_thatIsBad_outlivesTheConnection() {
    it.meshOf(1, 1).validate(it.receive(1, message(9, 1)), Verdict.REJECT);
    it.handle(new Input.PeerDisconnected(peer(1)));

    it.connect(1);

    assertThat(it.score(1)).isEqualTo(-10);
  }

  @Test
  void queue_whenFull_dropsForwardsAndOwnMessagesButNoControl() {
    TestRouter slow =
        new TestRouter(
            GossipOptions.DEFAULT.with(GossipOptions.Limits.DEFAULT.withQueues(2, 3, 100)));
    slow.meshOf(1, 2);
    slow.isWritable = false;
    Effect.Send blocking = only(slow.accept(1, message(9, 0, 200)), Effect.Send.class).get(0);
    for (int i = 1; i <= 5; i++) {
      slow.accept(1, message(9, i));
      slow.handle(new Input.Publish(message(9999, i)));
    }
    slow.handle(new Input.Unsubscribe(NEWS));

    assertThat(slow.router.queuedMessages(peer(2))).isEqualTo(5);
    assertThat(slow.router.count(Counter.FORWARDS_DROPPED)).isEqualTo(2);
    assertThat(slow.router.count(Counter.OWN_MESSAGES_DROPPED)).isGreaterThanOrEqualTo(3);
    List<Effect> effects = slow.handle(new Input.Sent(peer(2), blocking.bytes()));
    Effect.Send next = only(effects, Effect.Send.class).get(0);
    assertThat(next.rpc().control().prune()).hasSize(1);
    assertThat(next.rpc().subscriptions()).hasSize(1);
    assertThat(next.rpc().messages())
        .containsExactly(
            message(9999, 1), message(9999, 2), message(9, 1), message(9, 2), message(9, 3));
  }
}
