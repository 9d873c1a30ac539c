package io.minga.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.noise.NoiseHandshake.Effect;
import io.minga.libp2p.noise.NoiseHandshake.Failure;
import io.minga.libp2p.noise.NoiseHandshake.Input;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two handshakes against each other, and one against anything. */
final class NoiseHandshakePropertiesTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final Bytes DATA = Bytes.fromHex("000102030405060708090a");

  /** A handshake costs four scalar multiplications, so fewer inputs than a decoder's. */
  private static final int INPUTS = Math.max(1, Hostile.inputs() / 10);

  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoSides_establishAChannel_howeverBytesAreSplit(long seed) throws WireException {
    Random random = new Random(seed);
    Pair pair = new Pair(seed);
    pair.open();
    while (pair.initiator.pass(pair.responder, random)
        || pair.responder.pass(pair.initiator, random)) {
      // until both are silent
    }

    Effect.Established dialed = pair.initiator.established();
    Effect.Established accepted = pair.responder.established();
    assertThat(dialed.remotePeer()).isEqualTo(pair.responder.id);
    assertThat(accepted.remotePeer()).isEqualTo(pair.initiator.id);
    assertThat(dialed.muxer()).contains("/yamux/1.0.0");
    assertThat(accepted.muxer()).contains("/yamux/1.0.0");
    // The initiator's first data follow message 3 and are opened from what the handshake left.
    assertThat(pair.responder.opened()).isEqualTo(DATA);
    assertThat(pair.initiator.opened()).isEqualTo(DATA);
  }

  @ParameterizedTest(name = "message {0}")
  @ValueSource(ints = {1, 2, 3})
  void message_withAnyByteTampered_neverEstablishesItsReader(int message) throws WireException {
    int length = new Pair(7).messages().get(message - 1).length();
    for (int i = 0; i < length; i++) {
      for (int bit : new int[] {1, 0x80}) {
        Pair pair = new Pair(7);
        int at = i;
        Side reader = message == 2 ? pair.initiator : pair.responder;
        boolean refused =
            pair.run(
                message,
                bytes -> {
                  byte[] tampered = bytes.toByteArray();
                  tampered[at] ^= (byte) bit;
                  return Bytes.copyOf(tampered);
                });
        assertThat(reader.channel).as("byte %d of message %d", i, message).isNull();
        // A longer length is waited for in vain; everything else is refused by someone.
        assertThat(refused || !reader.handshake.isFinished()).isTrue();
        if (i >= NoiseTransport.PREFIX_LENGTH) {
          assertThat(refused).as("byte %d of message %d", i, message).isTrue();
        }
      }
    }
  }

  @ParameterizedTest(name = "message {0}")
  @ValueSource(ints = {1, 2, 3})
  void message_cutAnywhere_isWaitedFor(int message) throws WireException {
    int length = new Pair(7).messages().get(message - 1).length();
    for (int cut = 0; cut < length; cut++) {
      Pair pair = new Pair(7);
      int at = cut;
      Side reader = message == 2 ? pair.initiator : pair.responder;
      boolean refused = pair.run(message, bytes -> bytes.slice(0, at));
      assertThat(refused).as("cut after %d bytes", cut).isFalse();
      assertThat(reader.handshake.isFinished()).isFalse();
      assertThat(reader.handshake.handle(0, new Input.Closed()))
          .containsExactly(new Effect.Failed(new Failure.Closed()));
    }
  }

  @Test
  void responder_survivesHostileBytes() throws WireException {
    List<Bytes> messages = new Pair(7).messages();
    Hostile.fuzz(
        1,
        INPUTS,
        List.of(messages.get(0).toByteArray(), messages.get(0).concat(DATA).toByteArray()),
        input -> new Pair(7).responder.feed(input));
  }

  @Test
  void responder_survivesAHostileLastMessage() throws WireException {
    List<Bytes> messages = new Pair(7).messages();
    Hostile.fuzz(
        2,
        INPUTS,
        List.of(messages.get(2).toByteArray(), messages.get(2).concat(DATA).toByteArray()),
        input -> {
          Side responder = new Pair(7).responder;
          responder.feed(messages.get(0).toByteArray());
          return responder.handshake.handle(0, new Input.Received(ByteBuffer.wrap(input)));
        });
  }

  @Test
  void initiator_survivesHostileBytes() throws WireException {
    List<Bytes> messages = new Pair(7).messages();
    Hostile.fuzz(
        3,
        INPUTS,
        List.of(messages.get(1).toByteArray()),
        input -> new Pair(7).initiator.feed(input));
  }

  @FunctionalInterface
  private interface Tampering {
    Bytes apply(Bytes message);
  }

  /** An initiator and a responder that a seed determines to the last byte. */
  private static final class Pair {
    final Side initiator;
    final Side responder;

    Pair(long seed) {
      TestEntropy entropy = new TestEntropy(seed);
      PrivateKey alice = PrivateKey.generate(CRYPTO, entropy);
      PrivateKey bob = PrivateKey.generate(CRYPTO, entropy);
      List<String> muxers = List.of("/yamux/1.0.0");
      PeerId aliceId = PeerId.of(alice.publicKey());
      PeerId bobId = PeerId.of(bob.publicKey());
      NoiseOptions options = NoiseOptions.DEFAULT;
      this.initiator =
          new Side(
              aliceId,
              NoiseHandshake.initiator(
                  CRYPTO,
                  new TestEntropy(seed + 1),
                  NoiseIdentity.create(CRYPTO, entropy, alice, muxers),
                  bobId,
                  options));
      this.responder =
          new Side(
              bobId,
              NoiseHandshake.responder(
                  CRYPTO,
                  new TestEntropy(seed + 2),
                  NoiseIdentity.create(CRYPTO, entropy, bob, muxers),
                  options));
    }

    void open() throws WireException {
      initiator.handle(new Input.Opened());
      responder.handle(new Input.Opened());
    }

    /** The three messages of an undisturbed run, length prefixes included. */
    List<Bytes> messages() throws WireException {
      open();
      Bytes message1 = initiator.takeOutgoing();
      responder.handle(new Input.Received(buffer(message1)));
      Bytes message2 = responder.takeOutgoing();
      initiator.handle(new Input.Received(buffer(message2)));
      return List.of(message1, message2, initiator.outgoing.slice(0, initiator.handshakeLength));
    }

    /** Runs with one message tampered with; whether one of the sides refused. */
    boolean run(int tamperedMessage, Tampering tampering) {
      try {
        open();
        Side from = initiator;
        Side to = responder;
        for (int message = 1; message <= 3; message++) {
          Bytes bytes = from.takeOutgoing();
          if (message == 3) {
            bytes = bytes.slice(0, from.handshakeLength);
          }
          if (message == tamperedMessage) {
            bytes = tampering.apply(bytes);
          }
          to.handle(new Input.Received(buffer(bytes)));
          if (to.outgoing.length() == 0) {
            return false;
          }
          Side swapped = from;
          from = to;
          to = swapped;
        }
        return false;
      } catch (WireException e) {
        assertThat(e).message().isNotBlank();
        return true;
      }
    }
  }

  /** One side with what it has sent and not yet passed on, and what came out of it. */
  private static final class Side {
    final PeerId id;
    final NoiseHandshake handshake;
    Bytes outgoing = Bytes.EMPTY;
    Bytes residual = Bytes.EMPTY;
    int handshakeLength;
    Effect.@Nullable Established channel;

    Side(PeerId id, NoiseHandshake handshake) {
      this.id = id;
      this.handshake = handshake;
    }

    Effect.Established established() {
      assertThat(channel).isNotNull();
      return java.util.Objects.requireNonNull(channel);
    }

    Object feed(byte[] input) throws WireException {
      handshake.handle(0, new Input.Opened());
      return handshake.handle(0, new Input.Received(ByteBuffer.wrap(input)));
    }

    Bytes takeOutgoing() {
      Bytes taken = outgoing;
      outgoing = Bytes.EMPTY;
      return taken;
    }

    void handle(Input input) throws WireException {
      for (Effect effect : handshake.handle(0, input)) {
        if (effect instanceof Effect.Write write) {
          outgoing = outgoing.concat(write.bytes());
          handshakeLength = write.bytes().length();
        } else if (effect instanceof Effect.Established established) {
          channel = established;
          ByteBuffer frame = ByteBuffer.allocate(DATA.length() + NoiseTransport.FRAME_OVERHEAD);
          established.transport().seal(DATA.asReadOnlyBuffer(), frame);
          outgoing = outgoing.concat(Bytes.copyOf(frame.array()));
        }
      }
    }

    /** Passes some bytes on, in a heap or a direct buffer; whether there were any. */
    boolean pass(Side other, Random random) throws WireException {
      if (outgoing.length() == 0) {
        return false;
      }
      int count = 1 + random.nextInt(Math.min(outgoing.length(), 1 + random.nextInt(300)));
      ByteBuffer in =
          random.nextBoolean() ? ByteBuffer.allocate(count) : ByteBuffer.allocateDirect(count);
      in.put(outgoing.slice(0, count).asReadOnlyBuffer()).flip();
      outgoing = outgoing.slice(count, outgoing.length());
      if (!other.handshake.isFinished()) {
        other.handle(new Input.Received(in));
      }
      other.residual = other.residual.concat(Bytes.copyOf(in));
      return true;
    }

    /** The plaintext of the one frame that came after the handshake. */
    Bytes opened() throws WireException {
      ByteBuffer message = buffer(residual);
      assertThat(NoiseTransport.frameLength(message)).isEqualTo(residual.length());
      message.position(NoiseTransport.PREFIX_LENGTH);
      established().transport().open(message);
      return Bytes.copyOf(message);
    }
  }

  private static ByteBuffer buffer(Bytes bytes) {
    return ByteBuffer.wrap(bytes.toByteArray());
  }
}
