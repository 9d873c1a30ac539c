package io.minga.libp2p.netty;

import io.minga.libp2p.discovery.BootstrapAddress;
import io.minga.libp2p.discovery.DiscoveryOptions;
import io.minga.libp2p.mdns.MdnsOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a host looks for its network. Begin with {@link #defaults} and change what should differ.
 *
 * @param bootstrap peers that a person named
 * @param remembered the file of the peers to dial first after a restart; none if empty
 * @param mdns how peers on the local network are found; empty for not at all
 * @param limits how eagerly, and how much of what is heard is kept
 */
public record DiscoverySettings(
    List<BootstrapAddress> bootstrap,
    Optional<Path> remembered,
    Optional<MdnsOptions> mdns,
    DiscoveryOptions limits) {
  /** A copy of the list. */
  public DiscoverySettings {
    bootstrap = List.copyOf(bootstrap);
  }

  /** No bootstrap peers, no file, no looking around. */
  public static DiscoverySettings defaults() {
    return new DiscoverySettings(
        List.of(), Optional.empty(), Optional.empty(), DiscoveryOptions.DEFAULT);
  }

  /** These settings with these bootstrap peers. */
  public DiscoverySettings withBootstrap(List<BootstrapAddress> bootstrap) {
    return new DiscoverySettings(bootstrap, remembered, mdns, limits);
  }

  /** These settings, remembering peers in this file. */
  public DiscoverySettings withRemembered(Path file) {
    return new DiscoverySettings(bootstrap, Optional.of(file), mdns, limits);
  }

  /** These settings, finding peers on the local network like this. */
  public DiscoverySettings withMdns(MdnsOptions mdns) {
    return new DiscoverySettings(bootstrap, remembered, Optional.of(mdns), limits);
  }

  /** These settings within these limits. */
  public DiscoverySettings withLimits(DiscoveryOptions limits) {
    return new DiscoverySettings(bootstrap, remembered, mdns, limits);
  }
}
