package io.minga.node.runtime;

import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.runtime.store.BlockDraft;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskLimits;
import io.netty.util.concurrent.EventExecutor;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One block on its way here. Peers are asked one after the other; what one has brought the next
 * goes on with. Belongs to its executor, but for what comes from a stream.
 */
final class BlockFetch {
  private static final long ROOM_LOOK_MILLIS = 20;

  private final Effect.Fetch wanted;
  private final Host host;
  private final TaskLimits limits;
  private final BlockLinks.Bounds bounds;
  private final BlockStore store;
  private final Ends ends;
  private final EventExecutor executor;

  /** Who is asked, the next one first. */
  private final Deque<PeerId> left;

  private final List<String> failures = new ArrayList<>();
  private @Nullable BlockDraft draft;
  private @Nullable Attempt attempt;

  /** Who brought what is in the draft; null if it was more than one peer. */
  private @Nullable PeerId author;

  /** Whether each peer is asked for all of it, for what several brought was not right. */
  private boolean alone;

  private boolean over;
  private long freedSeen;
  private long roomUntilNanos;

  /** Hears how it ends, once, and who misbehaved. */
  interface Ends {
    void fetched(Cid cid, @Nullable BlockHold hold, @Nullable Bytes batch);

    void notFetched(Cid cid, String why);

    void misbehaved(PeerId peer, String why);
  }

  BlockFetch(
      Effect.Fetch wanted,
      Host host,
      TaskLimits limits,
      BlockLinks.Bounds bounds,
      BlockStore store,
      Ends ends,
      EventExecutor executor) {
    this.wanted = wanted;
    this.host = host;
    this.limits = limits;
    this.bounds = bounds;
    this.store = store;
    this.ends = ends;
    this.executor = executor;
    this.left = new ArrayDeque<>(wanted.from());
  }

  /** Whether both ask the same peer first. */
  boolean isLike(Effect.Fetch other) {
    return !wanted.from().isEmpty()
        && !other.from().isEmpty()
        && wanted.from().get(0).equals(other.from().get(0));
  }

  void start() {
    executor.execute(
        () -> {
          freedSeen = store.freed();
          roomUntilNanos = System.nanoTime() + bounds.roomWait().toNanos();
          begin();
        });
  }

  /** Ends it without a word. */
  void stop() {
    executor.execute(this::end);
  }

  private boolean isBatch() {
    return wanted.cid().codec() != Cid.RAW;
  }

