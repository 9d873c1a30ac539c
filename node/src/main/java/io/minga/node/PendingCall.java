package io.minga.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.core.Submission;
import io.minga.node.runtime.Arguments;
import io.minga.node.runtime.Caller;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.node.task.Policy;
import io.minga.node.value.FunctionType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way. Its outcome comes on the node's loop, which must not run what hangs on a
 * future. So the loop only puts the outcome here; a thread that is blocked in {@link #join} or
 * {@link #get} is woken and makes the value itself, and when there is none an executor does.
 */
final class PendingCall<A extends @Nullable Object, R extends @Nullable Object>
    extends CompletableFuture<R> implements Caller, Runnable {
  /**
   * How long a waiter sleeps before it looks by itself: some ways to complete a future are silent.
   */
  private static final long LOOK_NANOS = 100_000_000;

  private static final VarHandle WAITER;
  private static final VarHandle SETTLED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WAITER = lookup.findVarHandle(PendingCall.class, "waiter", Thread.class);
      SETTLED = lookup.findVarHandle(PendingCall.class, "settled", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final PeerRuntime runtime;
  private final FunctionType<A, R> type;
  private @Nullable Submission submission;
  private @Nullable PeerId peer;
  private int attempts;
  private @Nullable Batch batch;
  private int index;

  /** A failure, or what {@link Results} makes the value of; after the two above, on the loop. */
  private volatile @Nullable Object outcome;

  /** The one thread that is blocked here and will make the value. */
  @SuppressWarnings("unused") // by the handle
  private volatile @Nullable Thread waiter;

  /** Whether somebody makes the value already. */
  @SuppressWarnings("unused") // by the handle
  private volatile boolean settled;

  private PendingCall(PeerRuntime runtime, FunctionType<A, R> type) {
    this.runtime = runtime;
    this.type = type;
  }

  static <A extends @Nullable Object, R extends @Nullable Object> PendingCall<A, R> start(
      PeerRuntime runtime,
      FunctionType<A, R> type,
      CallOptions options,
      Policy policy,
      A argument) {
    byte[] bytes = type.encodeArgument(argument);
    PendingCall<A, R> call = new PendingCall<>(runtime, type);
    try (Arguments arguments = runtime.arguments(1)) {
      arguments.add(bytes);
      call.submission =
          runtime.submit(
              call,
              type.name(),
              policy,
              options.memoized(),
              options.lifetime().toMillis(),
              1,
              options.remoteOnly(),
              arguments.payloads());
    } catch (BlockException e) {
      call.completeExceptionally(
          new TaskFailedException(type.name(), Results.unkept(e), null, 0, null, 0));
    }
    return call;
  }

  // On the loop.

  @Override
  public void completed(Effect.Complete end) {
    batch = end.batch();
    index = end.index();
    completed(end.call(), end.outcome(), end.peer(), end.attempts());
  }

  @Override
  public void completed(int call, Outcome outcome, @Nullable PeerId peer, int attempts) {
    this.peer = peer;
    this.attempts = attempts;
    this.outcome =
        outcome instanceof Outcome.Value value ? Results.take(runtime, value.payload()) : outcome;
    Thread blocked = waiter;
    if (blocked != null) {
      LockSupport.unpark(blocked);
    } else {
      runtime.later(this);
    }
  }

  // Anywhere.

  /** Makes the value, once. */
  @Override
  public void run() {
    Object came = outcome;
    if (came != null && SETTLED.compareAndSet(this, false, true)) {
      settle(came);
      batch = null;
    }
  }

  private void settle(Object came) {
    if (came instanceof Outcome.Failure failure) {
      completeExceptionally(failed(failure));
      return;
    }
    try {
      complete(Results.decode(type, came));
    } catch (WireException e) {
      completeExceptionally(failed(Results.undecodable(e)));
    } catch (RuntimeException | Error e) { // a codec of the caller's
      completeExceptionally(e);
    }
  }

  private TaskFailedException failed(Outcome.Failure failure) {
    return new TaskFailedException(type.name(), failure, peer, attempts, batch, index);
  }

  @Override
  public R join() {
    await(Long.MAX_VALUE, false);
    return super.join();
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    await(Long.MAX_VALUE, true);
    return super.get();
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long started = System.nanoTime();
    long nanos = unit.toNanos(timeout);
    await(nanos, true);
    return super.get(Math.max(0, nanos - (System.nanoTime() - started)), TimeUnit.NANOSECONDS);
  }

  /** Blocks until the outcome is here, if nobody else does; then makes the value. */
  private void await(long nanos, boolean interruptible) {
    if (isDone() || !WAITER.compareAndSet(this, null, Thread.currentThread())) {
      return;
    }
    long started = System.nanoTime();
    boolean interrupted = false;
    try {
      while (outcome == null && !isDone()) {
        long left = nanos - (System.nanoTime() - started);
        if (left <= 0) {
          break;
        }
        LockSupport.parkNanos(this, Math.min(left, LOOK_NANOS));
        if (Thread.interrupted()) {
          interrupted = true;
          if (interruptible) {
            break;
          }
        }
      }
    } finally {
      waiter = null;
      run(); // the loop may have counted on us
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean complete(R value) {
    boolean first = super.complete(value);
    wake();
    return first;
  }

  @Override
  public boolean completeExceptionally(Throwable thrown) {
    boolean first = super.completeExceptionally(thrown);
    wake();
    return first;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean open = !isDone();
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    Submission sent = submission;
    if (open && cancelled && sent != null) {
      runtime.cancel(sent);
    }
    wake();
    return cancelled;
  }

  private void wake() {
    Thread blocked = waiter;
    if (blocked != null && blocked != Thread.currentThread()) {
      LockSupport.unpark(blocked);
    }
  }
}
