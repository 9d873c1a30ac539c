package io.minga.libp2p.netty;

import io.minga.libp2p.Connection;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.ProtocolHandler;
import io.minga.libp2p.Stream;
import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identify.IdentifyMessage;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.limits.ConnectionLease;
import io.minga.libp2p.limits.Refusal;
import io.minga.libp2p.limits.StreamAdmission;
import io.minga.libp2p.limits.StreamLease;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multistream.Candidates;
import io.minga.libp2p.multistream.MultistreamOptions;
import io.minga.libp2p.multistream.Negotiation;
import io.minga.libp2p.ping.PingOptions;
import io.minga.libp2p.yamux.Yamux;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One connection over a channel, owned by the channel's event loop: who is at the other end, and
 * the streams that it carries.
 */
final class NettyConnection implements Connection, MuxHandler.Owner {
  /** What a host wants to know of its connections. */
  interface Listener {
    /** The connection carries streams from now on. */
    void ready(NettyConnection connection);

    /** The peer told who it is, for the first time or anew. */
    void identified(NettyConnection connection, IdentifiedPeer peer);

    /** The connection is gone. */
    void over(NettyConnection connection, HostException reason);
  }

  /** What the handshakes found out about a connection. */
  record Facts(
      long id,
      PeerId peer,
      PublicKey peerKey,
      boolean initiator,
      Multiaddr localAddress,
      Multiaddr remoteAddress,
      String security) {}

  /** How many callers may wait for room for a stream. */
  private static final int WAITING_OPENS_MAX = 1024;

  private record WaitingOpen(
      Candidates candidates,
      boolean lazy,
      ProtocolHandler handler,
      CompletableFuture<Stream> result) {}

  private final Facts facts;
  private final Channel channel;
  private final ConnectionLease lease;
  private final Protocols protocols;
  private final MultistreamOptions multistream;
  private final Listener listener;
  private final MuxHandler mux;
  private final ArrayDeque<WaitingOpen> waitingOpens = new ArrayDeque<>(0);
  private final CompletableFuture<IdentifiedPeer> identified = new CompletableFuture<>();
  private IdentifyMessage said = IdentifyMessage.EMPTY;
  private volatile @Nullable IdentifiedPeer peerInfo;
  private volatile boolean open = true;
  private PingService.@Nullable Initiator ping;
  private final AtomicInteger pingStreams = new AtomicInteger();

  NettyConnection(
      Facts facts,
      Channel channel,
      ConnectionLease lease,
      Protocols protocols,
      MultistreamOptions multistream,
      MuxHandler.Factory muxFactory,
      Listener listener) {
    this.facts = facts;
    this.channel = channel;
    this.lease = lease;
    this.protocols = protocols;
    this.multistream = multistream;
    this.listener = listener;
    this.mux = muxFactory.create(this);
  }

  long id() {
    return facts.id();
  }

