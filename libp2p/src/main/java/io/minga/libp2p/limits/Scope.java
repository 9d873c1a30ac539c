package io.minga.libp2p.limits;

import io.minga.libp2p.identity.PeerId;

/** Whose use of resources is counted together. */
public sealed interface Scope {
  /** The whole host. */
  record Host() implements Scope {
    @Override
    public String toString() {
      return "of this host";
    }
  }

  /**
   * Connections that are not authenticated yet and streams that have no protocol yet, of all peers
   * together (go-libp2p's transient scope).
   */
  record Pending() implements Scope {
    @Override
    public String toString() {
      return "still in their handshake";
    }
  }

  /** One peer. */
  record Peer(PeerId peer) implements Scope {
    @Override
    public String toString() {
      return "of peer " + peer;
    }
  }

  /** The streams of one peer that have no protocol yet, a part of the pending ones. */
  record PeerPending(PeerId peer) implements Scope {
    @Override
    public String toString() {
      return "of peer " + peer + " without a protocol yet";
    }
  }

  /** One peer for one protocol. */
  record PeerProtocol(PeerId peer, String protocol) implements Scope {
    @Override
    public String toString() {
      return "of peer " + peer + " for " + protocol;
    }
  }
}
