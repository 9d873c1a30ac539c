package io.minga.libp2p.netty;

import io.minga.libp2p.discovery.Resolution;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.concurrent.CompletableFuture;

/** Finds what the names at the beginning of addresses stand for. */
interface NameResolver extends AutoCloseable {
  /**
   * Resolves the {@code /dnsaddr}, {@code /dns}, {@code /dns4} or {@code /dns6} that {@code
   * address} begins with. Never blocks; a failure is a {@link Resolution.Failed}, not an exception.
   */
  CompletableFuture<Resolution> resolve(Multiaddr address);

  @Override
  void close();
}
