package io.minga.libp2p.tls.netty;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.tls.TlsIdentity;
import io.netty.channel.ChannelHandler;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plain channel into a libp2p TLS one ({@code /tls/1.0.0}): TLS 1.3 alone, a certificate
 * from both sides, no server name, no resumption.
 *
 * <p>A handler made here goes into the pipeline before the application's; bytes that were read
 * already are to be passed on to it. It fires one {@link TlsResult}, or one exception: a {@link
 * io.minga.libp2p.wire.WireException} with what the peer did wrong or refused, an {@link
 * java.io.IOException} if the connection ended or time ran out; the channel closes after an
 * exception. Later failures come as exceptions too. One object serves all event loops.
 */
public final class TlsUpgrade implements AutoCloseable {
  /** The protocol's name in multistream-select. */
  public static final String PROTOCOL = "/tls/1.0.0";

  private final TlsOptions options;
  private final PeerTrust trust;
  private final TlsContexts contexts;

  /**
   * Loads our certificate into the library that {@code options} name.
   *
   * @param wallTimeMillis the wall clock, in milliseconds since 1970, for certificates' dates
   * @throws IllegalStateException if the library does not take it
   */
  public TlsUpgrade(
      TlsIdentity identity, Crypto crypto, LongSupplier wallTimeMillis, TlsOptions options) {
    this.options = options;
    this.trust = new PeerTrust(crypto, wallTimeMillis);
    this.contexts = new TlsContexts(identity, trust, options);
  }

  /** The library and its version, for the log. */
  public String name() {
    return options.library().description();
  }

  /**
   * A handler for the side that dials.
   *
   * @param expected who has to be there, or null for anyone
   */
  public ChannelHandler newDialer(@Nullable PeerId expected) {
    return new TlsHandler(contexts, false, trust, options, new PeerProof(expected));
  }

  /**
   * A handler for the side that listens.
   *
   * @param expected who has to be there (as when punching holes), or null for anyone
   */
  public ChannelHandler newListener(@Nullable PeerId expected) {
    return new TlsHandler(contexts, true, trust, options, new PeerProof(expected));
  }

  /** How many handshakes are under way. */
  int handshakes() {
    return trust.handshakes();
  }

  /** Releases the library's memory, once the last connection is closed. */
  @Override
  public void close() {
    contexts.release();
  }
}
