package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.id;
import static io.minga.gossip.router.TestRouter.message;
import static io.minga.gossip.router.TestRouter.sentTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.rpc.Rpc;
import io.minga.libp2p.wire.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers such as py-libp2p 0.7, whose IHAVE and IWANT have ids in hex. */
final class HexIdTest {
  private final TestRouter it = new TestRouter();

  @Test
  void aText_spellsAnId_andBack() {
    MessageId text = MessageId.of(Bytes.utf8("00ff1a"));

    assertThat(HexId.spelled(text)).isEqualTo(MessageId.of(Bytes.of(0x00, 0xff, 0x1a)));
    assertThat(HexId.textOf(MessageId.of(Bytes.of(0x00, 0xff, 0x1a)))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "abc", "AB", "0g", "x0", "0 "})
  void otherText_spellsNothing(String text) {
    assertThat(HexId.spelled(MessageId.of(Bytes.utf8(text)))).isNull();
  }

  @Test
  void iwant_inHex_isAnswered() {
    Message message = message(1, 1);
    it.connect(1).connect(2).accept(1, message);

    List<Effect> effects = it.iwant(2, HexId.textOf(id(message)));

    assertThat(sentTo(2, effects, Rpc::messages)).containsExactly(message);
  }

  @Test
  void iwant_inHexForWhatWasNotWanted_isNotAnswered() {
    Message message = message(1, 1);
    it.connect(1).connect(2).accept(1, message);
    it.idontwant(2, List.of(id(message)));

    assertThat(sentTo(2, it.iwant(2, HexId.textOf(id(message))), Rpc::messages)).isEmpty();
  }

  @Test
  void ihave_inHexOfWhatWeHave_isNotAskedFor() {
    Message message = message(1, 1);
    it.connect(1).connect(2).accept(1, message);

    List<Effect> effects = it.ihave(2, HexId.textOf(id(message)));

    assertThat(sentTo(2, effects, rpc -> rpc.control().iwant())).isEmpty();
  }

  @Test
  void ihave_inHex_isAskedForAsItIsWritten_andThePromiseIsKept() {
    it.connect(1);
    for (int number = 1; number <= 3; number++) {
      Message message = message(9, number);
      MessageId text = HexId.textOf(id(message));

      assertThat(sentTo(1, it.ihave(1, text), rpc -> rpc.control().iwant()))
          .containsExactly(new Rpc.IWant(List.of(text)));
      it.accept(1, message);
    }
    it.heartbeats(10);

    assertThat(it.score(1)).isNotNegative();
  }

  @Test
  void ihave_inHexThatIsNotFollowedUp_isABrokenPromise() {
    it.connect(1);
    for (int number = 1; number <= 3; number++) {
      it.ihave(1, HexId.textOf(id(message(9, number))));
      it.heartbeats(1);
    }
    it.heartbeats(3);

    assertThat(it.score(1)).isNegative();
  }

  @Test
  void anIdThatIsHexByNature_isPromisedAsItIs() {
    GossipOptions options =
        GossipOptions.DEFAULT.with(message -> MessageId.of(Bytes.utf8(message.seqno().toHex())));
    TestRouter other = new TestRouter(options).connect(1);
    for (int number = 1; number <= 3; number++) {
      Message message = message(9, number);
      other.ihave(1, MessageId.of(Bytes.utf8(message.seqno().toHex())));
      other.accept(1, message);
    }
    other.heartbeats(10);

    assertThat(other.score(1)).isNotNegative();
  }

  /** It has nobody but us, and asks in hex for what is withheld from it. */
  @Test
  void aMeshPeerThatAsksInHex_isNotMute() {
    it.meshOf(1, 6);
    for (int heartbeat = 0; heartbeat < 60; heartbeat++) {
      for (int i = 0; i < 16; i++) {
        it.accept(1 + i % 5, message(9, 16 * heartbeat + i));
      }
      List<Effect> effects = it.heartbeats(1);
      for (Rpc.IHave ihave : sentTo(6, effects, rpc -> rpc.control().ihave())) {
        it.iwant(6, ihave.ids().stream().map(HexId::textOf).toArray(MessageId[]::new));
      }
    }

    assertThat(it.meshHas(6)).isTrue();
    assertThat(it.router.count(Counter.WITHHELD)).isPositive();
  }
}
