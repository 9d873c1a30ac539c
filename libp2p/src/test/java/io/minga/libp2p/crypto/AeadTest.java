package io.minga.libp2p.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto.Aead;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ChaCha20-Poly1305 on every provider and every kind of memory. */
class AeadTest {
  private static final byte[] NONE = {};

  // RFC 8439, A.5: its nonce begins with four zero bytes, as Noise's do.
  private static final byte[] KEY =
      hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
  private static final long COUNTER = 0x0807060504030201L;
  private static final byte[] ASSOCIATED_DATA = hex("f33388860000000000004e91");
  private static final byte[] PLAINTEXT =
      hex(
          "496e7465726e65742d4472616674732061726520647261667420646f63756d65"
              + "6e74732076616c696420666f722061206d6178696d756d206f6620736978206d"
              + "6f6e74687320616e64206d617920626520757064617465642c207265706c6163"
              + "65642c206f72206f62736f6c65746564206279206f7468657220646f63756d65"
              + "6e747320617420616e792074696d652e20497420697320696e617070726f7072"
              + "6961746520746f2075736520496e7465726e65742d4472616674732061732072"
              + "65666572656e6365206d6174657269616c206f7220746f206369746520746865"
              + "6d206f74686572207468616e206173202fe2809c776f726b20696e2070726f67"
              + "726573732e2fe2809d");
  private static final byte[] CIPHERTEXT =
      hex(
          "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb2"
              + "4c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf"
              + "332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c855"
              + "9797a06ef4f0ef61c186324e2b3506383606907b6a7c02b0f9f6157b53c867e4"
              + "b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523e"
              + "af4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a"
              + "0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a10"
              + "49e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29"
              + "a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38");

  /** The kinds of memory that a caller may hand in. */
  enum Kind {
    HEAP {
      @Override
      ByteBuffer allocate(int length) {
        return ByteBuffer.allocate(length);
      }
    },
    DIRECT {
      @Override
      ByteBuffer allocate(int length) {
        return ByteBuffer.allocateDirect(length);
      }
    },
    /** A slice in the middle of a larger array, as a pool hands out. */
    SLICE {
      @Override
      ByteBuffer allocate(int length) {
        return ByteBuffer.allocate(length + 64).position(17).slice().limit(length);
      }
    };

    abstract ByteBuffer allocate(int length);
  }

  static List<Crypto> providers() {
    return List.of(new ConscryptCrypto(), new PortableCrypto());
  }

