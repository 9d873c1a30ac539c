package io.minga.gossip.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import org.junit.jupiter.api.Test;

final class StrictSignTest {
  private static final Crypto CRYPTO = CryptoProviders.portable();
  private static final PrivateKey KEY = PrivateKey.generate(CRYPTO, byte[]::new);
  private static final Topic NEWS = Topic.of("news");

  private final Message message =
      new Author(CRYPTO, KEY, 0x0102030405060708L).write(NEWS, Bytes.utf8("hello"));

  @Test
  void write_signsTheDomainAndTheFirstFourFields() {
    Bytes signed =
        Bytes.utf8("libp2p-pubsub:")
            .concat(Bytes.of(0x0a, 38))
            .concat(PeerId.of(KEY.publicKey()).multihash())
            .concat(Bytes.of(0x12, 5))
            .concat(Bytes.utf8("hello"))
            .concat(Bytes.fromHex("1a080102030405060708"))
            .concat(Bytes.of(0x22, 4))
            .concat(Bytes.utf8("news"));

    assertThat(message.signature()).isEqualTo(Bytes.copyOf(KEY.sign(CRYPTO, signed.toByteArray())));
  }

  @Test
  void write_again_numbersOneHigher() {
    Author author = new Author(CRYPTO, KEY, 0x1ff);

    assertThat(author.write(NEWS, Bytes.EMPTY).seqno())
        .isEqualTo(Bytes.fromHex("00000000000001ff"));
    assertThat(author.write(NEWS, Bytes.EMPTY).seqno())
        .isEqualTo(Bytes.fromHex("0000000000000200"));
  }

  @Test
  void idOf_byDefault_isAuthorAndNumber() {
    assertThat(MessageIdFunction.FROM_AND_SEQNO.idOf(message).bytes())
        .isEqualTo(
            PeerId.of(KEY.publicKey()).multihash().concat(Bytes.fromHex("0102030405060708")));
  }

  @Test
  void verify_withAndWithoutKey_accepts() {
    assertThatCode(() -> StrictSign.verify(CRYPTO, message)).doesNotThrowAnyException();
    assertThatCode(() -> StrictSign.verify(CRYPTO, withKey(KEY.publicKey().encode())))
        .doesNotThrowAnyException();
  }

  @Test
  void verify_withTheKeyOfAnother_refuses() {
    PrivateKey other = PrivateKey.generate(CRYPTO, it -> Bytes.utf8("x".repeat(it)).toByteArray());

    assertThatThrownBy(() -> StrictSign.verify(CRYPTO, withKey(other.publicKey().encode())))
        .isInstanceOf(WireException.class)
        .hasMessage("message's key is not that of its author");
  }

  @Test
  void verify_ofOtherData_refuses() {
    Message forged =
        new Message(
            message.from(),
            Bytes.utf8("hallo"),
            message.seqno(),
            NEWS,
            message.signature(),
            Bytes.EMPTY);

    assertThatThrownBy(() -> StrictSign.verify(CRYPTO, forged))
        .isInstanceOf(WireException.class)
        .hasMessage("message's signature is not that of its author");
  }

  @Test
  void verify_ofAHashedAuthorWithoutKey_refuses() {
    Message keyless =
        new Message(
            Bytes.fromHex("1220" + "11".repeat(32)),
            message.data(),
            message.seqno(),
            NEWS,
            message.signature(),
            Bytes.EMPTY);

    assertThatThrownBy(() -> StrictSign.verify(CRYPTO, keyless))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("lacks the key");
  }

  @Test
  void verify_withoutParts_refuses() {
    Message unsigned =
        new Message(message.from(), message.data(), Bytes.of(1), NEWS, Bytes.EMPTY, Bytes.EMPTY);

    assertThat(StrictSign.hasParts(unsigned)).isFalse();
    assertThatThrownBy(() -> StrictSign.verify(CRYPTO, unsigned))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("8 bytes");
  }

  private Message withKey(Bytes key) {
    return new Message(
        message.from(), message.data(), message.seqno(), NEWS, message.signature(), key);
  }
}
