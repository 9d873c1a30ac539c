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
import io.minga.node.block.BlockOptions;
import io.minga.node.block.Serve;
import io.minga.node.block.ServeEffect;
import io.minga.node.block.ServeInput;
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
  private final BlockOptions options;
  private final BlockStore store;
  private final BlockLinks.Owner owner;
  private final EventExecutorGroup threads;

  // Guarded by this.
  private final Map<PeerId, Integer> streams = new LinkedHashMap<>();
  private int streamCount;
  private long served;

  BlockServer(
      TaskLimits limits,
      BlockOptions options,
      BlockStore store,
      BlockLinks.Owner owner,
      EventExecutorGroup threads) {
    this.limits = limits;
    this.options = options;
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
    serving.executor.execute(serving::watch);
    return Frames.reading(limits.blockFrameBytesMax() - limits.blockChunkBytesMax(), serving);
  }

  private synchronized boolean enter(PeerId peer) {
    int its = streams.getOrDefault(peer, 0);
    if (streamCount >= options.servedMax() || its >= options.servedPerPeerMax()) {
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

  private synchronized void serves() {
    served++;
  }

  /** How many blocks were sent, whole or in part. */
  synchronized long served() {
    return served;
  }

  /**
   * Performs a {@link Serve} on one stream. Belongs to its executor, but for what comes from it.
   */
  private final class Serving implements FrameHandler {
    private final Stream stream;
    private final EventExecutor executor;
    private final Serve machine = new Serve(System.nanoTime(), options);

    /** What came of the effects that are being performed. */
    private final Deque<ServeInput> inputs = new ArrayDeque<>();

    private boolean driving;

    /** What is sent now: a block on hold, or a batch. */
    private @Nullable BlockHold hold;

    private @Nullable Bytes batch;

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
      executor.execute(() -> drive(new ServeInput.Asked(get)));
    }

    @Override
    public void remoteClosed(Stream from) {
      executor.execute(() -> drive(new ServeInput.NoMore()));
    }

    @Override
    public void writable(Stream from) {
      executor.execute(() -> drive(new ServeInput.Writable()));
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      executor.execute(() -> drive(new ServeInput.Closed()));
      leave(from.connection().peer());
    }

    // On the executor.

    private void drive(ServeInput first) {
      inputs.add(first);
      if (driving) {
        return;
      }
      driving = true;
      try {
        for (ServeInput next = inputs.poll(); next != null; next = inputs.poll()) {
          machine.handle(System.nanoTime(), next).forEach(this::perform);
        }
      } finally {
        driving = false;
      }
    }

    private void perform(ServeEffect effect) {
      if (effect instanceof ServeEffect.Find it) {
        find(it.cid());
      } else if (effect instanceof ServeEffect.Send it) {
        send(it.frame());
      } else if (effect instanceof ServeEffect.SendChunks it) {
        sendChunks(it.offset(), it.sizeBytes());
      } else if (effect instanceof ServeEffect.Release) {
        release();
      } else if (effect instanceof ServeEffect.CloseWrite) {
        stream.closeWrite();
      } else if (effect instanceof ServeEffect.Reset) {
        stream.reset();
      }
    }

    private void find(Cid cid) {
      BlockHold found = store.hold(cid);
      if (found != null) {
        hold = found;
        inputs.add(new ServeInput.Found(found.sizeBytes()));
      } else if (cid.codec() == Cid.RAW) {
        inputs.add(new ServeInput.NotFound());
      } else {
        owner.batch(cid, bytes -> executor.execute(() -> found(bytes)));
      }
    }

    private void found(@Nullable Bytes bytes) {
      batch = bytes;
      drive(bytes == null ? new ServeInput.NotFound() : new ServeInput.Found(bytes.length()));
    }

    private void sendChunks(int from, int sizeBytes) {
      int offset = from;
      try {
        while (offset < sizeBytes && stream.isWritable()) {
          ByteBuffer chunk = chunk(offset);
          offset += chunk.remaining();
          send(new BlockFrame.Chunk(Bytes.copyOf(chunk)));
        }
        inputs.add(new ServeInput.Sent(offset));
      } catch (BlockException e) {
        LOG.warn("{}", e.getMessage());
        inputs.add(new ServeInput.Broken());
      }
    }

    private ByteBuffer chunk(int offset) throws BlockException {
      if (hold != null) {
        return hold.chunk(offset);
      } else if (batch == null) {
        throw new IllegalStateException("nothing is sent");
      }
      int to = Math.min(batch.length(), offset + limits.blockChunkBytesMax());
      return batch.slice(offset, to).asReadOnlyBuffer();
    }

    private void send(BlockFrame frame) {
      if (frame instanceof BlockFrame.Header) {
        serves();
      }
      Frames.write(stream, frame.encode().asReadOnlyBuffer())
          .whenComplete(
              (nothing, failure) -> {
                if (failure != null) {
                  stream.reset();
                }
              });
    }

    private void release() {
      if (hold != null) {
        hold.close();
        hold = null;
      }
      batch = null;
    }

    /** Sees to it that time passes for the machine, too. */
    void watch() {
      long dueNanos = machine.nextDeadlineNanos();
      if (dueNanos != Long.MAX_VALUE) {
        executor.schedule(
            () -> {
              drive(new ServeInput.Tick());
              watch();
            },
            dueNanos - System.nanoTime(),
            TimeUnit.NANOSECONDS);
      }
    }
  }
}
