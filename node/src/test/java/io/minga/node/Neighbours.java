package io.minga.node;

import io.minga.libp2p.HostException;
import io.minga.node.core.NodeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Peers for tests, over memory or over TCP on loopback, each connected with all before it. */
final class Neighbours implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Wire wire;
  private final String network = "neighbours-" + NUMBERS.incrementAndGet();
  private final List<Peer> peers = new ArrayList<>();

  /** How they talk. */
  enum Wire {
    MEMORY,
    TCP;

    String address() {
      return this == TCP
          ? "/ip4/127.0.0.1/tcp/0"
          : "/memory/" + (2_000_000 + NUMBERS.incrementAndGet());
    }
  }

  private Neighbours(Wire wire) {
    this.wire = wire;
  }

  static Neighbours start(Wire wire, int count, int slots) throws HostException {
    Neighbours neighbours = new Neighbours(wire);
    for (int i = 0; i < count; i++) {
      neighbours.join(slots);
    }
    return neighbours;
  }

  /** One more, connected with all others. */
  Peer join(int slots) throws HostException {
    Peer peer = Peer.start(patient(network).withSlots(slots).listeningOn(wire.address()));
    peers.forEach(other -> peer.connect(other.addresses().get(0)).join());
    peers.add(peer);
    return peer;
  }

  Peer peer(int index) {
    return peers.get(index);
  }

  List<Peer> peers() {
    return peers;
  }

  String network() {
    return network;
  }

  @Override
  public void close() {
    peers.forEach(Peer::close);
  }

  /**
   * Options of a peer that waits longer than a machine under load needs until peers have heard of
   * each other's functions.
   */
  static PeerOptions patient(String network) {
    PeerOptions options = PeerOptions.forNetwork(network);
    NodeOptions node = options.node();
    NodeOptions.Times times = node.times();
    return options.withNode(
        new NodeOptions(
            node.network(),
            node.slots(),
            node.tags(),
            node.cores(),
            node.memoryMib(),
            node.version(),
            node.tasks(),
            node.schedule(),
            node.claims(),
            node.limits(),
            new NodeOptions.Times(
                times.quiet(),
                Duration.ofSeconds(30),
                times.takeWait(),
                times.reconnect(),
                times.silence(),
                times.orphan(),
                times.report(),
                times.retryFirst(),
                times.retryMost(),
                times.runWork(),
                times.leaveMost(),
                times.lease())));
  }
}
