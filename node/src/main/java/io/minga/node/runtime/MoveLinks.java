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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The move streams with peers: one that we open when there is something to say, and one that the
 * peer opened. Frames that can't be sent are dropped, since whoever offers waits for no answer for
 * ever.
 *
 * <p>Belongs to the loop, but for what comes from the host.
 */
final class MoveLinks {
  private static final Logger LOG = LoggerFactory.getLogger(MoveLinks.class);
  private static final List<String> PROTOCOLS = List.of(MoveFrame.PROTOCOL);

  /** Frames to one peer that wait for its stream. */
  private static final int WAITING_MAX = 64;

  /** Frames of one peer that wait for the loop before its stream is read on. */
  private static final int UNHANDLED_MAX = 16;

  private final Host host;
  private final TaskLimits limits;
  private final NodeLoop loop;

  /** As many as there are peers that are told something, which are connected. */
  private final Map<PeerId, Writer> writers = new LinkedHashMap<>();

  private final Map<PeerId, Reader> readers = new LinkedHashMap<>();

  MoveLinks(Host host, TaskLimits limits, NodeLoop loop) {
    this.host = host;
    this.limits = limits;
    this.loop = loop;
  }

  /** Begins to answer peers. */
  void start() {
    host.handle(
        MoveFrame.PROTOCOL,
        stream -> {
          Reader reader = new Reader(stream);
          loop.submit(now -> accepted(reader));
          return Frames.reading(limits.moveFrameBytesMax(), reader);
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
    private @Nullable Stream stream;

    Writer(PeerId peer) {
      this.peer = peer;
      host.newStream(peer, PROTOCOLS, opened -> this)
          .whenComplete(
              (opened, failure) ->
                  loop.submit(
                      now -> {
                        if (failure != null) {
                          LOG.debug("no move stream to {}: {}", peer, failure.toString());
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
      if (waiting.size() >= WAITING_MAX) {
        LOG.debug("{} does not read what it is offered", peer);
        return;
      }
      waiting.add(frame);
      flush();
    }

    private void flush() {
      Stream to = stream;
      while (to != null && to.isWritable() && !waiting.isEmpty()) {
        Frames.write(to, waiting.remove().asReadOnlyBuffer());
      }
    }

    private void over() {
      writers.remove(peer, this);
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
      MoveFrame decoded = MoveFrame.decode(limits, Bytes.copyOf(frame));
      if (unhandled.incrementAndGet() == UNHANDLED_MAX) {
        stream.pauseReading();
        if (unhandled.get() < UNHANDLED_MAX) { // the loop was faster
          stream.resumeReading();
        }
      }
      loop.submit(now -> handle(now, decoded));
    }

    /** On the node's loop. */
    private void handle(long now, MoveFrame frame) {
      if (unhandled.getAndDecrement() == UNHANDLED_MAX) {
        stream.resumeReading();
      }
      loop.handle(now, new Input.MoveReceived(peer(), frame));
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      loop.submit(now -> readers.remove(peer(), this));
    }
  }
}
