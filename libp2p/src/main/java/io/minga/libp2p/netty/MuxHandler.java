package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.FrameHeader;
import io.minga.libp2p.yamux.Yamux;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import io.minga.libp2p.yamux.YamuxSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The multiplexer of one connection in its pipeline: runs a {@link YamuxSession} between the
 * decrypted bytes of the channel and the connection's streams.
 *
 * <p>Writes are gathered: whatever streams have to say until the end of a read, or of a task,
 * leaves as few frames in few buffers, and only while the channel is writable.
 */
final class MuxHandler extends ChannelInboundHandlerAdapter {
  /** The connection that a multiplexer serves. */
  interface Owner {
    /** The multiplexer is in its pipeline: streams may be opened from now on. */
    void ready();

    /** The peer opened a stream; null resets it. */
    @Nullable NettyStream accept(int streamId);

    /** There is room for a stream again after a refusal. */
    void openable();

    /** The session is over for this reason; the channel is closing. */
    void over(HostException reason);
  }

  /** Makes the multiplexer of a connection. */
  @FunctionalInterface
  interface Factory {
    MuxHandler create(Owner owner);
  }

  /** Who asked for a stream, and gets it or the refusal. */
  interface Opening {
    void opened(int streamId);

    void refused(Yamux.Refusal refusal);
  }

  private static final int NO_ERROR_CODE = 0;
  private static final int LINGER_MILLIS = 1_000;

  private final YamuxSession session;
  private final int chunkBytesMax;
  private final Owner owner;
  private final IntObjectHashMap<NettyStream> streams = new IntObjectHashMap<>(4);

  /** Inputs that came up while another one was handled, in order. */
  private final ArrayDeque<Input> inputs = new ArrayDeque<>(4);

  /** Who waits for the answer to an Open, in order. */
  private final ArrayDeque<Opening> openings = new ArrayDeque<>(2);

  /** Streams whose protocol is not agreed, oldest first; all have the same time for it. */
  private final LinkedHashSet<NettyStream> negotiating = new LinkedHashSet<>(4);

  private @Nullable Deadline deadline;
  private @Nullable ChannelHandlerContext context;
  private boolean handling;
  private boolean reading;
  private boolean transmitScheduled;
  private boolean over;
  private @Nullable HostException violation;

  /**
   * @param chunkBytesMax the most plaintext that the channel below takes well in one buffer
   */
  MuxHandler(YamuxSession session, int chunkBytesMax, Owner owner) {
    this.session = session;
    this.chunkBytesMax = chunkBytesMax;
    this.owner = owner;
  }

  // The channel's side.

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    deadline = new Deadline(ctx.channel().eventLoop(), this::tick);
    owner.ready();
    armDeadline();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    reading = true;
    try {
      if (!over) {
        handle(new Input.Received(in.nioBuffer()), in);
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    transmit();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      transmit();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!over) {
      handle(new Input.Disconnected(), null);
    }
    ctx.fireChannelInactive();
  }

  // The streams' side, on the event loop.

  EventLoop eventLoop() {
    return context().channel().eventLoop();
  }

  ByteBufAllocator allocator() {
    return context().alloc();
  }

  int streamCount() {
    return streams.size();
  }

  /** Asks for a stream. */
  void open(Opening opening) {
    openings.add(opening);
    handle(new Input.Open(), null);
    scheduleTransmit();
  }

  /** Begins the negotiation of {@code stream}, which the peer or we opened. */
  void add(NettyStream stream) {
    streams.put(stream.id(), stream);
    negotiating.add(stream);
    stream.start(System.nanoTime());
    armDeadline();
  }

  /** The protocol of {@code stream} is agreed, or never will be. */
  void negotiated(NettyStream stream) {
    negotiating.remove(stream);
  }

  void send(NettyStream stream, int length) {
    handle(new Input.Send(stream.id(), length), null);
    scheduleTransmit();
  }

  void consumed(NettyStream stream, int length) {
    handle(new Input.Consumed(stream.id(), length), null);
    scheduleTransmit();
  }

