package io.minga.cli;

import io.minga.libp2p.HostOptions;
import io.minga.libp2p.discovery.DiscoveryOptions;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.node.core.NodeOptions;
import io.minga.node.handlers.runtime.CommandLine;
import io.minga.node.runtime.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a peer of this process is set up. Begin with {@link #of}.
 *
 * @param store where large arguments and results are kept, and how many
 * @param handlers where jars of handlers are
 * @param commands programs that are functions
 * @param journal the file for durable jobs, if there may be any
 */
record PeerSettings(
    NodeOptions node,
    StoreOptions store,
    HostOptions host,
    DiscoverySettings discovery,
    Optional<Path> handlers,
    List<CommandLine> commands,
    Optional<Path> journal) {
  private static final Multiaddr ANYWHERE = Multiaddr.parse("/ip4/0.0.0.0/tcp/0");

  /** A peer with a fresh key and a slot for each core, on any free port. */
  static PeerSettings of(NetworkOptions network) throws Failure {
    HostOptions host =
        HostOptions.defaults().withListen(List.of(ANYWHERE)).withNetwork(network.key());
    DiscoverySettings discovery =
        DiscoverySettings.defaults()
            .withBootstrap(network.bootstrap())
            .withLimits(DiscoveryOptions.within(host.connections()));
    if (network.isMdns()) {
      discovery = discovery.withMdns(MdnsOptions.DEFAULT.withInterfaces(network.interfaces()));
    }
    return new PeerSettings(
        node(network.network(), Runtime.getRuntime().availableProcessors(), List.of()),
        StoreOptions.DEFAULT,
        host,
        discovery,
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  private static NodeOptions node(String network, int slots, List<String> tags) {
    NodeOptions plain = NodeOptions.of(network, slots);
    return new NodeOptions(
        network,
        slots,
        tags.stream().distinct().sorted().toList(),
        slots,
        (int) (Runtime.getRuntime().maxMemory() >> 20),
        Minga.VERSION.replace(' ', '/'),
        plain.tasks(),
        plain.schedule(),
        plain.claims(),
        plain.limits(),
        plain.times());
  }

  PeerSettings withSlots(int slots, List<String> tags) {
    return with(node(node.network(), slots, tags), host, discovery);
  }

  PeerSettings withListen(List<Multiaddr> addresses) {
    return with(node, host.withListen(addresses), discovery);
  }

  /** The same peer after a restart, who dials first whom it remembers, and has its journal. */
  PeerSettings withKept(PrivateKey identity, Path remembered, Optional<Path> journal) {
    return new PeerSettings(
        node,
        store,
        host.withIdentity(identity),
        discovery.withRemembered(remembered),
        handlers,
        commands,
        journal);
  }

  PeerSettings withStore(StoreOptions store) {
    return new PeerSettings(node, store, host, discovery, handlers, commands, journal);
  }

  PeerSettings withFunctions(Optional<Path> handlers, List<CommandLine> commands) {
    return new PeerSettings(node, store, host, discovery, handlers, commands, journal);
  }

  private PeerSettings with(NodeOptions node, HostOptions host, DiscoverySettings discovery) {
    return new PeerSettings(node, store, host, discovery, handlers, commands, journal);
  }
}
