package io.minga.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multibase;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerIdTest {
  // The examples of the peer-ids specification.
  private static final String SHA256_TEXT = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
  private static final String CID_TEXT =
      "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe";
  private static final String ED25519_TEXT = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

  @ParameterizedTest
  @ValueSource(strings = {SHA256_TEXT, ED25519_TEXT})
  void parse_base58_isShownTheSame(String text) {
    assertThat(PeerId.parse(text)).hasToString(text);
  }

  @Test
  void parse_cid_isTheSameIdAsItsBase58() {
    PeerId id = PeerId.parse(CID_TEXT);
    assertThat(PeerId.parse(id.toString())).isEqualTo(id);
    assertThat(id.toCid()).hasToString(CID_TEXT);
    assertThat(id.toString()).startsWith("Qm");
  }

  @ParameterizedTest
  @ValueSource(strings = {SHA256_TEXT, ED25519_TEXT, CID_TEXT})
  void parse_cidInAnyBase_isTheSameId(String text) {
    PeerId id = PeerId.parse(text);
    for (Multibase base : Multibase.values()) {
      assertThat(PeerId.parse(base.encode(id.toCid().toBytes()))).isEqualTo(id);
    }
  }

  @Test
  void of_rsaKeyOfJs_isTheIdThatJsGivesIt() throws WireException {
    PeerId id = PeerId.of(PublicKey.decode(KeyVectors.JS_RSA_PUBLIC));
    assertThat(id.multihash()).isEqualTo(KeyVectors.JS_RSA_PEER_ID);
    assertThat(id.publicKey()).isEmpty();
    assertThat(id.toString()).startsWith("Qm");
  }

  @Test
  void of_keyOfAtMost42Bytes_containsIt() throws WireException {
    PublicKey ed25519 = PublicKey.decode(KeyVectors.ED25519_PUBLIC);
    PeerId id = PeerId.of(ed25519);
    assertThat(id.multihash()).isEqualTo(Bytes.fromHex("0024").concat(KeyVectors.ED25519_PUBLIC));
    assertThat(id.toString()).startsWith("12D3Koo");
    assertThat(id.publicKey()).contains(ed25519);

    PublicKey secp256k1 = PublicKey.decode(KeyVectors.SECP256K1_PUBLIC);
    assertThat(PeerId.of(secp256k1).multihash())
        .isEqualTo(Bytes.fromHex("0025").concat(KeyVectors.SECP256K1_PUBLIC));
    assertThat(PeerId.of(secp256k1).toString()).startsWith("16Uiu2HA");
    assertThat(PeerId.of(secp256k1).publicKey()).contains(secp256k1);
  }

  @Test
  void of_longerKey_isItsSha256() throws WireException {
    for (Bytes key : List.of(KeyVectors.RSA_PUBLIC, KeyVectors.ECDSA_PUBLIC)) {
      PeerId id = PeerId.of(PublicKey.decode(key));
      assertThat(id.toMultihash()).isEqualTo(Multihash.sha256(key));
      assertThat(id.publicKey()).isEmpty();
    }
  }

  @Test
  void decode_whatMultihashGives_isTheSameId() throws WireException {
    for (String text : List.of(SHA256_TEXT, ED25519_TEXT)) {
      PeerId id = PeerId.parse(text);
      PeerId decoded = PeerId.decode(id.multihash());
      assertThat(decoded).isEqualTo(id).hasSameHashCodeAs(id).isEqualByComparingTo(id);
      assertThat(PeerId.decode(id.toMultihash())).isEqualTo(id);
    }
  }

  @Test
  void publicKey_inlinedBytesThatAreNoKey_isEmpty() throws WireException {
    assertThat(PeerId.decode(Bytes.fromHex("0002abcd")).publicKey()).isEmpty();
    assertThat(PeerId.decode(Bytes.fromHex("0000")).publicKey()).isEmpty();
  }

  @Test
  void decode_inlinedKeyOfMoreThan42Bytes_isRefused() throws WireException {
    Bytes longest = Bytes.fromHex("002a").concat(Bytes.copyOf(new byte[42]));
    assertThat(PeerId.decode(longest).multihash()).isEqualTo(longest);
    assertRefused(
        Bytes.fromHex("002b").concat(Bytes.copyOf(new byte[43])),
        "peer id has 45 bytes, should have 2 to 44");
  }

  @ParameterizedTest
  @CsvSource({
    "'', has 0 bytes",
    "00, has 1 bytes",
    "0001, begins with 0001",
    "000100ff, begins with 0001",
    "1220, begins with 1220",
    "11020000, 'begins with 1102, should begin with 1220 (a SHA-256) or 0002'",
  })
  void decode_malformed_saysWhatWouldBeRight(String hex, String message) {
    assertRefused(Bytes.fromHex(hex), message);
  }

  @Test
  void decode_otherFunctionsOrLengthsOfDigest_areRefused() {
    Bytes digest = Bytes.copyOf(new byte[32]);
    assertRefused(Bytes.fromHex("1620").concat(digest), "begins with 1620");
    assertRefused(Bytes.fromHex("121f").concat(digest.slice(0, 31)), "begins with 121f");
    assertRefused(Bytes.fromHex("1221").concat(digest).concat(Bytes.fromHex("00")), "1221");
    assertRefused(Bytes.fromHex("1220").concat(digest.slice(0, 31)), "peer id of 33 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "'', empty",
    "Qm, ''",
    "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5, ''",
    "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx0N, ''",
    "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5S, ''",
    "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA0, ''",
    "bafkreifoybygix7fh3r3g5rqle3wcnhqldgdg4shzf4k3ulyw3gn7mabt4, 'codec is 0x55, a peer id''s is 0x72 (libp2p-key)'",
    "/ip4/127.0.0.1, ''",
  })
  void parse_noPeerId_saysWhatWouldBeRight(String text, String message) {
    assertThatThrownBy(() -> PeerId.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "\"" + text + "\" is not a peer id, such as 12D3Koo…, Qm… or bafz…: ")
        .hasMessageContaining(message);
  }

  @Test
  void parse_longText_isCutInTheMessage() {
    assertThatThrownBy(() -> PeerId.parse("1".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }

  @Test
  void parse_cidOfVersion0_isThePeerIdItSpells() {
    Multihash multihash = Multihash.sha256(Bytes.EMPTY);
    assertThat(PeerId.parse(new Cid(0, Cid.DAG_PB, multihash).toString()).toMultihash())
        .isEqualTo(multihash);
  }

  @Test
  void compareTo_ordersAsTheBytes() throws WireException {
    PeerId inlined = PeerId.decode(Bytes.fromHex("000100"));
    PeerId hashed = PeerId.parse(SHA256_TEXT);
    assertThat(new ArrayList<>(List.of(hashed, inlined)).stream().sorted())
        .containsExactly(inlined, hashed);
    assertThat(inlined).isNotEqualTo(hashed);
  }

  static LongStream seeds() {
    return Seeds.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_hostileInput_throwsNothingElse(long seed) {
    Hostile.fuzz(
        seed,
        List.of(
            PeerId.parse(SHA256_TEXT).multihash().toByteArray(),
            PeerId.parse(ED25519_TEXT).multihash().toByteArray()),
        input -> {
          Bytes bytes = Bytes.copyOf(input);
          PeerId id = PeerId.decode(bytes);
          assertThat(id.multihash()).isEqualTo(bytes);
          assertThat(id.toMultihash().toBytes()).isEqualTo(bytes);
          return id.publicKey();
        });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decodeText_hostileInput_throwsNothingElse(long seed) {
    Hostile.fuzz(
        seed,
        List.of(
            SHA256_TEXT.getBytes(StandardCharsets.UTF_8),
            ED25519_TEXT.getBytes(StandardCharsets.UTF_8),
            CID_TEXT.getBytes(StandardCharsets.UTF_8)),
        input -> PeerId.decodeText(new String(input, StandardCharsets.ISO_8859_1)));
  }

  private static void assertRefused(Bytes encoded, String message) {
    assertThatThrownBy(() -> PeerId.decode(encoded))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }
}
