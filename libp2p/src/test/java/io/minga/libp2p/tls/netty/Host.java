package io.minga.libp2p.tls.netty;

import static io.minga.libp2p.tls.CertificateForge.CRYPTO;
import static io.minga.libp2p.tls.CertificateForge.NOW_MILLIS;
import static io.minga.libp2p.tls.CertificateForge.entropy;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.tls.TlsIdentity;
import io.netty.channel.ChannelHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A peer of ours in a test: its id, and how it upgrades channels. */
final class Host implements AutoCloseable {
  static final long YEAR_MILLIS = 366L * 24 * 3600 * 1000;

  private final PeerId id;
  private final TlsUpgrade tls;
  private final List<Side> sides = new ArrayList<>();

  private Host(PeerId id, TlsUpgrade tls) {
    this.id = id;
    this.tls = tls;
  }

  PeerId id() {
    return id;
  }

  int handshakes() {
    return tls.handshakes();
  }

  static Host of(TlsLibrary library, long seed) {
    return of(TlsOptions.DEFAULT.withLibrary(library), seed);
  }

  static Host of(TlsLibrary library, long seed, List<String> muxers) {
    return of(TlsOptions.DEFAULT.withLibrary(library).withMuxers(muxers), seed);
  }

  private static Host of(TlsOptions options, long seed) {
    return of(options, seed, NOW_MILLIS);
  }

  /** A peer whose clock stands at {@code nowMillis}; its certificate is the forge's age. */
  static Host of(TlsOptions options, long seed, long nowMillis) {
    PrivateKey key = PrivateKey.generate(CRYPTO, entropy(seed));
    TlsIdentity identity = TlsIdentity.generate(CRYPTO, entropy(-seed), key, NOW_MILLIS);
    return new Host(
        PeerId.of(key.publicKey()), new TlsUpgrade(identity, CRYPTO, () -> nowMillis, options));
  }

  Side dial(@Nullable PeerId expected) {
    return add(new Side(tls.newDialer(expected)));
  }

  Side listen() {
    return add(new Side(newListener()));
  }

  ChannelHandler newListener() {
    return tls.newListener(null);
  }

  /** Sees to it that the side is closed with its host. */
  Side add(Side side) {
    sides.add(side);
    return side;
  }

  @Override
  public void close() {
    sides.forEach(Side::discard);
    tls.close();
  }
}
