package io.minga.node.runtime;

import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Input;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.TaskLimits;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of a protocol over which each peer says what it has to say: one that we open when
 * there is something, and one that the peer opened. What can't be sent is dropped.
 *
 * <p>Belongs to the loop, but for what comes from the host.
 *
 * @param <F> its frames
 */
final class OneWayLinks<F> {
  private static final Logger LOG = LoggerFactory.getLogger(OneWayLinks.class);

  /** Frames to one peer that wait for its stream. */
  private static final int WAITING_MAX = 4096;

  /** Frames of one peer that wait for the loop before its stream is read on. */
  private static final int UNHANDLED_MAX = 16;

  private static final int MOVES_WAITING = 64;
  private static final long COPIES_WAITING_BYTES = 32 << 20;

  private final Host host;
  private final Protocol<F> protocol;
  private final NodeLoop loop;

  /** As many as there are peers that are told something, which are connected. */
  private final Map<PeerId, Writer> writers = new LinkedHashMap<>();

  private final Map<PeerId, Reader> readers = new LinkedHashMap<>();

  /**
   * What is spoken.
   *
   * @param name the protocol's
   * @param frameBytesMax the longest frame
   * @param waitingBytesMax how much may wait for one peer's stream
   * @param decoder makes frames of bytes
   * @param input what the core is told of a frame
   * @param lost what the core is told when frames to a peer were dropped, if anything
   */
  record Protocol<F>(
      String name,
      int frameBytesMax,
      long waitingBytesMax,
      Decoder<F> decoder,
      BiFunction<PeerId, F, Input> input,
      Function<PeerId, @Nullable Input> lost) {}

  /** Makes frames of bytes. */
  @FunctionalInterface
  interface Decoder<F> {
    F decode(Bytes encoded) throws WireException;
  }

  OneWayLinks(Host host, Protocol<F> protocol, NodeLoop loop) {
    this.host = host;
    this.protocol = protocol;
    this.loop = loop;
  }

  /** Streams on which tasks change hands: whoever offers waits for no answer for ever. */
  static OneWayLinks<MoveFrame> moves(Host host, TaskLimits limits, NodeLoop loop) {
    int max = limits.moveFrameBytesMax();
    return new OneWayLinks<>(
        host,
        new Protocol<>(
            MoveFrame.PROTOCOL,
            max,
            MOVES_WAITING * (long) max,
            encoded -> MoveFrame.decode(limits, encoded),
            Input.MoveReceived::new,
            peer -> null),
        loop);
  }

  /** Streams about durable batches that several peers keep. */
  static OneWayLinks<CopyFrame> copies(Host host, TaskLimits limits, NodeLoop loop) {
    return new OneWayLinks<>(
        host,
        new Protocol<>(
            CopyFrame.PROTOCOL,
            limits.copyFrameBytesMax(),
            COPIES_WAITING_BYTES,
            encoded -> CopyFrame.decode(limits, encoded),
            Input.CopyReceived::new,
            Input.CopiesLost::new),
        loop);
  }

  /** Begins to answer peers. */
  void start() {
    host.handle(
        protocol.name,
        stream -> {
          Reader reader = new Reader(stream);
          loop.submit(now -> accepted(reader));
          return Frames.reading(protocol.frameBytesMax, reader);
        });
  }

  /** Sends a frame, or drops it if it can't be sent. */
  void send(PeerId to, Bytes frame) {
    writers.computeIfAbsent(to, Writer::new).send(frame);
  }

  private void accepted(Reader reader) {
    Reader before = readers.put(reader.peer(), reader);
    if (before != null) {
      before.stream.reset(); // a peer has one stream for what it says
    }
  }

  /** The stream that we open to a peer, over which it hears our frames and says nothing. */
  private final class Writer implements StreamHandler {
    private final PeerId peer;
    private final Deque<Bytes> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private @Nullable Stream stream;

    Writer(PeerId peer) {
      this.peer = peer;
      host.newStream(peer, List.of(protocol.name), opened -> this)
          .whenComplete(
              (opened, failure) ->
                  loop.submit(
                      now -> {
                        if (failure != null) {
                          LOG.debug("no {} to {}: {}", protocol.name, peer, failure.toString());
                          over();
                        } else {
                          opened(opened);
                        }
                      }));
    }

    private void opened(Stream opened) {
      if (writers.get(peer) != this) {
        opened.reset();
        return;
      }
      stream = opened;
      flush();
    }

    private void send(Bytes frame) {
      waiting.add(frame);
      waitingBytes += frame.length();
      flush();
      if (waitingBytes > protocol.waitingBytesMax || waiting.size() > WAITING_MAX) {
        LOG.debug("{} does not read what it is told by {}", peer, protocol.name);
        drop();
      }
    }

    private void flush() {
      Stream to = stream;
      while (to != null && to.isWritable() && !waiting.isEmpty()) {
        Bytes frame = waiting.remove();
        waitingBytes -= frame.length();
        Frames.write(to, frame.asReadOnlyBuffer());
      }
    }

    /** What waits is dropped. What can be missed is told again by whoever hears of that. */
    private void drop() {
      waiting.clear();
      waitingBytes = 0;
      Input lost = protocol.lost.apply(peer);
      if (lost != null) {
        loop.submit(lost);
      }
    }

    private void over() {
      if (writers.remove(peer, this) && !waiting.isEmpty()) {
        drop();
      }
    }

    // On the connection's loop.

    @Override
    public void read(Stream from, ByteBuf bytes) {
      bytes.release();
    }

    /** The peer has nothing to say on this stream, so that is no goodbye. */
    @Override
    public void remoteClosed(Stream from) {}

    @Override
    public void writable(Stream from) {
      loop.submit(now -> flush());
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      loop.submit(now -> over());
    }
  }

  /** The stream that a peer opened, over which we hear its frames and say nothing. */
  private final class Reader implements FrameHandler {
    private final Stream stream;
    private final AtomicInteger unhandled = new AtomicInteger();

    Reader(Stream stream) {
      this.stream = stream;
    }

    private PeerId peer() {
      return stream.connection().peer();
    }

    @Override
    public void frame(Stream from, ByteBuffer frame) throws WireException {
      F decoded = protocol.decoder.decode(Bytes.copyOf(frame));
      if (unhandled.incrementAndGet() == UNHANDLED_MAX) {
        stream.pauseReading();
        if (unhandled.get() < UNHANDLED_MAX) { // the loop was faster
          stream.resumeReading();
        }
      }
      loop.submit(now -> handle(now, decoded));
    }

    /** On the node's loop. */
    private void handle(long now, F frame) {
      if (unhandled.getAndDecrement() == UNHANDLED_MAX) {
        stream.resumeReading();
      }
      loop.handle(now, protocol.input.apply(peer(), frame));
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      loop.submit(now -> readers.remove(peer(), this));
    }
  }
}
