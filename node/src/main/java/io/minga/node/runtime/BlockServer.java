package io.minga.node.runtime;

import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.Frames;
import io.minga.libp2p.HostException;
import io.minga.libp2p.ProtocolHandler;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskLimits;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the block streams that peers open: on each one request after the other, a few chunks
 * ahead of what the peer has taken. A stream on which nothing moves ends.
 */
final class BlockServer implements ProtocolHandler {
  private static final Logger LOG = LoggerFactory.getLogger(BlockServer.class);

  private final TaskLimits limits;
  private final BlockLinks.Bounds bounds;
  private final BlockStore store;
  private final BlockLinks.Owner owner;
  private final EventExecutorGroup threads;

  // Guarded by this.
  private final Map<PeerId, Integer> streams = new LinkedHashMap<>();
  private int streamCount;

  BlockServer(
      TaskLimits limits,
      BlockLinks.Bounds bounds,
      BlockStore store,
      BlockLinks.Owner owner,
      EventExecutorGroup threads) {
    this.limits = limits;
    this.bounds = bounds;
    this.store = store;
    this.owner = owner;
    this.threads = threads;
  }

  @Override
  public StreamHandler open(Stream stream) {
    if (!enter(stream.connection().peer())) {
      stream.reset();
      return new StreamHandler() {
        @Override
        public void read(Stream from, ByteBuf bytes) {
          bytes.release();
        }
      };
    }
    Serving serving = new Serving(stream, threads.next());
    serving.watch();
    return Frames.reading(limits.blockFrameBytesMax() - limits.blockChunkBytesMax(), serving);
  }

  private synchronized boolean enter(PeerId peer) {
    int its = streams.getOrDefault(peer, 0);
    if (streamCount >= bounds.servedMax() || its >= bounds.servedPerPeerMax()) {
      return false;
    }
    streamCount++;
    streams.put(peer, its + 1);
    return true;
  }

  private synchronized void leave(PeerId peer) {
    streamCount--;
    streams.computeIfPresent(peer, (it, count) -> count == 1 ? null : count - 1);
  }

  /** One stream. Belongs to its executor, but for what comes from the stream. */
  private final class Serving implements FrameHandler {
    private final Stream stream;
    private final EventExecutor executor;
    private final Deque<BlockFrame.Get> asked = new ArrayDeque<>();

    /** What is sent now: a block on hold, or a batch. */
    private @Nullable BlockHold hold;

    private @Nullable Bytes batch;
    private int size;
    private int offset;

    private boolean busy;
    private boolean ended;
    private boolean noMore;
    private long moved;

    Serving(Stream stream, EventExecutor executor) {
      this.stream = stream;
      this.executor = executor;
    }

    // On the loop of the connection.

    @Override
    public void frame(Stream from, ByteBuffer frame) throws WireException {
      if (!(BlockFrame.decode(limits, Bytes.copyOf(frame)) instanceof BlockFrame.Get get)) {
        throw new WireException("a block stream: who opened it asks, and says nothing else");
      }
      executor.execute(() -> ask(get));
    }

    @Override
    public void remoteClosed(Stream from) {
      executor.execute(
          () -> {
            noMore = true;
            next();
          });
    }

    @Override
    public void writable(Stream from) {
      executor.execute(this::pump);
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      executor.execute(this::end);
      leave(from.connection().peer());
    }

    // On the executor.

    private void ask(BlockFrame.Get get) {
      moved++;
      if (asked.size() >= bounds.askedMax()) {
        stream.reset();
        return;
      }
      asked.add(get);
      next();
    }

    private void next() {
      if (busy || ended) {
        return;
      }
      BlockFrame.Get get = asked.poll();
      if (get == null) {
        if (noMore) {
          stream.closeWrite();
        }
        return;
      }
      busy = true;
      BlockHold found = store.hold(get.cid());
      if (found != null) {
        hold = found;
        begin(get, found.sizeBytes());
      } else if (get.cid().codec() == Cid.RAW) {
        missing();
      } else {
        owner.batch(get.cid(), bytes -> executor.execute(() -> found(get, bytes)));
      }
    }

    private void found(BlockFrame.Get get, @Nullable Bytes bytes) {
      if (bytes == null) {
        missing();
      } else {
        batch = bytes;
        begin(get, bytes.length());
      }
    }

    private void missing() {
      send(new BlockFrame.Missing());
      over();
    }

    private void begin(BlockFrame.Get get, int sizeBytes) {
      if (ended) {
        release();
        return;
      }
      if (get.offset() > sizeBytes) {
        missing();
        return;
      }
      size = sizeBytes;
      offset = (int) get.offset();
      send(new BlockFrame.Header(sizeBytes));
      pump();
    }

    /** Sends as much as the stream takes for now. */
    private void pump() {
      if (!busy || ended || (hold == null && batch == null)) {
        return;
      }
      try {
        while (offset < size && stream.isWritable()) {
          ByteBuffer chunk = chunk();
          offset += chunk.remaining();
          moved++;
          send(new BlockFrame.Chunk(Bytes.copyOf(chunk)));
        }
      } catch (BlockException e) {
        LOG.warn("{}", e.getMessage());
        stream.reset();
        return;
      }
      if (offset == size) {
        over();
      }
    }

    private ByteBuffer chunk() throws BlockException {
      if (hold != null) {
        return hold.chunk(offset);
      } else if (batch == null) {
        throw new IllegalStateException("nothing is sent");
      }
      int to = Math.min(size, offset + limits.blockChunkBytesMax());
      return batch.slice(offset, to).asReadOnlyBuffer();
    }

    private void send(BlockFrame frame) {
      Frames.write(stream, frame.encode().asReadOnlyBuffer())
          .whenComplete(
              (nothing, failure) -> {
                if (failure != null) {
                  stream.reset();
                }
              });
    }

    private void over() {
      release();
      busy = false;
      next();
    }

    private void release() {
      if (hold != null) {
        hold.close();
        hold = null;
      }
      batch = null;
    }

    private void end() {
      ended = true;
      asked.clear();
      release();
    }

    /** Ends the stream if nothing moves. */
    private void watch() {
      long before = moved;
      executor.schedule(
          () -> {
            if (ended) {
              return;
            } else if (moved == before) {
              stream.reset();
            } else {
              watch();
            }
          },
          2 * bounds.stall().toNanos(),
          TimeUnit.NANOSECONDS);
    }
  }
}
