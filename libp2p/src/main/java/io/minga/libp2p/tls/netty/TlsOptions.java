package io.minga.libp2p.tls.netty;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How TLS connections are made. What a peer can send is bounded by {@link
 * io.minga.libp2p.tls.PeerCertificate#LENGTH_MAX} and {@link
 * io.minga.libp2p.tls.ClientHelloAlpn#LENGTH_MAX}.
 *
 * @param library what speaks TLS
 * @param muxers the muxers to agree on early, best first, such as {@code /yamux/1.0.0}
 * @param handshakeTimeout from the first byte to the identity; then the channel is closed
 * @param closeTimeout how long closing waits for its last bytes to be written
 */
public record TlsOptions(
    TlsLibrary library, List<String> muxers, Duration handshakeTimeout, Duration closeTimeout) {
  /** The best library, yamux, 5 s for the handshake and 3 s for closing. */
  public static final TlsOptions DEFAULT =
      new TlsOptions(
          TlsLibrary.best(), List.of("/yamux/1.0.0"), Duration.ofSeconds(5), Duration.ofSeconds(3));

  /** The application protocol that says libp2p and nothing of a muxer. */
  static final String LIBP2P = "libp2p";

  public TlsOptions {
    muxers = List.copyOf(muxers);
    for (String muxer : muxers) {
      int length = muxer.getBytes(StandardCharsets.UTF_8).length;
      if (length == 0 || length > 255 || muxer.equals(LIBP2P)) {
        throw new IllegalArgumentException(
            "muxer '" + muxer + "' is not a protocol name of 1 to 255 bytes other than libp2p");
      }
    }
    if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
      throw new IllegalArgumentException(
          "handshake timeout is " + handshakeTimeout + "; it has to be longer than 0");
    }
    if (closeTimeout.isNegative() || closeTimeout.isZero()) {
      throw new IllegalArgumentException(
          "close timeout is " + closeTimeout + "; it has to be longer than 0");
    }
  }

  /** These options with another library. */
  public TlsOptions withLibrary(TlsLibrary other) {
    return new TlsOptions(other, muxers, handshakeTimeout, closeTimeout);
  }

  /** These options with other muxers. */
  public TlsOptions withMuxers(List<String> other) {
    return new TlsOptions(library, other, handshakeTimeout, closeTimeout);
  }

  /** What goes into ALPN: the muxers, then {@code libp2p}. */
  List<String> applicationProtocols() {
    return Stream.concat(muxers.stream(), Stream.of(LIBP2P)).toList();
  }
}
