package io.minga.libp2p.netty;

import io.minga.libp2p.Connection;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.ProtocolHandler;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.limits.Refusal;
import io.minga.libp2p.limits.StreamLease;
import io.minga.libp2p.multistream.Negotiation;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream: what it still has to send, what its handler has not read yet, and the negotiation of
 * its protocol before either. Owned by its connection's event loop; the calls of {@link Stream} hop
 * there.
 */
final class NettyStream implements Stream {
  private static final Logger LOG = LoggerFactory.getLogger(NettyStream.class);

  /** What one stream may have unsent before writes are refused. */
  private static final int SEND_BYTES_MAX = 4 << 20;

  /** Chunks that wait to be read are gathered to such a size. */
  private static final int KEPT_CHUNK_BYTES = 16 << 10;

  private static final int WRITE_HIGH_MARK_BYTES = 256 << 10;
  private static final int WRITE_LOW_MARK_BYTES = 64 << 10;

  private final NettyConnection connection;
  private final MuxHandler mux;
  private final boolean initiator;
  private final StreamLease lease;
  private final int id;

  /** Bytes written by anyone and not yet gone to the socket; the only state that others touch. */
  private final AtomicLong pendingBytes = new AtomicLong();

  private final SendQueue queue = new SendQueue();
  private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(0);

  private @Nullable Negotiation negotiation;
  private @Nullable CompletableFuture<Stream> opened;
  private final List<String> proposed;
  private final ProtocolHandler protocolHandler;
  private @Nullable StreamHandler handler;
  private volatile String protocol = "";
  private boolean crowded;

  /** Whether a writer was told to wait; set by any thread. */
  private volatile boolean awaitsRoom;

  private boolean tellWritable;
  private boolean paused;
  private boolean remoteClosed;
  private boolean writeClosed;
  private boolean ended;

  /**
   * @param proposed the protocols that we ask for; none for an inbound stream
   * @param protocolHandler who answers; for an inbound stream it is looked up once the protocol is
   *     known
   * @param opened completed once the protocol is agreed; null for an inbound stream
   */
  NettyStream(
      NettyConnection connection,
      int id,
      StreamLease lease,
      Negotiation negotiation,
      List<String> proposed,
      ProtocolHandler protocolHandler,
      @Nullable CompletableFuture<Stream> opened) {
    this.connection = connection;
    this.mux = connection.mux();
    this.id = id;
    this.lease = lease;
    this.negotiation = negotiation;
    this.proposed = proposed;
    this.protocolHandler = protocolHandler;
    this.opened = opened;
    this.initiator = opened != null;
  }

  int id() {
    return id;
  }

  // What the application calls.

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public boolean isInitiator() {
    return initiator;
  }

  @Override
  public ByteBufAllocator allocator() {
    return mux.allocator();
  }

  @Override
  public CompletableFuture<Void> write(ByteBuf bytes) {
    int length = bytes.readableBytes();
    long before = pendingBytes.getAndAdd(length);
    if (before > 0 && before + length > SEND_BYTES_MAX) {
      pendingBytes.addAndGet(-length);
      bytes.release();
      return CompletableFuture.failedFuture(
          new HostException(
              Kind.REFUSED,
              "the stream's buffer holds %d bytes and has no room for %d more; wait for writable"
                  .formatted(before, length)));
    }
    CompletableFuture<Void> sent = new CompletableFuture<>();
    if (!run(() -> send(bytes, length, sent))) {
      bytes.release();
      sent.completeExceptionally(ConnectionFailures.closed());
    }
    return sent;
  }

  @Override
  public boolean isWritable() {
    if (pendingBytes.get() < WRITE_HIGH_MARK_BYTES) {
      return true;
    }
    // Another thread may ask while the event loop makes room: it is told, or sees the room itself.
    awaitsRoom = true;
    return pendingBytes.get() <= WRITE_LOW_MARK_BYTES;
  }

  @Override
  public void pauseReading() {
    run(() -> paused = true);
  }

