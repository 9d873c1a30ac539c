package io.minga.node;

import io.minga.libp2p.HostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Peers in one process that talk over memory, for tests of programs that use them. Each is
 * connected with all others.
 */
public final class LocalNetwork implements AutoCloseable {
  /** How many peers there may be. */
  public static final int PEERS_MAX = 64;

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final List<Peer> peers;

  private LocalNetwork(List<Peer> peers) {
    this.peers = List.copyOf(peers);
  }

  /** Starts {@code count} peers with one slot each. */
  public static LocalNetwork start(int count) {
    return start(count, 1);
  }

  /** Starts {@code count} peers with so many slots each. */
  public static LocalNetwork start(int count, int slotsEach) {
    if (count < 1 || count > PEERS_MAX) {
      throw new IllegalArgumentException(
          "a local network has 1 to %d peers, not %d".formatted(PEERS_MAX, count));
    }
    List<Peer> peers = new ArrayList<>();
    String name = "local-" + NUMBERS.incrementAndGet();
    try {
      for (int i = 0; i < count; i++) {
        Peer peer =
            Peer.start(
                PeerOptions.forNetwork(name)
                    .withSlots(slotsEach)
                    .listeningOn("/memory/" + (1_000_000 + NUMBERS.incrementAndGet())));
        peers.forEach(other -> peer.connect(other.addresses().get(0)).join());
        peers.add(peer);
      }
      return new LocalNetwork(peers);
    } catch (HostException e) {
      peers.forEach(Peer::close);
      throw new IllegalStateException("a peer could not be started in memory", e);
    }
  }

  /** The peers. */
  public List<Peer> peers() {
    return peers;
  }

  /** One of them, from 0. */
  public Peer peer(int index) {
    return peers.get(index);
  }

  /** Has all peers leave. */
  @Override
  public void close() {
    peers.forEach(Peer::close);
  }
}
