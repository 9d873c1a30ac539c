package io.minga.node;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.journal.JobId;
import io.minga.node.runtime.DurableJobs;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.value.FunctionType;
import io.minga.node.value.ValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A function that peers offer, as a caller sees it. Immutable, and safe for any thread; the options
 * of a call are changed by making another such handle.
 */
public final class RemoteFunction<A extends @Nullable Object, R extends @Nullable Object> {
  private final PeerRuntime runtime;
  private final FunctionType<A, R> type;
  private final CallOptions options;
  private final Policy policy;

  RemoteFunction(PeerRuntime runtime, FunctionType<A, R> type, CallOptions options) {
    this.runtime = runtime;
    this.type = type;
    this.options = options;
    this.policy = options.policy();
  }

  /** What it is called. */
  public FunctionName name() {
    return type.name();
  }

  /** How it is called. */
  public CallOptions options() {
    return options;
  }

  /**
   * Has it run on whichever peer will be through with it first.
   *
   * @return completes with the result, or with a {@link TaskFailedException}; cancelling it cancels
   *     the task. What hangs on it may run on a thread that others wait for too, so it should not
   *     block there
   * @throws ValueException if the argument does not fit
   */
  public CompletableFuture<R> call(A argument) {
    return PendingCall.start(runtime, type, options, policy, argument);
  }

  /** The same with other options. */
  public CompletableFuture<R> call(A argument, CallOptions options) {
    return PendingCall.start(runtime, type, options, options.policy(), argument);
  }

  /**
   * Has it run for each of {@code arguments}, on all peers that offer it.
   *
   * @param arguments gone through once, from several threads but by one at a time, no further ahead
   *     of what has been run than a few tens of thousands
   */
  public Job<R> map(Iterable<? extends A> arguments) {
    return Job.start(runtime, type, options, arguments);
  }

  /**
   * Has it run as a durable job, which outlives this process and this peer: see {@link #submitAll}.
   */
  public CompletableFuture<DurableJob<R>> submit(A argument) {
    return submitAll(Collections.singletonList(argument));
  }

  /**
   * Has it run for each of {@code arguments} as a durable job, which goes on when this peer is
   * started again with the same journal and key, and whose results are kept for as long as the
   * options' lifetime. What the function is called with has at most 64 KiB, and so has its result;
   * equal calls are made each.
   *
   * @return completes when the job is on this peer's disk, with which it is not lost; fails with an
   *     {@link IllegalStateException} if it can't be, and then none of it is run any more
   * @throws ValueException if an argument does not fit
   */
  public CompletableFuture<DurableJob<R>> submitAll(Collection<? extends A> arguments) {
    List<Payload> inputs = new ArrayList<>(arguments.size());
    for (A argument : arguments) {
      inputs.add(Payload.of(Bytes.copyOf(type.encodeArgument(argument))));
    }
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("a durable job has at least one argument");
    }
    Policy durable =
        DurableJobs.policy(
            policy.priority(),
            policy.timeoutMillis(),
            policy.attemptsMax(),
            policy.requires().tags(),
            policy.exclusive());
    return runtime
        .durable()
        .submit(type.name(), durable, options.lifetime().toMillis(), inputs)
        .thenApply(this::job);
  }

  /**
   * The durable job of this function that was submitted at this peer, now or in an earlier life, or
   * at another one, of which those are asked that this peer is connected with.
   */
  public DurableJob<R> job(JobId id) {
    return new DurableJob<>(runtime, type, id);
  }

  /** This function with other options. */
  public RemoteFunction<A, R> with(CallOptions options) {
    return new RemoteFunction<>(runtime, type, options);
  }

  /** This function with another priority, 0 to 9. */
  public RemoteFunction<A, R> withPriority(int priority) {
    return with(options.withPriority(priority));
  }

  /** This function, each attempt of which may run so long. */
  public RemoteFunction<A, R> withTimeout(Duration timeout) {
    return with(options.withTimeout(timeout));
  }

  /** This function on peers that have these tags. */
  public RemoteFunction<A, R> requiring(String... tags) {
    return with(options.requiring(tags));
  }

  /**
   * This function, whose equal calls have equal results, so that one of them will do: equal ones in
   * flight, singly or in jobs, from whatever peer, run once, and values are remembered for a while.
   * What a function with {@code self} calls by that is memoized then, too.
   */
  public RemoteFunction<A, R> memoized() {
    return with(options.withMemoized(true));
  }

  /**
   * This function, which one peer at a time may run, for work with effects that two must not have:
   * whoever runs it has a lease that this peer grants, and ends it if it hears nothing more from
   * here; only the outcome of who has it now counts. What it does to others can be fenced by its
   * token: see {@link Peer#registerFenced}. Its calls can't be memoized. As a durable job it waits
   * while this peer is away: nobody else grants leases for it.
   */
  public RemoteFunction<A, R> exclusive() {
    return with(options.withExclusive(true));
  }

  /** This function on any peer but this one. */
  public RemoteFunction<A, R> remoteOnly() {
    return with(options.withRemoteOnly(true));
  }

  @Override
  public String toString() {
    return "%s: %s → %s".formatted(type.name(), type.argument(), type.result());
  }
}
