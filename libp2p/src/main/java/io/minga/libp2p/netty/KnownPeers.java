package io.minga.libp2p.netty;

import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identify.ObservedAddresses;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.AddressSource;
import io.minga.libp2p.peers.PeerStore;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the host remembers: of peers, and of where they saw it. Owned by the host's loop, but for
 * {@link #observedAddresses}.
 */
final class KnownPeers {
  private final PeerStore store;
  private final ObservedAddresses observations;
  private final Deadline deadline;
  private volatile List<Multiaddr> observedAddresses = List.of();

  KnownPeers(HostOptions options, EventLoop loop) {
    this.store = new PeerStore(options.peers());
    this.observations = new ObservedAddresses(options.identify());
    this.deadline = new Deadline(loop, this::sweep);
  }

  /**
   * @param dialled the address at which we found the peer, or null if it found us
   */
  void connected(PeerId peer, @Nullable Multiaddr dialled) {
    store.connected(System.nanoTime(), peer, dialled);
    armDeadline();
  }

  /** The last connection to {@code peer} is gone. */
  void disconnected(PeerId peer) {
    store.disconnected(System.nanoTime(), peer);
    armDeadline();
  }

  void dialFailed(PeerId peer, Multiaddr address) {
    store.dialFailed(peer, address);
  }

  /** Where to dial {@code peer}: at {@code named} first, then at what else is known, best first. */
  List<Multiaddr> dialAddresses(PeerId peer, List<Multiaddr> named) {
    long nowNanos = System.nanoTime();
    store.addAddresses(nowNanos, peer, named, AddressSource.HINT);
    armDeadline();
    List<Multiaddr> addresses = new ArrayList<>(named);
    for (Multiaddr known : store.dialAddresses(nowNanos, peer)) {
      if (!addresses.contains(known)) {
        addresses.add(known);
      }
    }
    return addresses;
  }

  /**
   * Takes what a peer said of itself, and of us.
   *
   * @return whether {@link #observedAddresses} changed
   */
  boolean identified(NettyConnection connection, IdentifiedPeer peer) {
    long nowNanos = System.nanoTime();
    store.identified(
        nowNanos,
        peer.peer(),
        peer.publicKey(),
        peer.protocols(),
        peer.protocolVersion(),
        peer.agentVersion());
    IdentifiedPeer.SignedRecord signed = peer.signedRecord();
    if (signed == null) {
      store.addAddresses(nowNanos, peer.peer(), peer.addresses(), AddressSource.IDENTIFIED);
    } else {
      store.addSignedRecord(
          nowNanos,
          peer.peer(),
          signed.envelope(),
          signed.record().sequence(),
          signed.record().addresses());
    }
    armDeadline();
    return observed(nowNanos, connection, peer);
  }

  /** Where enough peers found us; for any thread. */
  List<Multiaddr> observedAddresses() {
    return observedAddresses;
  }

  void close() {
    deadline.cancel();
  }

  /**
   * Takes note of where a peer that dialled us found us: behind a router that is no address of our
   * own. Where we dialled, it saw a port that nobody can dial.
   */
  private boolean observed(long nowNanos, NettyConnection connection, IdentifiedPeer peer) {
    Multiaddr seen = peer.observedAddress();
    if (seen == null || connection.isInitiator()) {
      return false;
    }
    observations.observe(nowNanos, peer.peer(), connection.remoteAddress(), seen);
    List<Multiaddr> confirmed = observations.confirmed(nowNanos);
    boolean changed = !confirmed.equals(observedAddresses);
    observedAddresses = confirmed;
    return changed;
  }

  private void sweep() {
    store.sweep(System.nanoTime());
    armDeadline();
  }

  private void armDeadline() {
    deadline.arm(store.nextDeadlineNanos());
  }
}
