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
import io.minga.node.block.BlockOptions;
import io.minga.node.block.Fetch;
import io.minga.node.block.FetchEffect;
import io.minga.node.block.FetchInput;
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
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Performs a {@link Fetch} over streams and the block store. Belongs to its executor, but for what
 * comes from a stream.
 */
final class BlockFetch {
  private final Effect.Fetch wanted;
  private final Host host;
  private final TaskLimits limits;
  private final BlockOptions options;
  private final BlockStore store;
  private final Ends ends;
  private final EventExecutor executor;
  private final Fetch machine;

  /** What came of the effects that are being performed. */
  private final Deque<FetchInput> inputs = new ArrayDeque<>();

  private boolean driving;
  private boolean over;
  private @Nullable BlockHold here;
  private @Nullable BlockDraft draft;
  private @Nullable Attempt attempt;
  private @Nullable Future<?> timer;
  private long timerNanos = Long.MAX_VALUE;

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
      BlockOptions options,
      BlockStore store,
      Ends ends,
      EventExecutor executor) {
    this.wanted = wanted;
    this.host = host;
    this.limits = limits;
    this.options = options;
    this.store = store;
    this.ends = ends;
    this.executor = executor;
    this.machine = new Fetch(wanted.cid(), wanted.sizeBytes(), wanted.from(), limits, options);
  }

  /** Whether both ask the same peer first. */
  boolean isLike(Effect.Fetch other) {
    return !wanted.from().isEmpty()
        && !other.from().isEmpty()
        && wanted.from().get(0).equals(other.from().get(0));
  }

  void start() {
    executor.execute(() -> drive(new FetchInput.Begin()));
  }

  /** Ends it without a word. */
  void stop() {
    executor.execute(this::end);
  }

  private boolean isBatch() {
    return wanted.cid().codec() != Cid.RAW;
  }

  private void drive(FetchInput first) {
    inputs.add(first);
    if (driving) {
      return;
    }
    driving = true;
    try {
      for (FetchInput next = inputs.poll(); next != null && !over; next = inputs.poll()) {
        machine.handle(System.nanoTime(), next).forEach(this::perform);
      }
    } finally {
      driving = false;
    }
    setTimer();
  }

  private void setTimer() {
    long dueNanos = over ? Long.MAX_VALUE : machine.nextDeadlineNanos();
    if (dueNanos == timerNanos) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    timerNanos = dueNanos;
    if (dueNanos != Long.MAX_VALUE) {
      timer =
          executor.schedule(
              () -> {
                timerNanos = Long.MAX_VALUE;
                drive(new FetchInput.Tick());
              },
              dueNanos - System.nanoTime(),
              TimeUnit.NANOSECONDS);
    }
  }

  private void perform(FetchEffect effect) {
    if (effect instanceof FetchEffect.Open it) {
      open(new Attempt(it.attempt(), it.peer()));
    } else if (effect instanceof FetchEffect.Ask it) {
      attempt().write(new BlockFrame.Get(wanted.cid(), it.offset()));
    } else if (effect instanceof FetchEffect.Reset) {
      leave();
    } else if (effect instanceof FetchEffect.Misbehaved it) {
      ends.misbehaved(it.peer(), it.why());
    } else if (effect instanceof FetchEffect.GiveUp it) {
      end();
      ends.notFetched(wanted.cid(), it.why());
    } else {
      try {
        store(effect);
      } catch (BlockException e) {
        inputs.add(new FetchInput.Broken(String.valueOf(e.getMessage())));
      }
    }
  }

  // The store.

  private void store(FetchEffect effect) throws BlockException {
    if (effect instanceof FetchEffect.MakeRoom) {
      makeRoom();
    } else if (effect instanceof FetchEffect.Begin it) {
      draft = BlockStore.apart(wanted.cid(), it.sizeBytes());
    } else if (effect instanceof FetchEffect.Append it) {
      draft().append(it.bytes().asReadOnlyBuffer());
    } else if (effect instanceof FetchEffect.Restart) {
      draft().restart();
    } else if (effect instanceof FetchEffect.Check) {
      inputs.add(new FetchInput.Checked(draft().isRight()));
    } else if (effect instanceof FetchEffect.Keep) {
      keep();
    }
  }

  private void makeRoom() throws BlockException {
    here = store.hold(wanted.cid());
    if (here != null) {
      inputs.add(new FetchInput.Here());
      return;
    }
    long freed = store.freed(); // before, so that room which comes to be meanwhile is seen
    try {
      draft = store.draft(wanted.cid(), wanted.sizeBytes());
      inputs.add(new FetchInput.Room());
    } catch (BlockException e) {
      if (!e.isFull()) {
        throw e;
      }
      inputs.add(new FetchInput.NoRoom(freed, String.valueOf(e.getMessage())));
    }
  }

  private BlockDraft draft() {
    if (draft == null) {
      throw new IllegalStateException("there is no room for what came");
    }
    return draft;
  }

  private void keep() throws BlockException {
    BlockHold hold = here != null || isBatch() ? here : draft().keep();
    Bytes batch = isBatch() ? draft().bytes() : null;
    end();
    ends.fetched(wanted.cid(), hold, batch);
  }

  private void end() {
    over = true;
    leave();
    if (draft != null) {
      draft.close();
      draft = null;
    }
    setTimer();
  }

  // Streams.

  private void open(Attempt asked) {
    attempt = asked;
    host.newStream(
            asked.peer,
            List.of(BlockFrame.PROTOCOL),
            stream -> {
              asked.stream = stream;
              return Frames.reading(limits.blockFrameBytesMax(), asked);
            })
        .whenComplete((stream, failure) -> executor.execute(() -> asked.opened(stream, failure)));
  }

  private Attempt attempt() {
    if (attempt == null) {
      throw new IllegalStateException("nobody is asked");
    }
    return attempt;
  }

  private void leave() {
    Attempt last = attempt;
    attempt = null;
    Stream stream = last == null ? null : last.stream;
    if (stream != null) {
      stream.reset();
    }
  }

  /** One peer that is asked. */
  private final class Attempt implements FrameHandler {
    final int number;
    final PeerId peer;

    /** Guarded by this, so that pausing and resuming are in the order of what they come from. */
    private int queuedBytes;

    volatile @Nullable Stream stream;

    Attempt(int number, PeerId peer) {
      this.number = number;
      this.peer = peer;
    }

    // On the loop of the connection.

    @Override
    public void frame(Stream from, ByteBuffer frame) throws WireException {
      int length = frame.remaining();
      BlockFrame decoded = BlockFrame.decode(limits, Bytes.copyOf(frame));
      synchronized (this) {
        queuedBytes += length;
        if (queuedBytes > options.queuedBytesMax()) {
          from.pauseReading();
        }
      }
      executor.execute(() -> take(from, decoded, length));
    }

    @Override
    public void closed(Stream from, @Nullable HostException cause) {
      FetchInput.End end = end(cause);
      String why = cause == null ? "the stream ended" : String.valueOf(cause.getMessage());
      executor.execute(() -> drive(new FetchInput.Closed(number, end, why)));
    }

    private FetchInput.End end(@Nullable HostException cause) {
      if (cause == null) {
        return FetchInput.End.ENDED;
      }
      return switch (cause.kind()) {
        case PEER_VIOLATION -> FetchInput.End.VIOLATION;
        case CLOSED -> FetchInput.End.LOST;
        case RESET -> FetchInput.End.RESET;
        default -> FetchInput.End.OTHER;
      };
    }

    // On the executor.

    void opened(@Nullable Stream opened, @Nullable Throwable failure) {
      if (failure != null) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        boolean lost =
            cause instanceof HostException e && e.kind() != HostException.Kind.PROTOCOL_UNSUPPORTED;
        drive(new FetchInput.NotOpened(number, lost, String.valueOf(cause.getMessage())));
      } else if (attempt == this) {
        drive(new FetchInput.Opened(number));
      } else if (opened != null) {
        opened.reset(); // it came too late
      }
    }

    void write(BlockFrame frame) {
      Stream to = stream;
      if (to != null) {
        Frames.write(to, frame.encode().asReadOnlyBuffer());
      }
    }

    private void take(Stream from, BlockFrame frame, int length) {
      synchronized (this) {
        boolean tooMany = queuedBytes > options.queuedBytesMax();
        queuedBytes -= length;
        if (tooMany && queuedBytes <= options.queuedBytesMax()) {
          from.resumeReading();
        }
      }
      drive(new FetchInput.Came(number, frame));
    }
  }
}
