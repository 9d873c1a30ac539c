package io.minga.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NoiseTransportTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final byte[] KEY = new byte[32];
  private static final Bytes HELLO = Bytes.fromHex("68656c6c6f");

  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoSides_readWhatTheOtherSealed_inPlace(long seed) throws WireException {
    Random random = new Random(seed);
    NoiseTransport sender = transport(0, 0);
    NoiseTransport receiver = transport(0, 0);
    Bytes sent = Bytes.EMPTY;
    ByteBuffer wire = buffer(300_000, random);
    int messages = 1 + random.nextInt(4);
    for (int i = 0; i < messages; i++) {
      Bytes plaintext = randomBytes(random, plaintextLength(random));
      sent = sent.concat(plaintext);
      ByteBuffer in;
      if (random.nextBoolean()) {
        in = ByteBuffer.wrap(plaintext.toByteArray());
      } else {
        in = wire.slice(wire.position() + NoiseTransport.PREFIX_LENGTH, plaintext.length());
        in.put(plaintext.asReadOnlyBuffer()).flip();
      }
      sender.seal(in, wire);
      assertThat(in.hasRemaining()).isFalse();
    }
    wire.flip();

    Bytes received = Bytes.EMPTY;
    int frame = NoiseTransport.frameLength(wire);
    while (frame > 0) {
      ByteBuffer message =
          wire.duplicate()
              .limit(wire.position() + frame)
              .position(wire.position() + NoiseTransport.PREFIX_LENGTH);
      int start = message.position();
      receiver.open(message);
      assertThat(message.position()).isEqualTo(start);
      received = received.concat(Bytes.copyOf(message));
      wire.position(wire.position() + frame);
      frame = NoiseTransport.frameLength(wire);
    }
    assertThat(wire.hasRemaining()).isFalse();
    assertThat(received).isEqualTo(sent);
  }

  @Test
  void frame_beginsWithItsLengthBigEndian_whateverTheBuffersOrder() {
    ByteBuffer out = ByteBuffer.allocate(300 + NoiseTransport.FRAME_OVERHEAD);
    transport(0, 0).seal(ByteBuffer.allocate(300), out.order(ByteOrder.LITTLE_ENDIAN));

    assertThat(out.get(0)).isEqualTo((byte) 0x01);
    assertThat(out.get(1)).isEqualTo((byte) 0x3c);
    assertThat(out.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void frameLength_isZeroUntilTheFrameIsComplete() throws WireException {
    byte[] frame = sealed(transport(0, 0));
    for (int length = 0; length < frame.length; length++) {
      assertThat(NoiseTransport.frameLength(ByteBuffer.wrap(frame, 0, length))).isZero();
    }
    ByteBuffer more = ByteBuffer.allocate(frame.length + 10).order(ByteOrder.LITTLE_ENDIAN);
    more.position(3).put(frame).position(3);
    assertThat(NoiseTransport.frameLength(more)).isEqualTo(frame.length);
    assertThat(more.position()).isEqualTo(3);
  }

  @Test
  void frame_withoutRoomForItsTag_isRefusedAsSoonAsItsPrefixIsThere() {
    for (int length = 0; length < 16; length++) {
      ByteBuffer prefix = ByteBuffer.wrap(new byte[] {0, (byte) length});
      assertThatThrownBy(() -> NoiseTransport.frameLength(prefix))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("its tag alone takes 16");
    }
  }

  @Test
  void frameLength_survivesHostileBytes() {
    Hostile.fuzz(
        1,
        List.of(sealed(transport(0, 0)), Bytes.fromHex("ffff").toByteArray()),
        input -> {
          int length = NoiseTransport.frameLength(ByteBuffer.wrap(input));
          assertThat(length).isBetween(0, input.length);
          return length;
        });
  }

  @Test
  void longestMessage_fillsTheLengthPrefix() throws WireException {
    int length = NoiseTransport.PLAINTEXT_BYTES_MAX;
    ByteBuffer out = ByteBuffer.allocateDirect(length + NoiseTransport.FRAME_OVERHEAD);
    transport(0, 0).seal(ByteBuffer.allocate(length), out);

    assertThat(length).isEqualTo(65_519);
    assertThat(NoiseTransport.frameLength(out.flip())).isEqualTo(65_537);
    transport(0, 0).open(out.position(NoiseTransport.PREFIX_LENGTH));
    assertThat(out.remaining()).isEqualTo(length);
  }

  @Test
  void seal_refusesWhatDoesNotFit_andUsesNoCounter() throws WireException {
    NoiseTransport sender = transport(0, 0);
    ByteBuffer tooLong = ByteBuffer.allocate(NoiseTransport.PLAINTEXT_BYTES_MAX + 1);
    ByteBuffer noRoom = ByteBuffer.allocate(HELLO.length() + NoiseTransport.FRAME_OVERHEAD - 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> sender.seal(tooLong, ByteBuffer.allocate(70_000)))
        .withMessage("a Noise message carries at most 65519 bytes, not 65520");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sender.seal(HELLO.asReadOnlyBuffer(), noRoom));
    assertThat(noRoom.position()).isZero();

    assertThat(open(transport(0, 0), sealed(sender))).isEqualTo(HELLO);
  }

  @Test
  void message_withAnyByteTampered_isRefused() {
    byte[] frame = sealed(transport(0, 0));
    for (int i = NoiseTransport.PREFIX_LENGTH; i < frame.length; i++) {
      byte[] tampered = frame.clone();
      tampered[i] ^= 1;
      NoiseTransport receiver = transport(0, 0);
      assertThatThrownBy(() -> open(receiver, tampered))
          .as("byte %d", i)
          .isInstanceOf(WireException.class)
          .hasMessageStartingWith("Noise message 0 of the data phase: ");
    }
  }

  @Test
  void messages_replayedOrOutOfOrder_areRefused() throws WireException {
    NoiseTransport sender = transport(0, 0);
    byte[] first = sealed(sender);
    byte[] second = sealed(sender);

    assertThatThrownBy(() -> open(transport(0, 0), second)).isInstanceOf(WireException.class);
    NoiseTransport receiver = transport(0, 0);
    open(receiver, first);
    assertThatThrownBy(() -> open(receiver, first)).isInstanceOf(WireException.class);
  }

  @Test
  void open_afterAFailure_isMisuse() {
    NoiseTransport receiver = transport(0, 0);
    byte[] frame = sealed(transport(0, 0));
    byte[] tampered = frame.clone();
    tampered[5] ^= 1;

    assertThatThrownBy(() -> open(receiver, tampered)).isInstanceOf(WireException.class);
    assertThatIllegalStateException().isThrownBy(() -> open(receiver, frame));
  }

  @Test
  void counters_endBeforeTheyWrap() throws WireException {
    NoiseTransport sender = transport(-2, 0);
    NoiseTransport receiver = transport(0, -2);
    byte[] last = sealed(sender);

    assertThat(open(receiver, last)).isEqualTo(HELLO);
    assertThatIllegalStateException()
        .isThrownBy(() -> sealed(sender))
        .withMessage("all 2^64 - 1 messages of this direction are sent");
    assertThatThrownBy(() -> open(receiver, last))
        .isInstanceOf(WireException.class)
        .hasMessage("the peer sent more than the 2^64 - 1 messages that Noise allows");
  }

  private static NoiseTransport transport(long sealed, long opened) {
    return new NoiseTransport(
        CRYPTO.chaCha20Poly1305(KEY), CRYPTO.chaCha20Poly1305(KEY), sealed, opened);
  }

  private static byte[] sealed(NoiseTransport sender) {
    ByteBuffer out = ByteBuffer.allocate(HELLO.length() + NoiseTransport.FRAME_OVERHEAD);
    sender.seal(HELLO.asReadOnlyBuffer(), out);
    return out.array();
  }

  private static Bytes open(NoiseTransport receiver, byte[] frame) throws WireException {
    ByteBuffer message = ByteBuffer.wrap(frame.clone()).position(NoiseTransport.PREFIX_LENGTH);
    receiver.open(message);
    return Bytes.copyOf(message);
  }

  private static int plaintextLength(Random random) {
    return random.nextBoolean()
        ? random.nextInt(100)
        : random.nextInt(NoiseTransport.PLAINTEXT_BYTES_MAX + 1);
  }

  private static ByteBuffer buffer(int length, Random random) {
    return random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
  }

  private static Bytes randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }
}
