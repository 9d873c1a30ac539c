package io.minga.node;

import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.node.core.NodeOptions;
import java.util.Arrays;
import java.util.List;

/**
 * How a peer is set up. Begin with {@link #forNetwork}.
 *
 * @param node what the peer is called, how many tasks it runs at once, and its limits
 * @param host its key, where it listens, and the limits of its connections
 * @param bootstrap peers to connect with, by addresses that end in {@code /p2p/…}; tried again
 *     until they answer
 */
public record PeerOptions(NodeOptions node, HostOptions host, List<Multiaddr> bootstrap) {
  /** Copies the list. */
  public PeerOptions {
    bootstrap = List.copyOf(bootstrap);
    for (Multiaddr address : bootstrap) {
      if (address.peerId().isEmpty()) {
        throw new IllegalArgumentException(
            "%s does not end in /p2p/ and a peer's id, as the address of a peer to connect with must"
                .formatted(address));
      }
    }
  }

  /**
   * A peer of {@code network} with a fresh key and a slot for each core, which listens on any free
   * port of all IPv4 addresses.
   */
  public static PeerOptions forNetwork(String network) {
    return new PeerOptions(
        NodeOptions.of(network, Runtime.getRuntime().availableProcessors()),
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"))),
        List.of());
  }

  /** These options, listening on these addresses, or on none. */
  public PeerOptions listeningOn(String... addresses) {
    List<Multiaddr> parsed = Arrays.stream(addresses).map(Multiaddr::parse).toList();
    return withHost(host.withListen(parsed));
  }

  /** These options, connecting with these peers. */
  public PeerOptions bootstrappedBy(List<Multiaddr> peers) {
    return new PeerOptions(node, host, peers);
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

  /** These options with others of the node. */
  public PeerOptions withNode(NodeOptions node) {
    return new PeerOptions(node, host, bootstrap);
  }

  /** These options with others of the host. */
  public PeerOptions withHost(HostOptions host) {
    return new PeerOptions(node, host, bootstrap);
  }
}