  /** Waits for room, then asks the first peer. */
  private void begin() {
    if (over) {
      return;
    }
    BlockHold here = isBatch() ? null : store.hold(wanted.cid());
    if (here != null) {
      end();
      ends.fetched(wanted.cid(), here, null);
      return;
    }
    try {
      if (!isBatch()) {
        draft = store.draft(wanted.cid(), wanted.sizeBytes());
      }
      next();
    } catch (BlockException e) {
      long now = System.nanoTime();
      if (store.freed() != freedSeen) {
        freedSeen = store.freed();
        roomUntilNanos = now + bounds.roomWait().toNanos();
      }
      if (e.isFull() && roomUntilNanos - now > 0) {
        executor.schedule(this::begin, ROOM_LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } else {
        fail(e);
      }
    }
  }

  private void next() {
    PeerId peer = left.poll();
    if (peer == null) {
      end();
      ends.notFetched(
          wanted.cid(), failures.isEmpty() ? "nobody has it" : String.join("; ", failures));
      return;
    }
    Attempt asked = new Attempt(peer);
    attempt = asked;
    host.newStream(
            peer,
            List.of(BlockFrame.PROTOCOL),
            stream -> {
              asked.stream = stream;
              return Frames.reading(limits.blockFrameBytesMax(), asked);
            })
        .whenComplete(
            (stream, failure) ->
                executor.execute(
                    () -> {
                      if (failure == null) {
                        ask(asked, stream);
                      } else {
                        Throwable cause = failure.getCause();
                        tried(asked, (cause == null ? failure : cause).getMessage());
                      }
                    }));
  }

  private void ask(Attempt asked, Stream stream) {
    if (attempt != asked) {
      stream.reset();
      return;
    }
    BlockDraft begun = draft;
    asked.from = begun == null ? 0 : begun.writtenBytes();
    Frames.write(stream, new BlockFrame.Get(wanted.cid(), asked.from).encode().asReadOnlyBuffer());
    watch(asked);
  }

  /** Ends the attempt if too little comes. */
  private void watch(Attempt asked) {
    long before = asked.came;
    executor.schedule(
        () -> {
          long more = asked.came - before;
          if (attempt != asked) {
            return;
          } else if (more >= bounds.stallBytes()) {
            watch(asked);
          } else if (more == 0) {
            tried(asked, "nothing came for %d ms".formatted(bounds.stall().toMillis()));
          } else {
            guilty(
                asked.peer,
                "sends a block %s at %d B in %d ms, where at least %d are right"
                    .formatted(wanted.cid(), more, bounds.stall().toMillis(), bounds.stallBytes()));
            tried(asked, "only %d B came in %d ms".formatted(more, bounds.stall().toMillis()));
          }
        },
        bounds.stall().toNanos(),
        TimeUnit.NANOSECONDS);
  }

  /** One peer that is asked. */
  private final class Attempt implements FrameHandler {
    final PeerId peer;
    final AtomicInteger queuedBytes = new AtomicInteger();
    volatile @Nullable Stream stream;
    int from;
    long came;
    boolean announced;

    Attempt(PeerId peer) {
      this.peer = peer;
    }

    // On the loop of the connection.

    @Override
    public void frame(Stream from, ByteBuffer frame) throws WireException {
      int length = frame.remaining();
      BlockFrame decoded = BlockFrame.decode(limits, Bytes.copyOf(frame));
      if (queuedBytes.addAndGet(length) > bounds.queuedBytesMax()) {
        from.pauseReading();
      }
      executor.execute(() -> take(from, decoded, length));
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      executor.execute(() -> closed(cause));
    }

    // On the executor.

    private void take(Stream from, BlockFrame frame, int length) {
      int queued = queuedBytes.addAndGet(-length);
      if (queued <= bounds.queuedBytesMax() && queued + length > bounds.queuedBytesMax()) {
        from.resumeReading();
      }
      if (attempt == this) {
        received(this, frame);
      }
    }

    private void closed(@Nullable HostException cause) {
      if (attempt != this) {
        return;
      }
      if (cause != null && cause.kind() == HostException.Kind.PEER_VIOLATION) {
        guilty(peer, String.valueOf(cause.getMessage()));
      }
      BlockDraft begun = draft;
      String after = begun == null ? "" : " after %d B".formatted(begun.writtenBytes());
      String why = cause == null ? "the stream ended" : String.valueOf(cause.getMessage());
      if (came >= bounds.stallBytes()
          && cause != null
          && cause.kind() == HostException.Kind.RESET) {
        left.addFirst(peer); // it may go on; not without end, for much came each time
      }
      tried(this, why + after);
    }
  }

  private void received(Attempt from, BlockFrame frame) {
    try {
      if (frame instanceof BlockFrame.Chunk chunk && from.announced) {
        append(from, chunk.bytes().asReadOnlyBuffer());
      } else if (frame instanceof BlockFrame.Header header && !from.announced) {
        announced(from, header.sizeBytes());
      } else if (frame instanceof BlockFrame.Missing && !from.announced) {
        tried(from, "it has no such block");
      } else {
        guilty(from.peer, "a frame of a block that is out of place: " + frame.getClass());
        tried(from, "it said what is out of place");
      }
    } catch (BlockException e) {
      fail(e);
    }
  }

  private void announced(Attempt from, long sizeBytes) throws BlockException {
    from.announced = true;
    long max = isBatch() ? limits.batchBytesMax() : limits.contentBytesMax();
    boolean unsaid = isBatch() && wanted.sizeBytes() == 0;
    boolean right = sizeBytes <= max && (unsaid || sizeBytes == wanted.sizeBytes());
    if (!right) {
      tried(from, "its block has %d B, not %d".formatted(sizeBytes, wanted.sizeBytes()));
      return;
    }
    BlockDraft begun = draft;
    if (begun == null || begun.sizeBytes() != sizeBytes) {
      if (begun != null || from.from > 0) {
        tried(from, "its block has another size than others say");
        return;
      }
      begun = BlockStore.apart(wanted.cid(), (int) sizeBytes);
      draft = begun;
    }
    author = (from.from == 0 || from.peer.equals(author)) ? from.peer : null;
    whole(from, begun);
  }

  private void append(Attempt from, ByteBuffer bytes) throws BlockException {
    BlockDraft to = draft;
    if (to == null) {
      throw new IllegalStateException("no block is announced");
    }
    if (bytes.remaining() > to.sizeBytes() - to.writtenBytes()) {
      guilty(
          from.peer,
          "sends more of block %s than the %d B that it announced"
              .formatted(wanted.cid(), to.sizeBytes()));
      to.restart();
      tried(from, "it sent more than it announced");
      return;
    }
    from.came += bytes.remaining();
    to.append(bytes);
    whole(from, to);
  }

  /** Looks whether all is here and right. */
  private void whole(Attempt from, BlockDraft to) throws BlockException {
    if (to.writtenBytes() < to.sizeBytes()) {
      return;
    }
    if (to.isRight()) {
      BlockHold hold = isBatch() ? null : to.keep();
      Bytes batch = isBatch() ? to.bytes() : null;
      end();
      ends.fetched(wanted.cid(), hold, batch);
      return;
    }
    PeerId liar = author;
    to.restart();
    if (liar != null) {
      guilty(liar, "sends other bytes than those of block " + wanted.cid());
    } else if (!alone) { // nobody knows which of them lied: each by itself
      alone = true;
      left.clear();
      left.addAll(wanted.from());
    }
    tried(from, "its bytes are not those of the block");
  }

  /** An attempt came to nothing. */
  private void tried(Attempt asked, @Nullable String why) {
    if (attempt != asked) {
      return;
    }
    attempt = null;
    Stream stream = asked.stream;
    if (stream != null) {
      stream.reset();
    }
    failures.add("%s: %s".formatted(asked.peer, why));
    BlockDraft begun = draft;
    try {
      if (alone && begun != null) {
        begun.restart();
      }
      next();
    } catch (BlockException e) {
      fail(e);
    }
  }

  private void guilty(PeerId peer, String why) {
    ends.misbehaved(peer, why);
  }

  private void fail(BlockException why) {
    end();
    ends.notFetched(wanted.cid(), String.valueOf(why.getMessage()));
  }

  private void end() {
    over = true;
    Attempt last = attempt;
    attempt = null;
    Stream stream = last == null ? null : last.stream;
    if (stream != null) {
      stream.reset();
    }
    if (draft != null) {
      draft.close();
      draft = null;
    }
  }
}
