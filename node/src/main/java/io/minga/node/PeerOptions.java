package io.minga.node;

import io.minga.libp2p.HostOptions;
import io.minga.libp2p.discovery.BootstrapAddress;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.node.core.NodeOptions;
import io.minga.node.runtime.store.StoreOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a peer is set up. Begin with {@link #forNetwork}.
 *
 * @param node what the peer is called, how many tasks it runs at once, and its limits
 * @param store where it keeps large arguments and results, and how many
 * @param host its key, where it listens, and the limits of its connections
 * @param discovery how it finds others
 * @param journal the file for durable jobs, made with the first of them
 */
public record PeerOptions(
    NodeOptions node,
    StoreOptions store,
    HostOptions host,
    DiscoverySettings discovery,
    Optional<Path> journal) {
  /**
   * A peer of {@code network} with a fresh key and a slot for each core, which listens on any free
   * port of all IPv4 addresses.
   */
  public static PeerOptions forNetwork(String network) {
    return new PeerOptions(
        NodeOptions.of(network, Runtime.getRuntime().availableProcessors()),
        StoreOptions.DEFAULT,
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"))),
        DiscoverySettings.defaults(),
        Optional.empty());
  }

  /**
   * These options with a journal, so that jobs may be durable.
   *
   * @param file where it is, or is to be; in a directory that exists, this peer's alone. A peer
   *     that is to go on with what is in it has the same key as before, too
   */
  public PeerOptions withJournal(Path file) {
    return new PeerOptions(node, store, host, discovery, Optional.of(file));
  }

  /** These options, listening on these addresses, or on none. */
  public PeerOptions listeningOn(String... addresses) {
    List<Multiaddr> parsed = Arrays.stream(addresses).map(Multiaddr::parse).toList();
    return withHost(host.withListen(parsed));
  }

  /**
   * These options, connecting with these peers, and again whenever that is lost.
   *
   * @param addresses such as {@code /ip4/192.0.2.1/tcp/4001/p2p/…} or {@code /dnsaddr/example.org}
   */
  public PeerOptions bootstrappedBy(String... addresses) {
    List<BootstrapAddress> parsed = Arrays.stream(addresses).map(BootstrapAddress::parse).toList();
    return withDiscovery(discovery.withBootstrap(parsed));
  }

  /** These options, finding peers on the local network by mDNS. */
  public PeerOptions withMdns() {
    return withDiscovery(discovery.withMdns(MdnsOptions.DEFAULT));
  }

  /** These options, finding others like this. */
  public PeerOptions withDiscovery(DiscoverySettings discovery) {
    return new PeerOptions(node, store, host, discovery, journal);
  }

  /** These options, known by {@code identity}. */
  public PeerOptions withIdentity(PrivateKey identity) {
    return withHost(host.withIdentity(identity));
  }

  /** These options with so many tasks at once; with none the peer only calls. */
  public PeerOptions withSlots(int slots) {
    return withNode(
        new NodeOptions(
            node.network(),
            slots,
            node.tags(),
            node.cores(),
            node.memoryMib(),
            node.version(),
            node.tasks(),
            node.schedule(),
            node.claims(),
            node.limits(),
            node.times()));
  }

  /** These options with these tags, which tasks may require. */
  public PeerOptions withTags(String... tags) {
    return withNode(
        new NodeOptions(
            node.network(),
            node.slots(),
            Arrays.stream(tags).distinct().sorted().toList(),
            node.cores(),
            node.memoryMib(),
            node.version(),
            node.tasks(),
            node.schedule(),
            node.claims(),
            node.limits(),
            node.times()));
  }

  /**
   * These options, keeping arguments and results of more than 256 KiB as files in this directory,
   * which is made if there is none. Nothing of them outlives the peer.
   */
  public PeerOptions withBlocksIn(Path directory) {
    return new PeerOptions(node, store.in(directory), host, discovery, journal);
  }

  /** These options, keeping so many bytes of large arguments and results at most. */
  public PeerOptions withBlockBytesMax(long bytes) {
    return new PeerOptions(node, store.withBytesMax(bytes), host, discovery, journal);
  }

  /** These options with others of the node. */
  public PeerOptions withNode(NodeOptions node) {
    return new PeerOptions(node, store, host, discovery, journal);
  }

  /** These options with others of the host. */
  public PeerOptions withHost(HostOptions host) {
    return new PeerOptions(node, store, host, discovery, journal);
  }
}