  static List<Arguments> providersAndKinds() {
    List<Arguments> all = new ArrayList<>();
    for (Crypto crypto : providers()) {
      for (Kind in : Kind.values()) {
        for (Kind out : Kind.values()) {
          all.add(Arguments.of(crypto, in, out));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("providersAndKinds")
  void rfc8439_vector_holdsBothWays(Crypto crypto, Kind in, Kind out) throws WireException {
    Aead aead = crypto.chaCha20Poly1305(KEY);
    ByteBuffer plaintext = in.allocate(PLAINTEXT.length + 5);
    plaintext.position(3).put(PLAINTEXT).flip().position(3);
    ByteBuffer ciphertext = out.allocate(CIPHERTEXT.length + 9);
    ciphertext.position(2);

    aead.seal(COUNTER, ASSOCIATED_DATA, plaintext, ciphertext);

    assertThat(plaintext.remaining()).isZero();
    assertThat(ciphertext.position()).isEqualTo(2 + CIPHERTEXT.length);
    ciphertext.flip().position(2);
    assertThat(ciphertext).isEqualTo(ByteBuffer.wrap(CIPHERTEXT));

    ByteBuffer opened = in.allocate(PLAINTEXT.length + 1);
    aead.open(COUNTER, ASSOCIATED_DATA, ciphertext.asReadOnlyBuffer(), opened);
    assertThat(opened.flip()).isEqualTo(ByteBuffer.wrap(PLAINTEXT));
  }

  @ParameterizedTest
  @MethodSource("providersAndKinds")
  void sealAndOpen_inPlace_giveTheSameAsApart(Crypto crypto, Kind kind, Kind apart)
      throws WireException {
    Aead aead = crypto.chaCha20Poly1305(KEY);
    Random random = new Random(1);
    long counter = 0;
    for (int length : new int[] {0, 1, 15, 16, 17, 64, 255, 4096, 65519, 100_000}) {
      byte[] message = new byte[length];
      random.nextBytes(message);
      ByteBuffer expected = apart.allocate(length + Aead.TAG_LENGTH);
      aead.seal(counter++, ASSOCIATED_DATA, ByteBuffer.wrap(message), expected);

      ByteBuffer memory = kind.allocate(length + Aead.TAG_LENGTH);
      memory.put(message).flip();
      crypto
          .chaCha20Poly1305(KEY)
          .seal(
              counter - 1,
              ASSOCIATED_DATA,
              memory,
              memory.duplicate().limit(length + Aead.TAG_LENGTH));
      memory.limit(length + Aead.TAG_LENGTH).position(0);
      assertThat(memory).as("%d bytes", length).isEqualTo(expected.flip());

      aead.open(counter - 1, ASSOCIATED_DATA, memory, memory.duplicate());
      assertThat(memory.position()).isEqualTo(length + Aead.TAG_LENGTH);
      memory.position(0).limit(length);
      assertThat(memory).as("%d bytes", length).isEqualTo(ByteBuffer.wrap(message));
    }
  }

  @ParameterizedTest
  @MethodSource("providersAndKinds")
  void open_anyBitChanged_isRefusedAndMovesNothing(Crypto crypto, Kind in, Kind out)
      throws WireException {
    byte[] message = {1, 2, 3, 4, 5};
    ByteBuffer sealed = ByteBuffer.allocate(message.length + Aead.TAG_LENGTH);
    Aead aead = crypto.chaCha20Poly1305(KEY);
    aead.seal(7, ASSOCIATED_DATA, ByteBuffer.wrap(message), sealed);
    for (int bit = 0; bit < sealed.capacity() * 8; bit++) {
      ByteBuffer tampered = in.allocate(sealed.capacity());
      tampered.put(sealed.flip()).flip();
      tampered.put(bit / 8, (byte) (tampered.get(bit / 8) ^ (1 << (bit % 8))));
      ByteBuffer plaintext = out.allocate(sealed.capacity());
      assertThatThrownBy(() -> aead.open(7, ASSOCIATED_DATA, tampered, plaintext))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("does not authenticate");
      assertThat(tampered.position()).isZero();
      assertThat(plaintext.position()).isZero();
    }
    ByteBuffer plaintext = out.allocate(sealed.capacity());
    aead.open(7, ASSOCIATED_DATA, sealed.flip(), plaintext);
    assertThat(plaintext.flip()).isEqualTo(ByteBuffer.wrap(message));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void open_otherCounterKeyOrAssociatedData_isRefused(Crypto crypto) {
    Aead aead = crypto.chaCha20Poly1305(KEY);
    ByteBuffer sealed = ByteBuffer.allocate(3 + Aead.TAG_LENGTH);
    aead.seal(7, ASSOCIATED_DATA, ByteBuffer.wrap(new byte[3]), sealed);
    sealed.flip();
    byte[] otherKey = KEY.clone();
    otherKey[31] ^= 1;
    assertRefused(aead, 8, ASSOCIATED_DATA, sealed);
    assertRefused(aead, 7, NONE, sealed);
    assertRefused(crypto.chaCha20Poly1305(otherKey), 7, ASSOCIATED_DATA, sealed);
  }

  private static void assertRefused(
      Aead aead, long counter, byte[] associatedData, ByteBuffer sealed) {
    assertThatThrownBy(
            () -> aead.open(counter, associatedData, sealed.duplicate(), ByteBuffer.allocate(3)))
        .isInstanceOf(WireException.class);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void open_shorterThanATag_isRefused(Crypto crypto) {
    for (int length = 0; length < Aead.TAG_LENGTH; length++) {
      ByteBuffer ciphertext = ByteBuffer.allocate(length);
      assertThatThrownBy(
              () -> crypto.chaCha20Poly1305(KEY).open(0, NONE, ciphertext, ByteBuffer.allocate(0)))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("shorter than its tag");
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void seal_counterNotLarger_isOurError(Crypto crypto) {
    Aead aead = crypto.chaCha20Poly1305(KEY);
    aead.seal(5, NONE, ByteBuffer.allocate(1), ByteBuffer.allocate(17));
    for (long counter : new long[] {5, 4, 0}) {
      assertThatThrownBy(
              () -> aead.seal(counter, NONE, ByteBuffer.allocate(1), ByteBuffer.allocate(17)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("after 5 came " + counter);
    }
    aead.seal(-1, NONE, ByteBuffer.allocate(1), ByteBuffer.allocate(17));
  }

  @ParameterizedTest
  @MethodSource("providers")
  void sealAndOpen_outputTooSmall_areOurErrorAndCostNoNonce(Crypto crypto) throws WireException {
    Aead aead = crypto.chaCha20Poly1305(KEY);
    assertThatThrownBy(() -> aead.seal(0, NONE, ByteBuffer.allocate(10), ByteBuffer.allocate(25)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs 26 bytes");
    ByteBuffer sealed = ByteBuffer.allocate(26);
    aead.seal(0, NONE, ByteBuffer.allocate(10), sealed);
    sealed.flip();
    assertThatThrownBy(() -> aead.open(0, NONE, sealed, ByteBuffer.allocate(9)))
        .isInstanceOf(IllegalArgumentException.class);
    aead.open(0, NONE, sealed, ByteBuffer.allocate(10));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void seal_acrossProviders_givesTheSameBytes(Kind kind) {
    Aead first = new ConscryptCrypto().chaCha20Poly1305(KEY);
    Aead second = new PortableCrypto().chaCha20Poly1305(KEY);
    for (int counter = 0; counter < 200; counter++) {
      ByteBuffer one = kind.allocate(counter * 7 + Aead.TAG_LENGTH);
      ByteBuffer two = kind.allocate(counter * 7 + Aead.TAG_LENGTH);
      first.seal(counter, NONE, ByteBuffer.allocate(counter * 7), one);
      second.seal(counter, NONE, ByteBuffer.allocate(counter * 7), two);
      assertThat(one.flip()).isEqualTo(two.flip());
    }
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
