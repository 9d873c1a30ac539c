package io.minga.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PeerRecord;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class IdentifiedPeerTest {
  private static final Crypto CRYPTO = CryptoProviders.portable();
  private static final PrivateKey KEY = key(1);
  private static final PrivateKey OTHER = key(2);
  private static final PeerId PEER = PeerId.of(KEY.publicKey());
  private static final Multiaddr SAID = Multiaddr.parse("/ip4/192.0.2.1/tcp/1");
  private static final Multiaddr SIGNED = Multiaddr.parse("/ip4/192.0.2.2/tcp/2");

  private static PrivateKey key(int fill) {
    return PrivateKey.generate(
        CRYPTO,
        length -> {
          byte[] seed = new byte[length];
          Arrays.fill(seed, (byte) fill);
          return seed;
        });
  }

  private static IdentifyMessage message(@Nullable PrivateKey key, @Nullable Bytes envelope) {
    return new IdentifyMessage(
        key == null ? null : key.publicKey(),
        List.of(SAID),
        List.of("/a"),
        SIGNED,
        "v",
        "w",
        envelope);
  }

  private static Bytes envelope(PrivateKey key) {
    return PeerRecord.seal(CRYPTO, key, 7, List.of(SIGNED)).encode();
  }

  @Test
  void verify_withoutRecord_hasTheAddressesThatWereSaid() throws WireException {
    IdentifiedPeer peer = IdentifiedPeer.verify(CRYPTO, PEER, message(KEY, null));
    assertThat(peer)
        .isEqualTo(
            new IdentifiedPeer(
                PEER, KEY.publicKey(), List.of(SAID), null, List.of("/a"), "v", "w", SIGNED));
    assertThat(IdentifiedPeer.verify(CRYPTO, PEER, message(null, null)).publicKey()).isNull();
  }

  @Test
  void verify_withRecord_hasItsAddresses() throws WireException {
    Bytes envelope = envelope(KEY);
    IdentifiedPeer peer = IdentifiedPeer.verify(CRYPTO, PEER, message(KEY, envelope));
    assertThat(peer.addresses()).containsExactly(SIGNED);
    assertThat(peer.signedRecord())
        .isEqualTo(
            new IdentifiedPeer.SignedRecord(new PeerRecord(PEER, 7, List.of(SIGNED)), envelope));
  }

  @Test
  void verify_keyOfAnother_isAViolation() {
    assertThatThrownBy(() -> IdentifiedPeer.verify(CRYPTO, PEER, message(OTHER, null)))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "identify's public key is that of %s, but the connection is with %s"
                .formatted(PeerId.of(OTHER.publicKey()), PEER));
  }

  @Test
  void verify_recordOfAnother_isAViolation() {
    assertThatThrownBy(() -> IdentifiedPeer.verify(CRYPTO, PEER, message(KEY, envelope(OTHER))))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "identify's peer record is that of %s, but the connection is with %s"
                .formatted(PeerId.of(OTHER.publicKey()), PEER));
  }

  @Test
  void verify_recordWithAFlippedBit_isAViolation() {
    byte[] envelope = envelope(KEY).toByteArray();
    for (int i = 0; i < envelope.length; i++) {
      byte[] forged = envelope.clone();
      forged[i] ^= 1;
      assertThatThrownBy(
              () -> IdentifiedPeer.verify(CRYPTO, PEER, message(KEY, Bytes.copyOf(forged))))
          .as("bit of byte %d", i)
          .isInstanceOf(WireException.class);
    }
  }
}