  @Override
  public void resumeReading() {
    run(
        () -> {
          paused = false;
          readOn();
        });
  }

  @Override
  public void closeWrite() {
    run(
        () -> {
          if (!writeClosed && !ended) {
            writeClosed = true;
            mux.closeWrite(this);
          }
        });
  }

  @Override
  public void reset() {
    run(
        () -> {
          if (!ended) {
            mux.reset(this);
            end(new HostException(Kind.CLOSED, "the stream was reset by its own side"));
          }
        });
  }

  // What the multiplexer calls, on the event loop.

  /** Starts the negotiation. */
  void start(long nowNanos) {
    negotiate(nowNanos, new Negotiation.Input.Opened());
  }

  /** When the negotiation must be over, or {@link Long#MAX_VALUE}. */
  long negotiationDeadlineNanos() {
    Negotiation negotiating = negotiation;
    return negotiating == null ? Long.MAX_VALUE : negotiating.nextDeadlineNanos();
  }

  void negotiationTick(long nowNanos) {
    if (negotiation != null) {
      negotiate(nowNanos, new Negotiation.Input.Tick());
    }
  }

  /** Takes over {@code bytes} from the peer. */
  void received(long nowNanos, ByteBuf bytes) {
    if (ended) {
      bytes.release();
      return;
    }
    if (negotiation != null) {
      ByteBuffer input = bytes.nioBuffer();
      int before = input.position();
      negotiate(nowNanos, new Negotiation.Input.Received(input));
      int taken = input.position() - before;
      bytes.skipBytes(taken);
      if (!ended && taken > 0) {
        mux.consumed(this, taken);
      }
    }
    if (ended || !bytes.isReadable()) {
      bytes.release();
    } else if (paused || !unread.isEmpty() || handler == null) {
      keep(bytes);
    } else {
      read(handler, bytes);
    }
  }

  /**
   * Keeps {@code bytes} until they are read, copied to those that wait already. A chunk holds on to
   * the whole buffer that it came in, so a peer that sends byte by byte would otherwise make us
   * hold a hundred times what its window allows.
   */
  private void keep(ByteBuf bytes) {
    int length = bytes.readableBytes();
    ByteBuf last = unread.peekLast();
    if (last == null || last.maxWritableBytes() < length) {
      last = allocator().directBuffer(length, Math.max(length, KEPT_CHUNK_BYTES));
      unread.add(last);
    }
    last.writeBytes(bytes);
    bytes.release();
  }

  void remoteClosed(long nowNanos) {
    remoteClosed = true;
    if (negotiation != null) {
      negotiate(nowNanos, new Negotiation.Input.Closed());
    }
    readOn();
  }

  void remoteReset() {
    end(new HostException(Kind.RESET, "the other side reset the stream"));
  }

  /** Moves the oldest {@code length} bytes to {@code out}, on their way to the socket. */
  void moveTo(ByteBuf out, int length, List<CompletableFuture<Void>> sent) {
    queue.moveTo(out, length, sent);
    long left = pendingBytes.addAndGet(-length);
    if (left <= WRITE_LOW_MARK_BYTES && (crowded || awaitsRoom)) {
      crowded = false;
      awaitsRoom = false;
      tellWritable = true;
    }
  }

  /** Tells the handler of room that {@link #moveTo} made. */
  void writable() {
    StreamHandler writer = handler;
    if (tellWritable && writer != null && !writeClosed && !ended) {
      tellWritable = false;
      call(() -> writer.writable(this));
    }
  }