  void closeWrite(NettyStream stream) {
    handle(new Input.CloseWrite(stream.id()), null);
    scheduleTransmit();
  }

  void reset(NettyStream stream) {
    handle(new Input.Reset(stream.id(), NO_ERROR_CODE), null);
    scheduleTransmit();
  }

  void forget(NettyStream stream) {
    streams.remove(stream.id());
    negotiating.remove(stream);
  }

  /** Resets all streams and says GOAWAY; the channel closes when that is written. */
  void close() {
    if (handling) {
      // From a callback: what is under way comes first.
      eventLoop().execute(this::close);
      return;
    }
    if (over) {
      return;
    }
    for (NettyStream stream : List.copyOf(streams.values())) {
      stream.reset();
    }
    handle(new Input.GoAway(Yamux.GoAwayCode.NORMAL), null);
    transmit();
    if (!over) {
      // The peer does not read: its buffers are full, and so is our patience.
      over(ConnectionFailures.closed());
    }
  }

  // The session.

  /**
   * Takes one input, performs what it leads to, then takes those that came up meanwhile: the
   * effects that a session returns are valid only until its next input.
   */
  private void handle(Input input, @Nullable ByteBuf received) {
    if (over) {
      return;
    }
    if (handling) {
      inputs.add(input);
      return;
    }
    handling = true;
    try {
      long nowNanos = System.nanoTime();
      perform(nowNanos, session.handle(nowNanos, input), received);
      handleInputs(nowNanos);
    } catch (WireException e) {
      violated(e);
    } finally {
      handling = false;
    }
  }

  private void handleInputs(long nowNanos) throws WireException {
    for (Input next; (next = inputs.poll()) != null; ) {
      perform(nowNanos, session.handle(nowNanos, next), null);
    }
  }

