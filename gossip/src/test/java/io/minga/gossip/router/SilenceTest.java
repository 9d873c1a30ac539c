package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.id;
import static io.minga.gossip.router.TestRouter.message;
import static io.minga.gossip.router.TestRouter.only;
import static io.minga.gossip.router.TestRouter.peer;
import static io.minga.gossip.router.TestRouter.receivers;
import static io.minga.gossip.router.TestRouter.sentTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.rpc.Rpc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** P3: the sixth of six mesh peers is under test. */
final class SilenceTest {
  private final TestRouter it = new TestRouter().meshOf(1, 6);
  private final List<Effect> penalties = new ArrayList<>();
  private int number;

  @Test
  void meshPeer_thatIsMute_isPrunedWithinTwelveHeartbeats() {
    heartbeats(12, 16, (message, effects) -> {});

    assertThat(it.meshHas(6)).isFalse();
    assertThat(it.router.meshPeers(TestRouter.NEWS)).hasSize(5);
    assertThat(penalties).containsOnly(new Effect.Penalised(peer(6), Offence.MUTE));
  }

  @Test
  void meshPeer_thatIsMuteInAQuietTopic_isPrunedAfterSomeMessages() {
    heartbeats(80, 1, (message, effects) -> {});

    assertThat(it.meshHas(6)).isFalse();
  }

  @Test
  void meshPeer_thatTurnsMute_isPrunedWhenItsRestIsOver() {
    heartbeats(10, 16, this::handOnWhatWeDoNotSend);
    assertThat(it.meshHas(6)).isTrue();

    heartbeats(30 + 12, 16, (message, effects) -> {});

    assertThat(it.meshHas(6)).isFalse();
  }

  @Test
  void meshPeer_thatSendsOnlyItsOwnMessages_isMute() {
    heartbeats(12, 16, (message, effects) -> it.accept(6, message(6, number++)));

    assertThat(it.meshHas(6)).isFalse();
  }

  @Test
  void meshPeer_thatIsMuteButOtherwiseOfGreatMerit_isPrunedFromThisMesh() {
    it.handle(new Gossipsub.Input.SetApplicationScore(peer(6), 1000));

    heartbeats(12, 16, (message, effects) -> {});

    assertThat(it.meshHas(6)).isFalse();
    assertThat(it.score(6)).isPositive();
  }

  @Test
  void meshPeer_thatIsOnlyEverLaterThanWe_staysWithoutBlame() {
    heartbeats(200, 16, this::handOnWhatWeDoNotSend);

    assertThat(it.meshHas(6)).isTrue();
    assertThat(it.router.count(Counter.WITHHELD)).isPositive();
    assertThat(it.router.count(Counter.WITHHELD_UNHEARD)).isZero();
  }

  @Test
  void meshPeer_thatHasNobodyButUs_getsEveryMessageAndStaysWithoutBlame() {
    List<MessageId> missing = new ArrayList<>();
    for (int heartbeat = 1; heartbeat <= 200; heartbeat++) {
      for (int i = 0; i < 16; i++) {
        Message message = message(9, number++);
        missing.add(id(message));
        missing.removeAll(got(play(message)));
      }
      List<Effect> effects = it.heartbeats(1);
      for (Rpc.IHave ihave : sentTo(6, effects, rpc -> rpc.control().ihave())) {
        missing.removeAll(got(it.iwant(6, ihave.ids().toArray(MessageId[]::new))));
      }
    }

    assertThat(missing).isEmpty();
    assertThat(it.meshHas(6)).isTrue();
    assertThat(it.router.count(Counter.WITHHELD)).isBetween(7L, 7L * 4 + 4);
    assertThat(it.router.count(Counter.WITHHELD_UNHEARD)).isZero();
  }

  @Test
  void meshPeer_thatDoesNotKeepUp_isNotTested() {
    it.isWritable = false;
    for (int i = 0; i < 16; i++) {
      play(message(9, number++, 20_000)); // more than may be on its way to it
    }
    heartbeats(30, 16, (message, effects) -> {});

    assertThat(it.router.count(Counter.WITHHELD)).isPositive();
    assertThat(it.router.count(Counter.WITHHELD_UNHEARD)).isZero();
  }

  @Test
  void twoPeers_neverWithholdTheSameMessageFromEachOther() {
    int withheld = 0;
    for (int id = 0; id < 100_000; id++) {
      boolean byLower = Silence.isChosen(id * 31, 1234567, 7654321, true, 4);
      boolean byHigher = Silence.isChosen(id * 31, 7654321, 1234567, false, 4);
      assertThat(byLower && byHigher).isFalse();
      withheld += byLower ? 1 : 0;
    }
    assertThat(withheld).isBetween(20_000, 30_000);
  }

  private interface Sixth {
    void does(Message message, List<Effect> effects);
  }

  /** Messages come from one honest peer after another, whose copies follow. */
  private void heartbeats(int count, int messages, Sixth sixth) {
    for (int heartbeat = 1; heartbeat <= count; heartbeat++) {
      for (int i = 0; i < messages; i++) {
        Message message = message(9, number++);
        sixth.does(message, play(message));
      }
      penalties.addAll(only(it.heartbeats(1), Effect.Penalised.class));
    }
  }

  private List<Effect> play(Message message) {
    List<Effect> effects = it.accept(1 + number % 5, message);
    for (int honest = 1; honest <= 5; honest++) {
      it.receive(honest, message);
    }
    return effects;
  }

  private void handOnWhatWeDoNotSend(Message message, List<Effect> effects) {
    if (!receivers(6, effects).contains(6)) {
      it.receive(6, message); // it has it from another, a little later than we
    }
  }

  private static List<MessageId> got(List<Effect> effects) {
    return sentTo(6, effects, Rpc::messages).stream().map(TestRouter::id).toList();
  }
}