  /** The stream is gone; {@code cause} is null when both sides closed it. */
  void end(@Nullable HostException cause) {
    if (ended) {
      return;
    }
    ended = true;
    mux.forget(this);
    lease.close();
    negotiation = null;
    for (ByteBuf bytes; (bytes = unread.poll()) != null; ) {
      bytes.release();
    }
    CompletableFuture<Stream> waiting = opened;
    opened = null;
    if (waiting != null || !queue.isEmpty()) {
      // Made only where somebody waits for it: an exception costs more than the stream itself.
      HostException reason = cause != null ? cause : ConnectionFailures.streamClosed();
      queue.fail(reason);
      if (waiting != null) {
        waiting.completeExceptionally(reason);
      }
    }
    StreamHandler reader = handler;
    if (reader != null) {
      try {
        reader.closed(this, cause);
      } catch (RuntimeException e) {
        LOG.warn("handler of {} failed as its stream closed", protocol, e);
      }
    }
  }

  private void send(ByteBuf bytes, int length, CompletableFuture<Void> sent) {
    if (ended || writeClosed) {
      pendingBytes.addAndGet(-length);
      bytes.release();
      sent.completeExceptionally(ConnectionFailures.streamClosed());
    } else if (length == 0) {
      bytes.release();
      sent.complete(null);
    } else {
      queue.add(bytes, sent);
      crowded |= pendingBytes.get() >= WRITE_HIGH_MARK_BYTES;
      mux.send(this, length);
    }
  }

  private void sendOwn(Bytes bytes) {
    pendingBytes.addAndGet(bytes.length());
    send(Buffers.of(bytes), bytes.length(), new CompletableFuture<>());
  }

  private void negotiate(long nowNanos, Negotiation.Input input) {
    Negotiation negotiating = negotiation;
    if (negotiating == null) {
      return;
    }
    try {
      for (Negotiation.Effect effect : negotiating.handle(nowNanos, input)) {
        if (ended) {
          return;
        }
        if (effect instanceof Negotiation.Effect.Write write) {
          sendOwn(write.bytes());
        } else if (effect instanceof Negotiation.Effect.Agreed agreed) {
          agreed(agreed.protocol());
        } else if (effect instanceof Negotiation.Effect.Failed failed) {
          fail(ConnectionFailures.negotiation(failed.failure(), proposed));
        }
      }
    } catch (WireException e) {
      fail(new HostException(Kind.PEER_VIOLATION, e.getMessage(), e));
    }
    if (negotiating.isFinished()) {
      negotiation = null;
      mux.negotiated(this);
    }
  }

  private void agreed(String agreedProtocol) {
    protocol = agreedProtocol;
    Optional<Refusal> refusal = lease.streamProtocol(agreedProtocol);
    if (refusal.isPresent()) {
      fail(new HostException(Kind.REFUSED, refusal.get().sentence()));
      return;
    }
    call(() -> handler = protocolHandler.open(this));
    CompletableFuture<Stream> waiting = opened;
    opened = null;
    if (waiting != null && !ended) {
      waiting.complete(this);
    }
  }

  private void fail(HostException cause) {
    if (!ended) {
      mux.reset(this);
      end(cause);
    }
  }

  private void readOn() {
    StreamHandler reader = handler;
    while (reader != null && !paused && !ended && !unread.isEmpty()) {
      read(reader, unread.remove());
    }
    if (remoteClosed && reader != null && !paused && !ended && unread.isEmpty()) {
      remoteClosed = false;
      call(() -> reader.remoteClosed(this));
    }
  }

  private void read(StreamHandler reader, ByteBuf bytes) {
    int length = bytes.readableBytes();
    call(() -> reader.read(this, bytes));
    if (!ended) {
      mux.consumed(this, length);
    }
  }

  /** Runs {@code task} on the event loop, and says whether that still runs. */
  private boolean run(Runnable task) {
    EventLoop loop = connection.eventLoop();
    if (loop.inEventLoop()) {
      task.run();
      return true;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Runs code of the application; what it throws ends its stream and nothing else. */
  private void call(Runnable applicationCode) {
    try {
      applicationCode.run();
    } catch (RuntimeException e) {
      LOG.warn("handler of {} failed; its stream is reset", protocol, e);
      fail(new HostException(Kind.CLOSED, "the stream's own handler failed: " + e, e));
    }
  }
}
