package io.minga.libp2p.pnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PskStreamsTest {
  /** NaCl's {@code firstkey} and {@code nonce}, and the stream under them (NaCl, tests/stream). */
  private static final PreSharedKey FIRST_KEY =
      PreSharedKey.of(
          Bytes.fromHex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389"));

  private static final Bytes NONCE =
      Bytes.fromHex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
  private static final Bytes STREAM_START =
      Bytes.fromHex("eea6a7251c1e72916d11c2cb214d3c252539121d8e234e652d651fa4c8cff880");
  private static final int STREAM_LENGTH = 4_194_304;
  private static final Bytes STREAM_SHA256 =
      Bytes.fromHex("662b9d0e3463029156069b12f918691a98f7dfb2ca0393c96bbfc6b1fbd630a2");

  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stream_isNaClsXSalsa20FromCounterZero(boolean direct) throws GeneralSecurityException {
    PskStreams streams = new PskStreams(FIRST_KEY, length -> NONCE.toByteArray());
    ByteBuffer zeros = allocate(STREAM_LENGTH, direct);

    streams.encrypt(zeros);

    assertThat(streams.nonce()).isEqualTo(NONCE);
    assertThat(zeros.remaining()).isEqualTo(STREAM_LENGTH);
    byte[] stream = Bytes.copyOf(zeros).toByteArray();
    assertThat(Bytes.copyOf(stream, 0, 32)).isEqualTo(STREAM_START);
    assertThat(Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(stream)))
        .isEqualTo(STREAM_SHA256);
  }

  @Test
  void decrypt_ofNaClsStream_isZeros() throws WireException {
    PskStreams streams = new PskStreams(FIRST_KEY, byte[]::new);
    ByteBuffer in = ByteBuffer.wrap(NONCE.concat(STREAM_START).toByteArray());

    streams.decrypt(in);

    assertThat(Bytes.copyOf(in)).isEqualTo(Bytes.copyOf(new byte[32]));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void twoSides_readWhatTheOtherWrote_howeverBytesAreSplit(long seed) throws WireException {
    Random random = new Random(seed);
    PskStreams one = new PskStreams(FIRST_KEY, length -> randomBytes(random, length));
    PskStreams other = new PskStreams(FIRST_KEY, length -> randomBytes(random, length));
    byte[] sent = randomBytes(random, random.nextInt(20_000));
    Bytes onWire = one.nonce();
    for (int at = 0; at < sent.length; ) {
      int count = 1 + random.nextInt(Math.min(sent.length - at, 6000));
      ByteBuffer piece = piece(Bytes.copyOf(sent, at, count), random);
      one.encrypt(piece);
      onWire = onWire.concat(Bytes.copyOf(piece));
      at += count;
    }

    Bytes received = Bytes.EMPTY;
    for (int at = 0; at < onWire.length(); ) {
      int count = 1 + random.nextInt(Math.min(onWire.length() - at, 1 + random.nextInt(6000)));
      ByteBuffer piece = piece(onWire.slice(at, at + count), random);
      other.decrypt(piece);
      received = received.concat(Bytes.copyOf(piece));
      at += count;
    }

    assertThat(received).isEqualTo(Bytes.copyOf(sent));
  }

  @Test
  void nonce_cutAnywhere_isCollected() throws WireException {
    byte[] onWire = NONCE.concat(STREAM_START).toByteArray();
    for (int cut = 0; cut <= onWire.length; cut++) {
      PskStreams streams = new PskStreams(FIRST_KEY, byte[]::new);
      ByteBuffer first = ByteBuffer.wrap(onWire.clone(), 0, cut);
      streams.decrypt(first);
      assertThat(first.remaining()).isEqualTo(Math.max(0, cut - PskStreams.NONCE_LENGTH));
      ByteBuffer second = ByteBuffer.wrap(onWire.clone(), cut, onWire.length - cut);
      streams.decrypt(second);
      assertThat(Bytes.copyOf(first).concat(Bytes.copyOf(second)))
          .isEqualTo(Bytes.copyOf(new byte[32]));
    }
  }

  @Test
  void nonce_thatIsOurOwn_isRefused() {
    PskStreams streams = new PskStreams(FIRST_KEY, length -> NONCE.toByteArray());

    assertThatThrownBy(() -> streams.decrypt(ByteBuffer.wrap(NONCE.toByteArray())))
        .isInstanceOf(WireException.class)
        .hasMessage("the private network's nonce is our own, sent back to us");
  }

  @Test
  void bytes_underAnotherKey_areNotReadable() throws WireException {
    PskStreams one = new PskStreams(FIRST_KEY, length -> NONCE.toByteArray());
    PskStreams other = new PskStreams(PreSharedKey.of(Bytes.copyOf(new byte[32])), byte[]::new);
    Bytes plaintext = Bytes.fromHex("132f6d756c746973747265616d2f312e302e300a");
    ByteBuffer data = ByteBuffer.wrap(plaintext.toByteArray());
    one.encrypt(data);
    ByteBuffer in = ByteBuffer.wrap(one.nonce().concat(Bytes.copyOf(data)).toByteArray());

    other.decrypt(in);

    assertThat(in.remaining()).isEqualTo(plaintext.length());
    assertThat(Bytes.copyOf(in)).isNotEqualTo(plaintext);
  }

  private static ByteBuffer allocate(int length, boolean direct) {
    return direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
  }

  /** {@code bytes} in a heap or direct buffer, somewhere within it. */
  private static ByteBuffer piece(Bytes bytes, Random random) {
    int before = random.nextInt(10);
    ByteBuffer whole = allocate(before + bytes.length() + random.nextInt(10), random.nextBoolean());
    ByteBuffer piece = whole.slice(before, bytes.length());
    return piece.put(bytes.asReadOnlyBuffer()).flip();
  }

  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
