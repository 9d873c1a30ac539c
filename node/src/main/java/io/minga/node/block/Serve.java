package io.minga.node.block;

import io.minga.node.block.ServeEffect.CloseWrite;
import io.minga.node.block.ServeEffect.Find;
import io.minga.node.block.ServeEffect.Release;
import io.minga.node.block.ServeEffect.Reset;
import io.minga.node.block.ServeEffect.Send;
import io.minga.node.block.ServeEffect.SendChunks;
import io.minga.node.block.ServeInput.Asked;
import io.minga.node.block.ServeInput.Found;
import io.minga.node.block.ServeInput.Sent;
import io.minga.node.task.BlockFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream on which a peer asks for blocks, as a pure machine: one request is answered after the
 * other, as fast as the peer takes the chunks. A stream on which nothing moves is broken off.
 */
public final class Serve {
  private final BlockOptions options;

  /** What waits. */
  private final Deque<BlockFrame.Get> asked = new ArrayDeque<>();

  private List<ServeEffect> out = new ArrayList<>();
  private Phase phase = Phase.IDLE;

  // Of the request that is answered.
  private BlockFrame.@Nullable Get request;
  private int offset;
  private int sizeBytes;

  private boolean noMore;
  private boolean moved;
  private long deadlineNanos;

  private enum Phase {
    IDLE,
    FINDING,
    SENDING,
    OVER
  }

  /** A stream that was opened now. */
  public Serve(long nowNanos, BlockOptions options) {
    this.options = options;
    watch(nowNanos);
  }

  /** Takes one input; what is to be done, in order. */
  public List<ServeEffect> handle(long nowNanos, ServeInput input) {
    if (phase == Phase.OVER) {
      if (input instanceof Found) {
        out.add(new Release()); // it came too late
      }
    } else {
      take(nowNanos, input);
    }
    List<ServeEffect> effects = out;
    out = new ArrayList<>();
    return effects;
  }

  /** When {@link ServeInput.Tick} is due; {@link Long#MAX_VALUE} for never. */
  public long nextDeadlineNanos() {
    return phase == Phase.OVER ? Long.MAX_VALUE : deadlineNanos;
  }

  private void take(long nowNanos, ServeInput input) {
    if (input instanceof Asked it) {
      asked(it.get());
    } else if (input instanceof ServeInput.NoMore) {
      noMore = true;
      next();
    } else if (input instanceof Found it && phase == Phase.FINDING) {
      found(it.sizeBytes());
    } else if (input instanceof ServeInput.NotFound && phase == Phase.FINDING) {
      missing();
    } else if (input instanceof Sent it && phase == Phase.SENDING) {
      sent(it.offset());
    } else if (input instanceof ServeInput.Writable && phase == Phase.SENDING) {
      out.add(new SendChunks(offset, sizeBytes));
    } else if (input instanceof ServeInput.Broken) {
      reset();
    } else if (input instanceof ServeInput.Closed) {
      end();
    } else if (input instanceof ServeInput.Tick && deadlineNanos - nowNanos <= 0) {
      if (moved) {
        watch(nowNanos);
      } else {
        reset();
      }
    }
  }

  private void watch(long nowNanos) {
    moved = false;
    deadlineNanos = nowNanos + 2 * options.stall().toNanos();
  }

  private void asked(BlockFrame.Get get) {
    moved = true;
    if (asked.size() >= options.askedMax()) {
      reset();
      return;
    }
    asked.add(get);
    next();
  }

  /** Turns to the next request, if none is answered now. */
  private void next() {
    if (phase != Phase.IDLE) {
      return;
    }
    request = asked.poll();
    if (request != null) {
      phase = Phase.FINDING;
      out.add(new Find(request.cid()));
    } else if (noMore) {
      out.add(new CloseWrite());
    }
  }

  private void found(int size) {
    BlockFrame.Get get = request;
    if (get == null || get.offset() > size) {
      out.add(new Release());
      missing();
      return;
    }
    phase = Phase.SENDING;
    sizeBytes = size;
    offset = (int) get.offset();
    out.add(new Send(new BlockFrame.Header(size)));
    if (offset == size) {
      answered();
    } else {
      out.add(new SendChunks(offset, size));
    }
  }

  private void missing() {
    out.add(new Send(new BlockFrame.Missing()));
    phase = Phase.IDLE;
    next();
  }

  private void sent(int to) {
    moved |= to > offset;
    offset = to;
    if (offset == sizeBytes) {
      answered();
    }
  }

  private void answered() {
    out.add(new Release());
    phase = Phase.IDLE;
    next();
  }

  private void reset() {
    end();
    out.add(new Reset());
  }

  private void end() {
    if (phase == Phase.SENDING) {
      out.add(new Release());
    }
    phase = Phase.OVER;
    asked.clear();
  }
}
