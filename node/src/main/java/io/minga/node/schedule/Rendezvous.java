package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;

/**
 * Rendezvous hashing: each key ranks the peers in an order of its own, the same wherever it is
 * asked for. (Thaler and Ravishankar, "Using name-based mappings to increase hit rates", 1998.)
 */
public final class Rendezvous {
  private Rendezvous() {}

  /** 64 bits of a peer's id, by FNV-1a. */
  public static long hash(PeerId peer) {
    Bytes bytes = peer.multihash();
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < bytes.length(); i++) {
      hash = (hash ^ bytes.at(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The rank of a peer for a key: the larger comes first. Mixed as in SplitMix64. */
  public static long rank(long key, long peerHash) {
    long z = (key ^ peerHash) + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
