package io.minga.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.noise.NoiseHandshake.Effect;
import io.minga.libp2p.noise.NoiseHandshake.Failure;
import io.minga.libp2p.noise.NoiseHandshake.Input;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each side of a handshake does with right and wrong messages of the other. */
final class NoiseHandshakeTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final NoiseOptions OPTIONS = NoiseOptions.DEFAULT;
  private static final String YAMUX = "/yamux/1.0.0";
  private static final byte[] NOTHING = {};
  private static final long START = Long.MAX_VALUE - 5; // the deadline's number is negative

  private final TestEntropy entropy = new TestEntropy(1);
  private final PrivateKey alice = PrivateKey.generate(CRYPTO, entropy);
  private final PrivateKey bob = PrivateKey.generate(CRYPTO, entropy);
  private final PeerId aliceId = PeerId.of(alice.publicKey());
  private final PeerId bobId = PeerId.of(bob.publicKey());

  @Test
  void opened_initiator_sendsItsEphemeralKeyAlone() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice, YAMUX), bobId);

    Bytes message = written(initiator.handle(START, new Input.Opened()));

    assertThat(message.length()).isEqualTo(34);
    assertThat(message.slice(0, 2)).isEqualTo(Bytes.fromHex("0020"));
  }

  @Test
  void twoSides_proveWhoTheyAre_andLeaveTheDataOfTheFirstFlightInTheBuffer() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice, YAMUX), bobId);
    NoiseHandshake responder = opened(responder(identity(bob, YAMUX)));
    Bytes message1 = written(initiator.handle(START, new Input.Opened()));
    Bytes message2 = written(receive(responder, message1));

    List<Effect> effects = receive(initiator, message2);
    Bytes message3 = written(effects.subList(0, 1));
    Effect.Established dialed = (Effect.Established) effects.get(1);
    ByteBuffer in = buffer(message3.concat(Bytes.fromHex("0001")));
    Effect.Established accepted =
        (Effect.Established) responder.handle(START, new Input.Received(in)).get(0);

    assertThat(effects).hasSize(2);
    assertThat(dialed.remotePeer()).isEqualTo(bobId);
    assertThat(dialed.remoteKey()).isEqualTo(bob.publicKey());
    assertThat(dialed.muxer()).contains(YAMUX);
    assertThat(accepted.remotePeer()).isEqualTo(aliceId);
    assertThat(accepted.remoteKey()).isEqualTo(alice.publicKey());
    assertThat(accepted.muxer()).contains(YAMUX);
    assertThat(in).isEqualTo(buffer(Bytes.fromHex("0001")));
    for (NoiseHandshake side : List.of(initiator, responder)) {
      assertThat(side.isFinished()).isTrue();
      assertThat(side.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void ephemeralKeys_areFresh_andTheStaticKeyIsNot() throws WireException {
    NoiseIdentity identity = identity(alice);

    Bytes one = written(initiator(identity, null).handle(START, new Input.Opened()));
    Bytes other = written(initiator(identity, null).handle(START, new Input.Opened()));

    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void responder_thatIsNotTheExpectedPeer_neverLearnsWhoAsked() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice, YAMUX), aliceId);
    NoiseHandshake responder = opened(responder(identity(bob, YAMUX)));
    Bytes message2 =
        written(receive(responder, written(initiator.handle(START, new Input.Opened()))));

    assertThat(receive(initiator, message2))
        .containsExactly(new Effect.Failed(new Failure.WrongPeer(aliceId, bobId)));
    assertThat(initiator.isFinished()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/a /b, /b /a, /a",
    "/a /b, /b, /b",
    "/b, /a /b, /b",
    "/a, '', ''",
    "'', /a, ''",
    "'', '', ''",
  })
  void muxer_isTheFirstOfTheInitiatorsThatTheResponderHas(
      String initiators, String responders, String expected) throws WireException {
    NoiseHandshake initiator = initiator(identity(alice, split(initiators)), null);
    NoiseHandshake responder = opened(responder(identity(bob, split(responders))));
    Bytes message2 =
        written(receive(responder, written(initiator.handle(START, new Input.Opened()))));
    List<Effect> effects = receive(initiator, message2);
    Effect.Established dialed = (Effect.Established) effects.get(1);
    Effect.Established accepted =
        (Effect.Established) receive(responder, written(effects.subList(0, 1))).get(0);

    assertThat(dialed.muxer().orElse("")).isEqualTo(expected);
    assertThat(accepted.muxer().orElse("")).isEqualTo(expected);
  }

  @Test
  void muxers_withoutACommonOne_endTheHandshakeBeforeMessage3() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice, "/a"), null);
    NoiseHandshake responder = opened(responder(identity(bob, "/b")));
    Bytes message2 =
        written(receive(responder, written(initiator.handle(START, new Input.Opened()))));

    assertThat(receive(initiator, message2))
        .containsExactly(new Effect.Failed(new Failure.NoCommonMuxer(List.of("/b"))));
  }

  @Test
  void identity_thatDidNotSignTheStaticKey_isRefused() throws WireException {
    NoiseIdentity other = identity(bob);
    HandshakePayload stolen = HandshakePayload.decode(other.payload(), OPTIONS.muxersMax());
    NoiseIdentity forged = new NoiseIdentity(X25519KeyPair.generate(CRYPTO, entropy), stolen);

    assertRefused(forged, "Noise message 2: the identity key did not sign the static key");
  }

  @Test
  void identityKey_thatIsNone_isRefused() throws WireException {
    NoiseIdentity forged =
        new NoiseIdentity(
            X25519KeyPair.generate(CRYPTO, entropy),
            new HandshakePayload(Bytes.fromHex("ff"), Bytes.fromHex("00"), List.of()));

    assertThatThrownBy(() -> answer(forged))
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("Noise message 2: ");
  }

  @Test
  void initiator_thatForges_isRefusedByTheResponder() throws WireException {
    HandshakePayload stolen =
        HandshakePayload.decode(identity(alice).payload(), OPTIONS.muxersMax());
    NoiseIdentity forged = new NoiseIdentity(X25519KeyPair.generate(CRYPTO, entropy), stolen);
    NoiseHandshake initiator = initiator(forged, null);
    NoiseHandshake responder = opened(responder(identity(bob)));
    Bytes message2 =
        written(receive(responder, written(initiator.handle(START, new Input.Opened()))));
    Bytes message3 = written(receive(initiator, message2).subList(0, 1));

    assertThatThrownBy(() -> receive(responder, message3))
        .isInstanceOf(WireException.class)
        .hasMessage("Noise message 3: the identity key did not sign the static key");
  }

  @Test
  void staticKey_ofOurOwn_isRefused() throws WireException {
    NoiseIdentity same = identity(alice);
    NoiseHandshake initiator = initiator(same, null);
    NoiseHandshake responder = opened(responder(same));
    Bytes message2 =
        written(receive(responder, written(initiator.handle(START, new Input.Opened()))));

    assertThatThrownBy(() -> receive(initiator, message2))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "Noise message 2: the static key is our own: a peer does not connect to itself");
  }

  @Test
  void ephemeralKey_ofOurOwn_isRefused() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice), null);
    Bytes ephemeral = written(initiator.handle(START, new Input.Opened())).slice(2, 34);
    Bytes reflected = frame(ephemeral.concat(Bytes.copyOf(new byte[64])));

    assertThatThrownBy(() -> receive(initiator, reflected))
        .isInstanceOf(WireException.class)
        .hasMessage("Noise message 2: the ephemeral key is our own, sent back to us");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      })
  void ephemeralKey_ofLowOrder_isRefusedByBothRoles(String point) throws WireException {
    NoiseHandshake initiator = opened(initiator(identity(alice), null));
    NoiseHandshake responder = opened(responder(identity(bob)));
    Bytes key = Bytes.fromHex(point);

    assertThatThrownBy(() -> receive(responder, frame(key)))
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("Noise message 2 can't be written: the ephemeral key is unusable");
    assertThatThrownBy(() -> receive(initiator, frame(key.concat(Bytes.copyOf(new byte[64])))))
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("Noise message 2: the ephemeral key is unusable");
  }

  @Test
  void staticKey_ofLowOrder_isRefused() throws WireException {
    byte[] scalar = entropy.next(32);
    Crypto lying = new ZeroPublicKeyCrypto(CRYPTO, scalar);
    X25519KeyPair zero = X25519KeyPair.of(lying, scalar);
    NoiseIdentity forged =
        new NoiseIdentity(
            zero, new HandshakePayload(Bytes.fromHex("00"), Bytes.fromHex("00"), List.of()));

    assertThatThrownBy(() -> answer(forged))
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("Noise message 2: the static key is unusable");
  }

  @ParameterizedTest(name = "message 1 of {0} B")
  @ValueSource(ints = {0, 1, 31, 33, 80, 96, 65535})
  void message1_ofAnotherLength_isRefusedByItsPrefix(int length) throws WireException {
    NoiseHandshake responder = opened(responder(identity(bob)));

    assertThatThrownBy(() -> receive(responder, prefix(length)))
        .isInstanceOf(WireException.class)
        .hasMessage("Noise message 1 is " + length + " bytes long; it has from 32 to 32");
    assertThat(responder.isFinished()).isTrue();
  }

  @ParameterizedTest(name = "message 2 of {0} B")
  @ValueSource(ints = {0, 32, 95, 96 + 4096 + 1, 65535})
  void message2_ofAnotherLength_isRefusedByItsPrefix(int length) throws WireException {
    NoiseHandshake initiator = opened(initiator(identity(alice), null));

    assertThatThrownBy(() -> receive(initiator, prefix(length)))
        .isInstanceOf(WireException.class)
        .hasMessage("Noise message 2 is " + length + " bytes long; it has from 96 to 4192");
  }

  @ParameterizedTest(name = "message 3 of {0} B")
  @ValueSource(ints = {0, 32, 63, 64 + 4096 + 1, 65535})
  void message3_ofAnotherLength_isRefusedByItsPrefix(int length) throws WireException {
    NoiseHandshake responder = opened(responder(identity(bob)));
    receive(responder, written(opening(initiator(identity(alice), null))));

    assertThatThrownBy(() -> receive(responder, prefix(length)))
        .isInstanceOf(WireException.class)
        .hasMessage("Noise message 3 is " + length + " bytes long; it has from 64 to 4160");
  }

  @Test
  void messages_outOfOrder_areRefused() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice), null);
    NoiseHandshake responder = opened(responder(identity(bob)));
    Bytes message1 = written(initiator.handle(START, new Input.Opened()));
    Bytes message2 = written(receive(responder, message1));
    Bytes message3 = written(receive(initiator, message2).subList(0, 1));

    for (Bytes message : List.of(message1, message3)) {
      NoiseHandshake other = opened(initiator(identity(alice), null));
      assertThatThrownBy(() -> receive(other, message)).isInstanceOf(WireException.class);
    }
    for (Bytes message : List.of(message2, message3)) {
      NoiseHandshake other = opened(responder(identity(bob)));
      assertThatThrownBy(() -> receive(other, message)).isInstanceOf(WireException.class);
    }
    for (Bytes message : List.of(message1, message2)) {
      NoiseHandshake other = opened(responder(identity(bob)));
      receive(other, message1);
      assertThatThrownBy(() -> receive(other, message)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void messages_ofAnotherHandshake_areRefused() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice), null);
    NoiseHandshake responder = opened(responder(identity(bob)));
    Bytes message1 = written(initiator.handle(START, new Input.Opened()));
    Bytes message2 = written(receive(responder, message1));
    Bytes message3 = written(receive(initiator, message2).subList(0, 1));

    NoiseHandshake otherInitiator = opened(initiator(identity(alice), null));
    NoiseHandshake otherResponder = opened(responder(identity(bob)));
    receive(otherResponder, message1);

    assertThatThrownBy(() -> receive(otherInitiator, message2)).isInstanceOf(WireException.class);
    assertThatThrownBy(() -> receive(otherResponder, message3)).isInstanceOf(WireException.class);
  }

  @Test
  void bytes_afterAMessageThatIsNotTheLast_areRefused() throws WireException {
    NoiseHandshake initiator = initiator(identity(alice), null);
    NoiseHandshake responder = opened(responder(identity(bob)));
    Bytes junk = Bytes.fromHex("00");
    Bytes message1 = written(initiator.handle(START, new Input.Opened()));
    Bytes message2 = written(receive(responder, message1));

    assertThatThrownBy(() -> receive(opened(responder(identity(bob))), message1.concat(junk)))
        .isInstanceOf(WireException.class)
        .hasMessage("bytes follow Noise message 1 before it could be answered");
    assertThatThrownBy(() -> receive(initiator, message2.concat(junk)))
        .isInstanceOf(WireException.class)
        .hasMessage("bytes follow Noise message 2 before it could be answered");
  }

  @Test
  void tick_atTheDeadline_isFailure() throws WireException {
    NoiseHandshake responder = opened(responder(identity(bob)));
    long deadline = START + Duration.ofSeconds(5).toNanos();
    assertThat(responder.nextDeadlineNanos()).isEqualTo(deadline);

    assertThat(responder.handle(deadline - 1, new Input.Tick())).isEmpty();
    assertThat(responder.handle(deadline, new Input.Tick()))
        .containsExactly(new Effect.Failed(new Failure.TimedOut()));
    assertThat(responder.handle(deadline, new Input.Tick())).isEmpty();
  }

  @Test
  void close_beforeTheLastMessage_isFailure() throws WireException {
    NoiseHandshake responder = opened(responder(identity(bob)));
    receive(responder, prefix(32));

    assertThat(responder.handle(START, new Input.Closed()))
        .containsExactly(new Effect.Failed(new Failure.Closed()));
  }

  @Test
  void inputs_outOfOrder_areMisuse() throws WireException {
    NoiseHandshake responder = responder(identity(bob));
    assertThat(responder.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThatIllegalStateException().isThrownBy(() -> receive(responder, prefix(32)));
    opened(responder);
    assertThatIllegalStateException().isThrownBy(() -> opened(responder));
    responder.handle(START, new Input.Closed());
    assertThatIllegalStateException().isThrownBy(() -> receive(responder, prefix(32)));
  }

  @Test
  void options_keepAMessageWithinItsPrefix() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException().isThrownBy(() -> new NoiseOptions(Duration.ZERO, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new NoiseOptions(second, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new NoiseOptions(second, 65_440, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new NoiseOptions(second, 1, 0));
    assertThat(new NoiseOptions(second, 65_439, 1).payloadBytesMax()).isEqualTo(65_439);
  }

  /** Has {@code responder}, whose payload may be forged, answer an honest initiator. */
  private List<Effect> answer(NoiseIdentity responder) throws WireException {
    NoiseHandshake initiator = initiator(identity(alice), null);
    Bytes message1 = written(initiator.handle(START, new Input.Opened()));
    XxHandshake attacker =
        new XxHandshake(
            CRYPTO, false, responder.staticKey(), X25519KeyPair.generate(CRYPTO, entropy), NOTHING);
    attacker.readMessage(message1.slice(2, message1.length()).toByteArray());
    byte[] payload = responder.payload();
    ByteBuffer out = ByteBuffer.allocate(XxHandshake.overhead(1) + payload.length);
    attacker.writeMessage(payload, out);
    return receive(initiator, frame(Bytes.copyOf(out.array())));
  }

  private void assertRefused(NoiseIdentity responder, String sentence) {
    assertThatThrownBy(() -> answer(responder))
        .isInstanceOf(WireException.class)
        .hasMessage(sentence);
  }

  private NoiseIdentity identity(PrivateKey key, String... muxers) {
    return NoiseIdentity.create(CRYPTO, entropy, key, List.of(muxers));
  }

  private NoiseHandshake initiator(NoiseIdentity identity, @Nullable PeerId expected) {
    return NoiseHandshake.initiator(CRYPTO, entropy, identity, expected, OPTIONS);
  }

  private NoiseHandshake responder(NoiseIdentity identity) {
    return NoiseHandshake.responder(CRYPTO, entropy, identity, OPTIONS);
  }

  private static List<Effect> opening(NoiseHandshake handshake) throws WireException {
    return handshake.handle(START, new Input.Opened());
  }

  private static NoiseHandshake opened(NoiseHandshake handshake) throws WireException {
    opening(handshake);
    return handshake;
  }

  private static List<Effect> receive(NoiseHandshake handshake, Bytes bytes) throws WireException {
    return handshake.handle(START, new Input.Received(buffer(bytes)));
  }

  private static Bytes written(List<Effect> effects) {
    assertThat(effects).hasSize(1);
    return ((Effect.Write) effects.get(0)).bytes();
  }

  private static ByteBuffer buffer(Bytes bytes) {
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static Bytes prefix(int length) {
    return Bytes.copyOf(new byte[] {(byte) (length >> 8), (byte) length});
  }

  private static Bytes frame(Bytes message) {
    return prefix(message.length()).concat(message);
  }

  private static String[] split(String words) {
    return words.isEmpty() ? new String[0] : words.split(" ", -1);
  }
}