  MuxHandler mux() {
    return mux;
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  // What the application calls.

  @Override
  public PeerId peer() {
    return facts.peer();
  }

  @Override
  public PublicKey peerKey() {
    return facts.peerKey();
  }

  @Override
  public boolean isInitiator() {
    return facts.initiator();
  }

  @Override
  public Multiaddr localAddress() {
    return facts.localAddress();
  }

  @Override
  public Multiaddr remoteAddress() {
    return facts.remoteAddress();
  }

  @Override
  public String security() {
    return facts.security();
  }

  @Override
  public CompletableFuture<Stream> newStream(List<String> protocolNames, ProtocolHandler handler) {
    CompletableFuture<Stream> result = new CompletableFuture<>();
    Candidates candidates = Candidates.of(protocolNames);
    run(() -> open(new WaitingOpen(candidates, false, handler, result)), result);
    return result;
  }

  /**
   * Opens a stream for {@code protocol}, which every libp2p peer speaks, without waiting for it.
   */
  CompletableFuture<Stream> newStreamLazily(String protocol, ProtocolHandler handler) {
    CompletableFuture<Stream> result = new CompletableFuture<>();
    Candidates candidates = Candidates.of(protocol);
    run(() -> open(new WaitingOpen(candidates, true, handler, result)), result);
    return result;
  }

  @Override
  public CompletableFuture<IdentifiedPeer> identified() {
    return identified.copy();
  }

  @Override
  public int openStreams() {
    return mux.streamCount();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    channel.closeFuture().addListener(done -> closed.complete(null));
    run(mux::close, new CompletableFuture<>());
    return closed;
  }

  // What identify tells, on the event loop.

  /** All that the peer has said of itself so far. */
  IdentifyMessage said() {
    return said;
  }

  /** The peer said something of itself, for the first time or anew, and {@code info} is true. */
  void identified(IdentifyMessage all, IdentifiedPeer info) {
    said = all;
    peerInfo = info;
    listener.identified(this, info);
    identified.complete(info);
  }

  void identifyFailed(HostException reason) {
    identified.completeExceptionally(reason);
  }

  @Nullable IdentifiedPeer peerInfo() {
    return peerInfo;
  }

  // What the multiplexer calls, on the event loop.

  @Override
  public void ready() {
    listener.ready(this);
  }

  @Override
  public @Nullable NettyStream accept(int streamId) {
    StreamAdmission admission = lease.tryOpenStream(Direction.INBOUND);
    if (!(admission instanceof StreamLease granted)) {
      return null;
    }
    Negotiation negotiation = Negotiation.responder(protocols::contains, multistream);
    return new NettyStream(this, streamId, granted, negotiation, List.of(), protocols::open, null);
  }

  @Override
  public void openable() {
    for (int i = waitingOpens.size(); i > 0; i--) {
      open(waitingOpens.remove());
    }
  }

  @Override
  public void over(HostException reason) {
    open = false;
    for (WaitingOpen waiting; (waiting = waitingOpens.poll()) != null; ) {
      waiting.result.completeExceptionally(reason);
    }
    identified.completeExceptionally(reason);
    // It counts as long as its socket is there, which may wait for a peer that doesn't read.
    channel.closeFuture().addListener(closed -> lease.close());
    listener.over(this, reason);
  }

  /** How many ping streams the peer has open on this connection; for any thread to read. */
  AtomicInteger pingStreams() {
    return pingStreams;
  }

  /** Pings the peer once over the connection's ping stream. */
  CompletableFuture<Duration> ping(PingOptions options, Entropy entropy) {
    CompletableFuture<Duration> result = new CompletableFuture<>();
    run(
        () -> {
          PingService.Initiator pinger = ping;
          if (pinger == null) {
            pinger = new PingService.Initiator(options, entropy, this);
            ping = pinger;
          }
          pinger.ping(result);
        },
        result);
    return result;
  }

  /** Ends the connection for something that its channel or its peer did. */
  void fail(HostException reason) {
    mux.over(reason);
  }

  private void open(WaitingOpen wanted) {
    if (!open) {
      wanted.result.completeExceptionally(ConnectionFailures.closed());
      return;
    }
    StreamAdmission admission = lease.tryOpenStream(Direction.OUTBOUND);
    if (admission instanceof StreamLease granted) {
      mux.open(new Opening(wanted, granted));
    } else if (admission instanceof Refusal refusal) {
      wanted.result.completeExceptionally(new HostException(Kind.REFUSED, refusal.sentence()));
    }
  }

  private final class Opening implements MuxHandler.Opening {
    private final WaitingOpen wanted;
    private final StreamLease granted;

    Opening(WaitingOpen wanted, StreamLease granted) {
      this.wanted = wanted;
      this.granted = granted;
    }

    @Override
    public void opened(int streamId) {
      Negotiation negotiation = negotiation(wanted);
      mux.add(
          new NettyStream(
              NettyConnection.this,
              streamId,
              granted,
              negotiation,
              wanted.candidates.protocols(),
              wanted.handler,
              wanted.result));
    }

    @Override
    public void refused(Yamux.Refusal refusal) {
      granted.close();
      boolean later =
          refusal == Yamux.Refusal.UNACKNOWLEDGED_MAX || refusal == Yamux.Refusal.STREAMS_MAX;
      if (later && waitingOpens.size() < WAITING_OPENS_MAX) {
        waitingOpens.add(wanted);
      } else {
        wanted.result.completeExceptionally(ConnectionFailures.opening(refusal));
      }
    }
  }

  private Negotiation negotiation(WaitingOpen wanted) {
    List<String> names = wanted.candidates.protocols();
    IdentifiedPeer info = peerInfo;
    boolean spoken = wanted.lazy || (info != null && info.protocols().contains(names.get(0)));
    return spoken && names.size() == 1
        ? Negotiation.lazyInitiator(wanted.candidates, multistream)
        : Negotiation.initiator(wanted.candidates, multistream);
  }

  /** Runs {@code task} on the event loop, or fails {@code result} if that has stopped. */
  private void run(Runnable task, CompletableFuture<?> result) {
    EventLoop loop = channel.eventLoop();
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(ConnectionFailures.closed());
    }
  }

  @Override
  public String toString() {
    return "connection %d with %s at %s".formatted(id(), peer(), remoteAddress());
  }
}
