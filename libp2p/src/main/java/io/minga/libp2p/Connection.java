package io.minga.libp2p;

import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An authenticated, encrypted, multiplexed connection with one peer. Safe for any thread. */
public interface Connection {
  /** Who is at the other end; proven by the handshake. */
  PeerId peer();

  /** The key that proved it. */
  PublicKey peerKey();

  /** Whether our side dialled. */
  boolean isInitiator();

  /** Our end of the socket. */
  Multiaddr localAddress();

  /** The other end of the socket. */
  Multiaddr remoteAddress();

  /** The security protocol in use: {@code /noise} or {@code /tls/1.0.0}. */
  String security();

  /**
   * Opens a stream for the first of {@code protocols} that the peer speaks. With a single protocol
   * that the peer is known to speak the stream is there at once and the agreement travels with its
   * first data.
   *
   * @return fails with a {@link HostException} of kind PROTOCOL_UNSUPPORTED, REFUSED (a limit),
   *     CLOSED or TIMED_OUT
   */
  CompletableFuture<Stream> newStream(List<String> protocols, ProtocolHandler handler);

  /** What the peer told about itself, completed after the connection's first identify exchange. */
  CompletableFuture<IdentifiedPeer> identified();

  /** The streams that are open now, on both sides together. */
  int openStreams();

  /** Whether it still is. */
  boolean isOpen();

  /** Closes it and all its streams. Completes when the socket is gone. */
  CompletableFuture<Void> close();
}
