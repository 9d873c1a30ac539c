package io.minga.node.runtime;

import io.minga.libp2p.Host;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Multihash;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Peers that we are to be connected with: tried again, ever more seldom, while we are not. */
final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);
  private static final long FIRST_MILLIS = 500;
  private static final long MOST_MILLIS = 30_000;

  /** How often it is looked whether a connection that was there still is. */
  private static final long LOOK_MILLIS = 5_000;

  private final Host host;
  private final EventExecutor executor;
  private final List<Multiaddr> addresses = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  Bootstrap(Host host, EventExecutor executor) {
    this.host = host;
    this.executor = executor;
  }

  void add(Multiaddr address) {
    if (addresses.contains(address)) {
      return;
    }
    addresses.add(address);
    attempt(address, FIRST_MILLIS);
  }

  private void attempt(Multiaddr address, long delayMillis) {
    if (closed) {
      return;
    }
    Multihash peer = address.peerId().orElseThrow();
    if (host.connections().stream().anyMatch(it -> it.peer().toMultihash().equals(peer))) {
      again(address, FIRST_MILLIS, LOOK_MILLIS);
      return;
    }
    host.connect(address)
        .whenComplete(
            (connection, failure) -> {
              if (failure == null) {
                again(address, FIRST_MILLIS, LOOK_MILLIS);
              } else {
                LOG.debug("{} does not answer: {}", address, failure.toString());
                again(address, Math.min(MOST_MILLIS, 2 * delayMillis), delayMillis);
              }
            });
  }

  private void again(Multiaddr address, long nextDelayMillis, long inMillis) {
    if (!closed) {
      executor.schedule(() -> attempt(address, nextDelayMillis), inMillis, TimeUnit.MILLISECONDS);
    }
  }

  void close() {
    closed = true;
  }
}
