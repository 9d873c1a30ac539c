package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import java.util.LinkedHashSet;

/** A connected peer: what it speaks, wants and has done in this heartbeat. */
final class Peer {
  final PeerId id;
  final Protocol protocol;
  final boolean outbound;
  final Standing standing;
  final PeerQueue queue;
  final DontWants dontWants;

  /** What it has subscribed to. */
  final LinkedHashSet<Topic> topics = new LinkedHashSet<>();

  /** Its sealed peer record, or none. */
  Bytes signedRecord = Bytes.EMPTY;

  /** Since when it is connected. */
  final long connectedNanos;

  boolean direct;

  /** Its messages that await their verdict. */
  int validations;

  /** IHAVE RPCs and ids asked for in this heartbeat. */
  int ihaves;

  int idsAsked;

  /** Messages that it was sent in this heartbeat because it asked. */
  int idsServed;

  Peer(
      PeerId id,
      Protocol protocol,
      boolean outbound,
      Standing standing,
      PeerQueue queue,
      DontWants dontWants,
      long connectedNanos) {
    this.id = id;
    this.protocol = protocol;
    this.outbound = outbound;
    this.standing = standing;
    this.queue = queue;
    this.dontWants = dontWants;
    this.connectedNanos = connectedNanos;
  }

  void heartbeat() {
    ihaves = 0;
    idsAsked = 0;
    idsServed = 0;
    dontWants.heartbeat();
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
