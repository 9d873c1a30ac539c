package io.minga.gossip.netty;

import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.Connection;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.peers.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peers that are connected, and the streams with those that speak gossip: one to each and one
 * from each, however many connections there are. Owned by the gossip loop.
 *
 * <p>A peer is the router's while there is a stream to it. If it resets that stream, it gets
 * another, at once but seldom, and is told again what we subscribe to; on the router's side nothing
 * has happened but that some of what was sent is lost.
 */
final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  /** How often a stream is opened anew, unless it was open for long. */
  private static final int REOPENS_MAX = 1;

  private static final long LONG_OPEN_NANOS = 60_000_000_000L;
  private static final long TAKING_NANOS = 1_000_000_000L;

  private final RouterLoop loop;
  private final List<String> protocols;
  private final RpcEncoder encoder = new RpcEncoder();
  private final Map<PeerId, GossipPeer> peers = new LinkedHashMap<>();
  private final List<GossipPeer> listed = new ArrayList<>();
  private long streamsReopened;
  private long writtenBytes;

  Peers(RouterLoop loop, List<Protocol> protocols) {
    this.loop = loop;
    this.protocols = protocols.stream().map(Protocol::id).toList();
  }

  Collection<GossipPeer> all() {
    return peers.values();
  }

  /** What was written since the start, RPCs with their lengths. */
  long writtenBytes() {
    return writtenBytes;
  }

  long streamsReopened() {
    return streamsReopened;
  }

  // Connections.

  void connected(Connection connection) {
    if (!connection.isOpen()) {
      return;
    }
    GossipPeer peer = peers.computeIfAbsent(connection.peer(), GossipPeer::new);
    if (!peer.connections.contains(connection)) {
      peer.connections.add(connection);
    }
  }

  /** {@code connection}'s peer said who it is, or (null) failed to. */
  void identified(Connection connection, @Nullable IdentifiedPeer info) {
    GossipPeer peer = peers.get(connection.peer());
    if (peer == null) {
      return;
    }
    if (info != null && info.signedRecord() != null) {
      peer.signedRecord = info.signedRecord().envelope();
      tellRecord(peer);
    }
    if (info == null || info.protocols().stream().anyMatch(protocols::contains)) {
      peer.speaks = true;
      peer.reopens = 0;
      open(peer, info);
    }
  }

  void disconnected(Connection connection) {
    GossipPeer peer = peers.get(connection.peer());
    if (peer == null || !peer.connections.remove(connection)) {
      return;
    }
    if (peer.connections.isEmpty()) {
      leave(peer);
      peers.remove(peer.id);
    } else if (peer.speaks) {
      open(peer, null); // over another one, if its stream was on this
    }
  }

  // The stream to a peer.

  private void open(GossipPeer peer, @Nullable IdentifiedPeer info) {
    Connection connection = peer.connection();
    if (connection == null || peer.outbound != null || peer.isOpening) {
      return;
    }
    peer.isOpening = true;
    List<OutboundStream> opened = new ArrayList<>(1);
    connection
        .newStream(
            spoken(info),
            stream -> {
              OutboundStream outbound =
                  new OutboundStream(stream, it -> loop.submit(() -> closed(peer, it)));
              opened.add(outbound);
              return outbound;
            })
        .whenComplete(
            (stream, failure) ->
                loop.submit(
                    () -> {
                      if (failure == null) {
                        opened(peer, opened.get(0));
                      } else {
                        openFailed(peer, connection, failure);
                      }
                    }));
  }

  /** The best that the peer has said it speaks, which needs no negotiation, or all that we do. */
  private List<String> spoken(@Nullable IdentifiedPeer info) {
    if (info != null) {
      for (String protocol : protocols) {
        if (info.protocols().contains(protocol)) {
          return List.of(protocol);
        }
      }
    }
    return protocols;
  }

  private void opened(GossipPeer peer, OutboundStream outbound) {
    peer.isOpening = false;
    Stream stream = outbound.stream();
    if (!isCurrent(peer) || loop.isStopped()) {
      stream.reset();
      return;
    }
    if (outbound.isEnded()) {
      ended(peer, stream.connection(), outbound.cause());
      return;
    }
    peer.outbound = outbound;
    peer.openedNanos = loop.nowNanos();
    if (peer.protocol == null) {
      join(peer, stream);
    } else {
      greet(peer, stream);
    }
    if (peer.inbound != null) {
      peer.inbound.resumeReading();
    }
  }

  private void join(GossipPeer peer, Stream stream) {
    Protocol protocol = protocol(stream.protocol());
    Connection connection = stream.connection();
    peer.protocol = protocol;
    peer.sentNanos = loop.nowNanos();
    peer.epoch++;
    loop.handle(
        new Input.PeerConnected(
            peer.id,
            protocol,
            connection.isInitiator(),
            IpAddress.of(connection.remoteAddress()).orElse(null)));
    tellRecord(peer);
  }

  private static Protocol protocol(String id) {
    for (Protocol protocol : Protocol.values()) {
      if (protocol.id().equals(id)) {
        return protocol;
      }
    }
    throw new IllegalStateException("asked for gossip, agreed on " + id);
  }

  private void tellRecord(GossipPeer peer) {
    if (peer.protocol != null && !peer.signedRecord.isEmpty()) {
      loop.handle(new Input.PeerIdentified(peer.id, peer.signedRecord));
    }
  }

  /** Says again what we subscribe to: it may have been lost with the stream before. */
  private void greet(GossipPeer peer, Stream stream) {
    List<Subscription> subscriptions = new ArrayList<>();
    for (Topic topic : loop.router().topics()) {
      subscriptions.add(new Subscription(true, topic));
    }
    ByteBuf hello = stream.allocator().buffer();
    encoder.append(new Rpc(subscriptions, List.of(), Rpc.Control.NONE), hello);
    writtenBytes += hello.readableBytes();
    stream.write(hello);
    list(peer);
  }

  private void openFailed(GossipPeer peer, Connection connection, Throwable failure) {
    peer.isOpening = false;
    LOG.debug("no stream to {}: {}", peer.id, failure.getMessage());
    if (isCurrent(peer)) {
      ended(peer, connection, failure);
    }
  }

  private void closed(GossipPeer peer, OutboundStream outbound) {
    if (peer.outbound == outbound) {
      peer.outbound = null;
      ended(peer, outbound.stream().connection(), outbound.cause());
    }
  }

  /** There is no stream to {@code peer} any more: tries again, or gives up. */
  private void ended(GossipPeer peer, Connection connection, @Nullable Throwable cause) {
    if (isOfConnection(cause)) {
      disconnected(connection); // as the host will say in a moment; others may be there
      return;
    }
    if (loop.nowNanos() - peer.openedNanos >= LONG_OPEN_NANOS) {
      peer.reopens = 0;
    }
    if (peer.protocol != null && peer.reopens < REOPENS_MAX) {
      peer.reopens++;
      streamsReopened++;
      open(peer, null);
    } else {
      leave(peer);
    }
  }

  /** Whether a stream ended, or was not opened, because its whole connection ended. */
  private static boolean isOfConnection(@Nullable Throwable cause) {
    return cause instanceof HostException e
        && switch (e.kind()) {
          case RESET, PROTOCOL_UNSUPPORTED, REFUSED, TIMED_OUT -> false;
          case CLOSED, PEER_VIOLATION, UNREACHABLE, LISTEN_FAILED -> true;
        };
  }

  /** The router need not care for {@code peer} from now on. */
  private void leave(GossipPeer peer) {
    peer.clearOutbox();
    if (peer.inbound != null) {
      peer.inbound.reset();
      peer.inbound = null;
    }
    if (peer.protocol != null) {
      peer.protocol = null;
      loop.handle(new Input.PeerDisconnected(peer.id));
      peer.clearOutbox();
    }
  }

  private boolean isCurrent(GossipPeer peer) {
    return peers.get(peer.id) == peer;
  }

  // The stream from a peer.

  /** A peer opened {@code inbound}, which takes the place of one before. */
  void accepted(InboundStream inbound) {
    GossipPeer peer = peers.get(inbound.peer());
    if (peer == null) {
      inbound.reset();
      return;
    }
    if (peer.inbound != null) {
      peer.inbound.reset();
    }
    peer.inbound = inbound;
    if (peer.protocol != null) {
      inbound.resumeReading();
    } else {
      open(peer, null); // whoever speaks gossip also hears it
    }
  }

  void closed(InboundStream inbound) {
    GossipPeer peer = peers.get(inbound.peer());
    if (peer != null && peer.inbound == inbound) {
      peer.inbound = null;
    }
  }

  // Sending.

  /** Has {@code rpc}, of {@code bytes} bytes, leave for {@code id} at the end of the cycle. */
  void send(PeerId id, Rpc rpc, int bytes) {
    GossipPeer peer = peers.get(id);
    if (peer == null || peer.protocol == null) {
      return;
    }
    ByteBuf outbox = peer.outbox;
    if (outbox == null) {
      outbox = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(512, bytes + 8));
      peer.outbox = outbox;
    }
    encoder.append(rpc, outbox);
    peer.outboxBytes += bytes;
    list(peer);
  }

  private void list(GossipPeer peer) {
    if (!peer.isListed) {
      peer.isListed = true;
      listed.add(peer);
    }
  }

  /** Writes what has gathered for each peer, as one. */
  void flush() {
    for (GossipPeer peer : listed) {
      peer.isListed = false;
      OutboundStream outbound = peer.outbound;
      ByteBuf outbox = peer.outbox;
      if (outbound == null || outbox == null) {
        continue; // waits for a stream; the router sends no more than it may have in flight
      }
      int bytes = peer.outboxBytes;
      int epoch = peer.epoch;
      peer.outbox = null;
      peer.outboxBytes = 0;
      writtenBytes += outbox.readableBytes();
      outbound.stream()
          .write(outbox)
          .whenComplete((sent, failure) -> loop.submit(() -> sent(peer, epoch, bytes)));
    }
    listed.clear();
    encoder.clear();
  }

  /** Whether {@code id} has taken something lately. */
  boolean isTaking(PeerId id) {
    GossipPeer peer = peers.get(id);
    return peer != null && loop.nowNanos() - peer.sentNanos < TAKING_NANOS;
  }

  /** What was written has left, or is lost with its stream; either makes room for more. */
  private void sent(GossipPeer peer, int epoch, int bytes) {
    if (peer.protocol != null && peer.epoch == epoch) {
      peer.sentNanos = loop.nowNanos();
      loop.handle(new Input.Sent(peer.id, bytes));
    }
  }

  /** Says goodbye to all, after what was said before. */
  void close() {
    flush();
    for (GossipPeer peer : peers.values()) {
      peer.protocol = null;
      peer.clearOutbox();
      if (peer.outbound != null) {
        peer.outbound.stream().closeWrite();
      }
      if (peer.inbound != null) {
        peer.inbound.reset();
      }
    }
    peers.clear();
  }
}
