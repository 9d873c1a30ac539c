package io.minga.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignedEnvelopeTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final String DOMAIN = "libp2p-testing";
  private static final Bytes TYPE = Bytes.utf8("/libp2p/testdata");
  private static final Bytes PAYLOAD = Bytes.utf8("hello world!");
  private static final Bytes PEER_RECORD_TYPE = Bytes.fromHex("0301");

  @Test
  void open_envelopeOfGo_isVerified() throws WireException {
    SignedEnvelope envelope =
        SignedEnvelope.open(CRYPTO, "libp2p-peer-record", PEER_RECORD_TYPE, KeyVectors.GO_ENVELOPE);
    assertThat(envelope.signer())
        .isEqualTo(PeerId.of(privateKey(KeyVectors.GO_ENVELOPE_PRIVATE).publicKey()));
    assertThat(envelope.encode()).isEqualTo(KeyVectors.GO_ENVELOPE);
  }

  @Test
  void seal_payloadOfGo_givesTheBytesOfGo() throws WireException {
    Bytes payload =
        SignedEnvelope.open(CRYPTO, "libp2p-peer-record", PEER_RECORD_TYPE, KeyVectors.GO_ENVELOPE)
            .payload();
    SignedEnvelope sealed =
        SignedEnvelope.seal(
            CRYPTO,
            privateKey(KeyVectors.GO_ENVELOPE_PRIVATE),
            "libp2p-peer-record",
            PEER_RECORD_TYPE,
            payload);
    assertThat(sealed.encode()).isEqualTo(KeyVectors.GO_ENVELOPE);
  }

  @Test
  void open_whatWasSealed_givesThePayload() throws WireException {
    SignedEnvelope opened = SignedEnvelope.open(CRYPTO, DOMAIN, TYPE, sealed());
    assertThat(opened.payload()).isEqualTo(PAYLOAD);
    assertThat(opened.encode()).isEqualTo(sealed());
  }

  @Test
  void open_emptyPayload_isAllowed() throws WireException {
    Bytes encoded = SignedEnvelope.seal(CRYPTO, key(), DOMAIN, TYPE, Bytes.EMPTY).encode();
    assertThat(SignedEnvelope.open(CRYPTO, DOMAIN, TYPE, encoded).payload()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void open_forAnotherPurpose_isRefused() {
    assertRefused("libp2p-other", TYPE, sealed(), "not that of its key for libp2p-other");
    assertRefused("", TYPE, sealed(), "not that of its key for");
  }

  @Test
  void open_anotherType_isRefused() {
    assertRefused(DOMAIN, PEER_RECORD_TYPE, sealed(), "should be of 0301");
  }

  /** Bytes moved from one part to the next give the same sequence without the lengths. */
  @Test
  void open_boundaryMoved_isRefused() throws WireException {
    Bytes sealed = sealed();
    Bytes key = key().publicKey().encode();
    Bytes signature = sealed.slice(sealed.length() - 64, sealed.length());
    Bytes moved =
        new ProtobufWriter()
            .bytes(1, key)
            .bytes(2, Bytes.utf8("/libp2p/testdatah"))
            .bytes(3, Bytes.utf8("ello world!"))
            .bytes(5, signature)
            .toBytes();
    assertRefused(
        DOMAIN, Bytes.utf8("/libp2p/testdatah"), moved, "envelope's signature is not that");
  }

  @Test
  void open_keyOfAnother_isRefused() {
    Bytes sealed = sealed();
    Bytes swapped =
        new ProtobufWriter()
            .bytes(1, privateKey(KeyVectors.GO_ENVELOPE_PRIVATE).publicKey().encode())
            .bytes(2, TYPE)
            .bytes(3, PAYLOAD)
            .bytes(5, sealed.slice(sealed.length() - 64, sealed.length()))
            .toBytes();
    assertRefused(DOMAIN, TYPE, swapped, "envelope's signature is not that");
  }

  @Test
  void open_anyBitChanged_isRefused() {
    Bytes sealed = sealed();
    for (int bit = 0; bit < sealed.length() * 8; bit++) {
      byte[] tampered = sealed.toByteArray();
      tampered[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> SignedEnvelope.open(CRYPTO, DOMAIN, TYPE, Bytes.copyOf(tampered)))
          .as("bit %d", bit)
          .isInstanceOf(WireException.class);
    }
  }

  @Test
  void open_everyTruncation_isRefused() {
    Bytes sealed = sealed();
    for (int length = 0; length < sealed.length(); length++) {
      assertRefused(DOMAIN, TYPE, sealed.slice(0, length), "");
    }
  }

  @Test
  void open_fieldTwice_isRefused() {
    Bytes again = new ProtobufWriter().bytes(3, PAYLOAD).toBytes();
    assertRefused(DOMAIN, TYPE, sealed().concat(again), "field 3: comes twice");
  }

  @Test
  void open_unknownField_isIgnored() throws WireException {
    Bytes more = new ProtobufWriter().bytes(9, PAYLOAD).uint64(4, 7).toBytes();
    assertThat(SignedEnvelope.open(CRYPTO, DOMAIN, TYPE, sealed().concat(more)).encode())
        .isEqualTo(sealed());
  }

  @Test
  void open_payloadOverTheBound_isRefused() {
    Bytes large = Bytes.copyOf(new byte[SignedEnvelope.PAYLOAD_BYTES_MAX + 1]);
    assertRefused(DOMAIN, TYPE, new ProtobufWriter().bytes(3, large).toBytes(), "8193");
    assertThatThrownBy(() -> SignedEnvelope.seal(CRYPTO, key(), DOMAIN, TYPE, large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a payload of up to 8192");
  }

  static LongStream seeds() {
    return Seeds.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void open_hostileInput_throwsNothingElse(long seed) {
    Hostile.fuzz(
        seed,
        Hostile.inputs() / 2,
        List.of(sealed().toByteArray()),
        input -> {
          SignedEnvelope opened = SignedEnvelope.open(CRYPTO, DOMAIN, TYPE, Bytes.copyOf(input));
          assertThat(opened.payload()).isEqualTo(PAYLOAD);
          return opened;
        });
  }

  private static Bytes sealed() {
    return SignedEnvelope.seal(CRYPTO, key(), DOMAIN, TYPE, PAYLOAD).encode();
  }

  private static PrivateKey key() {
    return privateKey(KeyVectors.ED25519_PRIVATE);
  }

  private static PrivateKey privateKey(Bytes encoded) {
    try {
      return PrivateKey.decode(CRYPTO, encoded);
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(String domain, Bytes type, Bytes encoded, String message) {
    assertThatThrownBy(() -> SignedEnvelope.open(CRYPTO, domain, type, encoded))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }
}
