package io.minga.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeerRecordTest {
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final String DOMAIN = "libp2p-peer-record";
  private static final Bytes TYPE = Bytes.fromHex("0301");
  private static final List<Multiaddr> ADDRESSES =
      List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001"), Multiaddr.parse("/dns4/example.org/tcp/1"));

  @Test
  void open_recordOfGo_hasItsPeerSequenceAndAddresses() throws WireException {
    PeerRecord record = PeerRecord.open(CRYPTO, KeyVectors.GO_ENVELOPE);
    PrivateKey key = PrivateKey.decode(CRYPTO, KeyVectors.GO_ENVELOPE_PRIVATE);
    assertThat(record.peer()).isEqualTo(PeerId.of(key.publicKey()));
    assertThat(record.sequence()).isEqualTo(1_598_453_001_624_231_000L);
    assertThat(record.addresses())
        .isEqualTo(
            IntStream.range(0, 10)
                .mapToObj(port -> Multiaddr.parse("/ip4/1.2.3.4/tcp/" + port))
                .toList());
  }

  @Test
  void seal_recordOfGo_givesTheBytesOfGo() throws WireException {
    PeerRecord record = PeerRecord.open(CRYPTO, KeyVectors.GO_ENVELOPE);
    PrivateKey key = PrivateKey.decode(CRYPTO, KeyVectors.GO_ENVELOPE_PRIVATE);
    assertThat(PeerRecord.seal(CRYPTO, key, record.sequence(), record.addresses()).encode())
        .isEqualTo(KeyVectors.GO_ENVELOPE);
  }

  @Test
  void open_whatWasSealed_isTheSame() throws WireException {
    Bytes sealed = PeerRecord.seal(CRYPTO, key(), 7, ADDRESSES).encode();
    assertThat(PeerRecord.open(CRYPTO, sealed)).isEqualTo(new PeerRecord(peer(), 7, ADDRESSES));
  }

  @Test
  void open_recordOfAnotherPeer_isRefused() {
    PeerId other = PeerId.of(PrivateKey.generate(CRYPTO, byte[]::new).publicKey());
    Bytes payload = new ProtobufWriter().bytes(1, other.multihash()).uint64(2, 1).toBytes();
    assertRefused(seal(payload), "peer record is of " + other + ", its envelope signed by ");
  }

  @Test
  void open_noPeer_isRefused() {
    assertRefused(seal(new ProtobufWriter().uint64(2, 1).toBytes()), "lacks the id of its peer");
  }

  @Test
  void open_malformedPeer_isRefused() {
    Bytes payload = new ProtobufWriter().bytes(1, Bytes.fromHex("1220ab")).toBytes();
    assertRefused(seal(payload), "peer id of 3 bytes begins with 1220");
  }

  @Test
  void open_otherDomainOrType_isRefused() {
    Bytes payload = new ProtobufWriter().bytes(1, peer().multihash()).toBytes();
    assertRefused(
        SignedEnvelope.seal(CRYPTO, key(), "libp2p-routing-state", TYPE, payload).encode(),
        "signature is not that of its key for libp2p-peer-record");
    assertRefused(
        SignedEnvelope.seal(CRYPTO, key(), DOMAIN, Bytes.fromHex("0302"), payload).encode(),
        "should be of 0301");
  }

  @Test
  void open_addressesThatCantBeParsed_areLeftOut() throws WireException {
    ProtobufWriter payload = new ProtobufWriter().bytes(1, peer().multihash());
    for (String hex : List.of("", "ff", "04010203", "807d", "0401020304060fa1")) {
      payload.message(3, new ProtobufWriter().bytes(1, Bytes.fromHex(hex)));
    }
    payload.message(3, new ProtobufWriter());
    assertThat(PeerRecord.open(CRYPTO, seal(payload.toBytes())).addresses())
        .containsExactly(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001"));
  }

  @Test
  void open_moreAddressesThanTheBound_keepsTheFirst() throws WireException {
    ProtobufWriter payload = new ProtobufWriter().bytes(1, peer().multihash());
    List<Multiaddr> all = new ArrayList<>();
    for (int port = 1; port <= 100; port++) {
      Multiaddr address = Multiaddr.parse("/ip4/1.2.3.4/tcp/" + port);
      all.add(address);
      payload.message(3, new ProtobufWriter().bytes(1, address.toBytes()));
    }
    assertThat(PeerRecord.open(CRYPTO, seal(payload.toBytes())).addresses())
        .isEqualTo(all.subList(0, PeerRecord.ADDRESSES_MAX));
    assertThatThrownBy(() -> PeerRecord.seal(CRYPTO, key(), 1, all))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 32 addresses, this 100");
  }

  @Test
  void isNewerThan_comparesUnsigned() {
    PeerRecord old = new PeerRecord(peer(), Long.MAX_VALUE, List.of());
    PeerRecord latest = new PeerRecord(peer(), -1, List.of());
    assertThat(latest.isNewerThan(old)).isTrue();
    assertThat(old.isNewerThan(latest)).isFalse();
    assertThat(old.isNewerThan(old)).isFalse();
  }

  static LongStream seeds() {
    return Seeds.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void open_hostilePayload_throwsNothingElse(long seed) throws WireException {
    Bytes go = SignedEnvelope.open(CRYPTO, DOMAIN, TYPE, KeyVectors.GO_ENVELOPE).payload();
    ProtobufWriter manyEmpty = new ProtobufWriter().bytes(1, peer().multihash());
    for (int i = 0; i < 2000; i++) {
      manyEmpty.bytes(3, Bytes.EMPTY);
    }
    Bytes ours =
        SignedEnvelope.open(
                CRYPTO, DOMAIN, TYPE, PeerRecord.seal(CRYPTO, key(), 7, ADDRESSES).encode())
            .payload();
    Hostile.fuzz(
        seed,
        Hostile.inputs() / 4,
        List.of(go.toByteArray(), ours.toByteArray(), manyEmpty.toBytes().toByteArray()),
        input -> PeerRecord.decode(Bytes.copyOf(input)));
  }

  private static PrivateKey key() {
    try {
      return PrivateKey.decode(CRYPTO, KeyVectors.ED25519_PRIVATE);
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  private static PeerId peer() {
    return PeerId.of(key().publicKey());
  }

  private static Bytes seal(Bytes payload) {
    return SignedEnvelope.seal(CRYPTO, key(), DOMAIN, TYPE, payload).encode();
  }

  private static void assertRefused(Bytes encoded, String message) {
    assertThatThrownBy(() -> PeerRecord.open(CRYPTO, encoded))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }
}