  private void perform(long nowNanos, List<Effect> effects, @Nullable ByteBuf received) {
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.Data data) {
        deliver(nowNanos, data, received);
      } else {
        perform(nowNanos, effects.get(i));
      }
    }
  }

  private void deliver(long nowNanos, Effect.Data data, @Nullable ByteBuf received) {
    NettyStream stream = streams.get(data.streamId());
    if (stream != null && received != null) {
      int start = received.readerIndex() + data.offset();
      stream.received(nowNanos, received.retainedSlice(start, data.length()));
    }
  }

  private void perform(long nowNanos, Effect effect) {
    if (effect instanceof Effect.StreamOpened opened) {
      accept(opened.streamId());
    } else if (effect instanceof Effect.Opened opened) {
      openings.remove().opened(opened.streamId());
    } else if (effect instanceof Effect.OpenRefused refused) {
      openings.remove().refused(refused.reason());
    } else if (effect instanceof Effect.Openable) {
      owner.openable();
    } else if (effect instanceof Effect.RemoteClosed closed) {
      withStream(closed.streamId(), stream -> stream.remoteClosed(nowNanos));
    } else if (effect instanceof Effect.RemoteReset reset) {
      withStream(reset.streamId(), NettyStream::remoteReset);
    } else if (effect instanceof Effect.StreamClosed closed) {
      withStream(closed.streamId(), stream -> stream.end(null));
    } else if (effect instanceof Effect.Closed closed) {
      HostException violation = this.violation;
      over(violation != null ? violation : ConnectionFailures.session(closed));
    }
  }

  private void withStream(int streamId, Consumer<NettyStream> action) {
    NettyStream stream = streams.get(streamId);
    if (stream != null) {
      action.accept(stream);
    }
  }

  private void accept(int streamId) {
    NettyStream stream = owner.accept(streamId);
    if (stream == null) {
      inputs.add(new Input.Reset(streamId, NO_ERROR_CODE));
    } else {
      inputs.add(new Input.Accept(streamId));
      add(stream);
    }
  }

  private void violated(WireException e) {
    inputs.clear();
    HostException reason = new HostException(Kind.PEER_VIOLATION, e.getMessage(), e);
    violation = reason;
    handling = false;
    transmit();
    over(reason);
  }

  /** Ends all streams, and the channel once what is queued for it has left. */
  void over(HostException reason) {
    if (over) {
      return;
    }
    over = true;
    inputs.clear(); // the owner gives back what the streams hold
    if (deadline != null) {
      deadline.cancel();
    }
    for (NettyStream stream : List.copyOf(streams.values())) {
      stream.end(reason);
    }
    for (Opening opening; (opening = openings.poll()) != null; ) {
      opening.refused(Yamux.Refusal.CLOSED);
    }
    owner.over(reason);
    Channel channel = context().channel();
    context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    // A peer that doesn't read keeps the last bytes from leaving.
    eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context, "the multiplexer is not in a pipeline yet");
  }

  // Sending.

  private void scheduleTransmit() {
    if (!reading && !transmitScheduled && !over && session.wantsTransmit()) {
      transmitScheduled = true;
      eventLoop().execute(this::transmitNow);
    }
  }

  private void transmitNow() {
    transmitScheduled = false;
    transmit();
  }

  private void transmit() {
    if (handling) {
      return; // this same loop is running further up the stack
    }
    handling = true;
    boolean wrote = false;
    try {
      while (!over && context().channel().isWritable() && session.wantsTransmit()) {
        long nowNanos = System.nanoTime();
        List<Effect> effects = session.handle(nowNanos, new Input.Transmit(chunkBytesMax));
        if (effects.isEmpty()) {
          break;
        }
        write(effects);
        wrote = true;
        perform(nowNanos, effects, null);
        tellWritable(effects);
        handleInputs(nowNanos);
      }
    } catch (WireException e) {
      throw new IllegalStateException("what we transmit can't violate a protocol", e);
    } finally {
      handling = false;
    }
    if (wrote) {
      context().flush();
    }
    armDeadline();
  }

  /** Writes the frames among {@code effects} as one buffer. */
  private void write(List<Effect> effects) {
    int length = 0;
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.Frame frame) {
        length += FrameHeader.BYTES + frame.payloadBytes();
      }
    }
    if (length == 0) {
      return;
    }
    ByteBuf out = Buffers.forSealing(allocator(), length);
    List<CompletableFuture<Void>> sent = new ArrayList<>(4);
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.Frame frame) {
        encode(frame, out, sent);
      }
    }
    if (sent.isEmpty()) {
      context().write(out, context().voidPromise());
    } else {
      context().write(out).addListener(done -> complete(sent, done.isSuccess()));
    }
  }

  private void encode(Effect.Frame frame, ByteBuf out, List<CompletableFuture<Void>> sent) {
    out.writeLong(frame.head()).writeInt(frame.length());
    int payloadBytes = frame.payloadBytes();
    if (payloadBytes > 0) {
      NettyStream stream = streams.get(frame.streamId());
      if (stream == null) {
        throw new IllegalStateException("the session sends for a stream that is gone");
      }
      stream.moveTo(out, payloadBytes, sent);
    }
  }

  private void tellWritable(List<Effect> effects) {
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.Frame frame && frame.payloadBytes() > 0) {
        withStream(frame.streamId(), NettyStream::writable);
      }
    }
  }

  private static void complete(List<CompletableFuture<Void>> sent, boolean success) {
    for (CompletableFuture<Void> write : sent) {
      if (success) {
        write.complete(null);
      } else {
        write.completeExceptionally(ConnectionFailures.closed());
      }
    }
  }

  // Time.

  private void armDeadline() {
    Deadline armed = deadline;
    if (over || armed == null) {
      return;
    }
    armed.arm(session.nextDeadlineNanos());
    if (!negotiating.isEmpty()) {
      armed.arm(negotiating.iterator().next().negotiationDeadlineNanos());
    }
  }

  private void tick() {
    if (over) {
      return;
    }
    long nowNanos = System.nanoTime();
    handle(new Input.Tick(), null);
    while (!over && !negotiating.isEmpty()) {
      NettyStream oldest = negotiating.iterator().next();
      if (oldest.negotiationDeadlineNanos() - nowNanos > 0) {
        break;
      }
      oldest.negotiationTick(nowNanos);
      negotiating.remove(oldest);
    }
    transmit();
  }
}
