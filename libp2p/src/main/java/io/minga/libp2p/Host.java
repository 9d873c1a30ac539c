package io.minga.libp2p;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A libp2p peer: it listens, dials, and speaks protocols over streams. Safe for any thread; futures
 * complete on event loops, so what follows them must not block.
 */
public interface Host extends AutoCloseable {
  /** Its name: the id of its key. */
  PeerId peerId();

  /** The addresses that are bound now, wildcards resolved, without the {@code /p2p} part. */
  List<Multiaddr> listenAddresses();

  /** Answers {@code protocol} from now on; peers that are connected are told (identify push). */
  void handle(String protocol, ProtocolHandler handler);

  /** No longer answers {@code protocol}; streams that are open go on. */
  void unhandle(String protocol);

  /**
   * Connects to {@code peer}, or gives the connection that is there. {@code addresses} add to those
   * known from before.
   *
   * @return fails with a {@link HostException} of kind UNREACHABLE (its sentence says what each
   *     address answered), PEER_VIOLATION, REFUSED, TIMED_OUT or CLOSED
   */
  CompletableFuture<Connection> connect(PeerId peer, List<Multiaddr> addresses);

  /** Connects to the peer that {@code address}, which ends in {@code /p2p/…}, names. */
  CompletableFuture<Connection> connect(Multiaddr address);

  /**
   * Opens a stream to {@code peer}, connecting first if need be. See {@link Connection#newStream}.
   */
  CompletableFuture<Stream> newStream(PeerId peer, List<String> protocols, ProtocolHandler handler);

  /** The connections that are open now. */
  List<Connection> connections();

  /** The connections with {@code peer} that are open now. */
  List<Connection> connections(PeerId peer);

  /** Round-trip time to {@code peer} by the ping protocol, connecting first if need be. */
  CompletableFuture<Duration> ping(PeerId peer);

  /**
   * Keeps the connections with {@code peer} from being trimmed, for the reason {@code tag}, also
   * those to come.
   *
   * @return fails with an {@link IllegalArgumentException} if more peers or reasons are protected
   *     than the options allow
   */
  CompletableFuture<Void> protect(PeerId peer, String tag);

  /** Takes the reason {@code tag} back. */
  CompletableFuture<Void> unprotect(PeerId peer, String tag);

  /**
   * The loop of the host's own work, which is also that of its first connection. What shares it
   * hears of that connection without a change of thread, and must not block.
   */
  EventExecutor executor();

  /** Adds a listener for connections that come and go. */
  void onConnection(ConnectionListener listener);

  /** Stops listening, closes all connections, and waits until the sockets are gone. */
  @Override
  void close();
}
