package io.minga.node;

import io.minga.libp2p.HostException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.NodeOptions;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerException;
import io.minga.node.handlers.runtime.Stages;
import io.minga.node.journal.JobState;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskState;
import io.minga.node.story.TaskStory;
import io.minga.node.task.FunctionName;
import io.minga.node.value.Codec;
import io.minga.node.value.FunctionType;
import io.minga.node.value.ValueException;
import io.minga.node.value.ValueType;
import io.minga.node.value.Values;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One peer of a network: it offers functions, runs them for all peers, and calls those of all. Safe
 * for any thread.
 */
public final class Peer implements AutoCloseable {
  private final PeerRuntime runtime;

  private Peer(PeerRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * Starts a peer.
   *
   * @throws HostException if it cannot listen where it should; the message says why and what would
   *     be right
   * @throws IllegalArgumentException if it can't keep blocks where it should
   * @throws IllegalStateException if its journal can't be used; the message says why
   */
  public static Peer start(PeerOptions options) throws HostException {
    return new Peer(
        PeerRuntime.start(
            options.node(),
            options.store(),
            options.host(),
            options.discovery(),
            new DiscoveryListener() {},
            options.journal().orElse(null)));
  }

  /** Starts a peer without a network, which does all by itself: a slot for each core. */
  public static Peer local() {
    return local(Runtime.getRuntime().availableProcessors());
  }

  /** Starts a peer without a network, with so many tasks at once. */
  public static Peer local(int slots) {
    return new Peer(PeerRuntime.alone(NodeOptions.of("local", slots)));
  }

  /** Who it is. */
  public PeerId id() {
    return runtime.self();
  }

  /** Where others connect to it: addresses that end in {@code /p2p/…}. */
  public List<Multiaddr> addresses() {
    return runtime.addresses();
  }

  /** The peers that it is connected with. */
  public List<PeerId> connectedPeers() {
    return runtime.connectedPeers();
  }

  /**
   * Connects with a peer, once; those of {@link PeerOptions#discovery} are connected by themselves.
   *
   * @param address one that ends in {@code /p2p/…}
   * @return completes when there is a connection, or fails with a {@link HostException}
   */
  public CompletableFuture<Void> connect(Multiaddr address) {
    return runtime.connect(address);
  }

  /**
   * Offers a function to all peers.
   *
   * @param name 1 to 128 of {@code a-z 0-9 . _ / -}
   * @return the function as all peers offer it
   * @throws IllegalArgumentException if the name is not one, or a type cannot be carried
   * @throws IllegalStateException if it is offered already
   */
  public <A extends @Nullable Object, R extends @Nullable Object> RemoteFunction<A, R> register(
      String name, Class<A> argument, Class<R> result, TaskFunction<A, R> function) {
    return register(name, Values.codec(argument), Values.codec(result), function);
  }

  /** The same, of types with arguments. */
  public <A extends @Nullable Object, R extends @Nullable Object> RemoteFunction<A, R> register(
      String name, ValueType<A> argument, ValueType<R> result, TaskFunction<A, R> function) {
    return register(name, Values.codec(argument), Values.codec(result), function);
  }

  /** The same, of values with codecs of their own. */
  public <A extends @Nullable Object, R extends @Nullable Object> RemoteFunction<A, R> register(
      String name, Codec<A> argument, Codec<R> result, TaskFunction<A, R> function) {
    FunctionType<A, R> type = type(name, argument, result);
    Handler.Computing handler =
        (call, input) -> encodeResult(type, function.apply(decodeArgument(type, input)));
    runtime.functions().register(type.name(), handler);
    return new RemoteFunction<>(runtime, type, CallOptions.DEFAULT);
  }

  /** Offers a function that knows its token; see {@link #register}. */
  public <A extends @Nullable Object, R extends @Nullable Object>
      RemoteFunction<A, R> registerFenced(
          String name, Class<A> argument, Class<R> result, FencedFunction<A, R> function) {
    FunctionType<A, R> type = type(name, Values.codec(argument), Values.codec(result));
    Handler.Computing handler =
        (call, input) -> {
          Token token = new Token(call.task(), call.epoch(), id());
          return encodeResult(type, function.apply(decodeArgument(type, input), token));
        };
    runtime.functions().register(type.name(), handler);
    return new RemoteFunction<>(runtime, type, CallOptions.DEFAULT);
  }

  /** Offers a function that waits for others without holding a slot; see {@link #register}. */
  public <A extends @Nullable Object, R extends @Nullable Object>
      RemoteFunction<A, R> registerAsync(
          String name, Class<A> argument, Class<R> result, AsyncTaskFunction<A, R> function) {
    return registerAsync(
        name, Values.codec(argument), Values.codec(result), CallOptions.DEFAULT, function);
  }

  /**
   * The same, of a function that calls itself with options of its own.
   *
   * @param self how it calls itself; memoized in any case where it was called so
   */
  public <A extends @Nullable Object, R extends @Nullable Object>
      RemoteFunction<A, R> registerAsync(
          String name,
          Class<A> argument,
          Class<R> result,
          CallOptions self,
          AsyncTaskFunction<A, R> function) {
    return registerAsync(name, Values.codec(argument), Values.codec(result), self, function);
  }

  /**
   * The same, of values with codecs.
   *
   * @param self how it calls itself
   */
  public <A extends @Nullable Object, R extends @Nullable Object>
      RemoteFunction<A, R> registerAsync(
          String name,
          Codec<A> argument,
          Codec<R> result,
          CallOptions self,
          AsyncTaskFunction<A, R> function) {
    FunctionType<A, R> type = type(name, argument, result);
    RemoteFunction<A, R> itself = new RemoteFunction<>(runtime, type, self);
    RemoteFunction<A, R> memoized = itself.memoized();
    Stages.Staged staged =
        (call, input) ->
            start(type, function, decodeArgument(type, input), call.memoized() ? memoized : itself);
    runtime.functions().register(type.name(), Stages.handler(staged));
    return itself;
  }

  /** What is cancelled when nobody wants the result is the handler's own stage. */
  private static <A extends @Nullable Object, R extends @Nullable Object>
      CompletionStage<byte[]> start(
          FunctionType<A, R> type,
          AsyncTaskFunction<A, R> function,
          A argument,
          RemoteFunction<A, R> self)
          throws Exception {
    CompletionStage<R> stage = function.apply(argument, self);
    CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    stage.whenComplete(
        (value, thrown) -> {
          if (thrown != null) {
            bytes.completeExceptionally(thrown);
          } else {
            try {
              bytes.complete(encodeResult(type, value));
            } catch (RuntimeException e) {
              bytes.completeExceptionally(e);
            }
          }
        });
    bytes.whenComplete(
        (value, thrown) -> {
          if (bytes.isCancelled()) {
            stage.toCompletableFuture().cancel(true);
          }
        });
    return bytes;
  }

  /** Offers a function no more; what runs of it goes on. Whether it was offered. */
  public boolean unregister(String name) {
    return runtime.functions().unregister(new FunctionName(name));
  }

  /** A function that other peers offer. */
  public <A extends @Nullable Object, R extends @Nullable Object> RemoteFunction<A, R> function(
      String name, Class<A> argument, Class<R> result) {
    return function(name, Values.codec(argument), Values.codec(result));
  }

  /** The same, of types with arguments. */
  public <A extends @Nullable Object, R extends @Nullable Object> RemoteFunction<A, R> function(
      String name, ValueType<A> argument, ValueType<R> result) {
    return function(name, Values.codec(argument), Values.codec(result));
  }

  /** The same, of values with codecs of their own. */
  public <A extends @Nullable Object, R extends @Nullable Object> RemoteFunction<A, R> function(
      String name, Codec<A> argument, Codec<R> result) {
    return new RemoteFunction<>(runtime, type(name, argument, result), CallOptions.DEFAULT);
  }

  private <A extends @Nullable Object, R extends @Nullable Object> FunctionType<A, R> type(
      String name, Codec<A> argument, Codec<R> result) {
    return new FunctionType<>(new FunctionName(name), argument, result, runtime.valueBytesMax());
  }

  private static <A extends @Nullable Object> A decodeArgument(
      FunctionType<A, ?> type, byte[] input) {
    try {
      return type.decodeArgument(input);
    } catch (WireException e) {
      throw HandlerException.badInput(e.getMessage());
    }
  }

  private static <R extends @Nullable Object> byte[] encodeResult(
      FunctionType<?, R> type, R value) {
    try {
      return type.encodeResult(value);
    } catch (ValueException e) {
      throw new HandlerException(FailureKind.BAD_RESULT, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The durable jobs that were submitted at this peer, in this life or an earlier one, in the order
   * in which they came; until their time is over.
   */
  public List<JobState> durableJobs() {
    return Asked.of(runtime.durable().jobs());
  }

  /** How many tasks {@link #tasks()} lists. */
  public static final int TASKS_LISTED_MAX = 10_000;

  /**
   * Tasks that came in at this peer, those that it has of others, and the latest that are over; see
   * {@link #tasks(Set, int)}.
   */
  public List<TaskInfo> tasks() {
    return tasks(EnumSet.allOf(TaskState.class), TASKS_LISTED_MAX);
  }

  /**
   * Tasks in any of these states: open ones of this peer's callers, those of others that are here,
   * each in the order in which they came, and then what is over, the latest first. Of short tasks
   * that went well only a few are remembered.
   *
   * @param max how many, at most
   * @throws IllegalStateException if the peer is closed
   */
  public List<TaskInfo> tasks(Set<TaskState> states, int max) {
    return Asked.of(runtime.questions().tasks(states, max));
  }

  /**
   * What happened to a task, as far as this peer knows.
   *
   * @param name its CID, or its batch's CID and its place there, as in {@code bafi…/3}; of a CID
   *     the first {@value io.minga.node.story.TaskName#PREFIX_MIN} characters or more will do
   * @throws IllegalArgumentException if it names no task that is known, or several; the message
   *     says which
   */
  public TaskStory explain(String name) {
    return Asked.of(runtime.questions().explain(name));
  }

  /**
   * Ends a task that a caller of this peer waits for, wherever it is by now.
   *
   * @param name see {@link #explain}
   * @return whether it was open; if so its caller gets a {@link TaskFailedException} of kind
   *     CANCELLED
   * @throws IllegalArgumentException if it names no task that is known, or several, or one that
   *     came in at another peer, which the message names
   */
  public boolean cancel(String name) {
    return Asked.of(runtime.questions().cancel(name)).state().isOpen();
  }

  /**
   * Leaves the network: takes no more work, ends what it has begun, and gives back what it has not.
   * Calls that still wait for a result fail.
   */
  @Override
  public void close() {
    runtime.close();
  }
}
