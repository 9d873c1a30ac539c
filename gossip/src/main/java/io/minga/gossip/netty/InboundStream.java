package io.minga.gossip.netty;

import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.gossip.rpc.RpcLimits;
import io.minga.libp2p.Connection;
import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The stream on which a peer speaks to us. Its event loop decodes RPCs and queues them, the gossip
 * loop takes them; where too much waits, the stream is not read. It begins unread.
 */
final class InboundStream implements FrameHandler {
  /** Who takes what comes. */
  interface Owner {
    /** On the event loop: {@code stream} should be looked after by the gossip loop. */
    void ready(InboundStream stream);

    /** On the event loop: {@code stream} is gone. */
    void closed(InboundStream stream, @Nullable HostException cause);
  }

  /** An RPC that waits, and what it counts. */
  record Waiting(Rpc rpc, int weight) {}

  private final Stream stream;
  private final RpcLimits limits;
  private final ReceiveBudget budget;
  private final Owner owner;
  private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queuedBytes = new AtomicInteger();
  private final AtomicBoolean listed = new AtomicBoolean();
  private final AtomicBoolean paused = new AtomicBoolean(true);

  InboundStream(Stream stream, RpcLimits limits, ReceiveBudget budget, Owner owner) {
    this.stream = stream;
    this.limits = limits;
    this.budget = budget;
    this.owner = owner;
    stream.pauseReading();
  }

  Connection connection() {
    return stream.connection();
  }

  PeerId peer() {
    return stream.connection().peer();
  }

  // On the event loop.

  @Override
  public void frame(Stream from, ByteBuffer frame) throws WireException {
    int length = frame.remaining();
    if (length == 0) {
      return; // says nothing
    }
    budget.read(length);
    int weight = ReceiveBudget.weight(length);
    Rpc rpc = RpcCodec.decode(limits, frame);
    budget.take(weight);
    int own = queuedBytes.addAndGet(weight);
    queue.add(new Waiting(rpc, weight));
    if (budget.isFull(own) && paused.compareAndSet(false, true)) {
      budget.paused();
      stream.pauseReading();
    }
    // Only now, so that the gossip loop, when it has emptied the queue, sees that it is paused.
    if (listed.compareAndSet(false, true)) {
      owner.ready(this);
    }
  }

  @Override
  public void closed(Stream from, @Nullable HostException cause) {
    owner.closed(this, cause);
  }

  // On the gossip loop.

  /** The next RPC, or null. */
  @Nullable Rpc poll() {
    Waiting next = queue.poll();
    if (next == null) {
      return null;
    }
    queuedBytes.addAndGet(-next.weight);
    budget.give(next.weight);
    return next.rpc;
  }

  /** Ends a turn: from now on the event loop says ready again. */
  void unlist() {
    listed.set(false);
  }

  /** Whether the caller should look after it once more, since something waits. */
  boolean relist() {
    return !queue.isEmpty() && listed.compareAndSet(false, true);
  }

  /** Whether it is not read and should be, as far as its own queue goes. */
  boolean wantsReading() {
    return paused.get() && budget.hasRoom(queuedBytes.get());
  }

  void resumeReading() {
    if (paused.compareAndSet(true, false)) {
      stream.resumeReading();
    }
  }

  void reset() {
    stream.reset();
  }
}
