package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.ControlException;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.libp2p.HostException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.core.Submission;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.runtime.BuiltIns;
import io.minga.node.handlers.runtime.CommandFormat;
import io.minga.node.handlers.runtime.CommandHandler;
import io.minga.node.handlers.runtime.CommandLine;
import io.minga.node.handlers.runtime.HandlerJars;
import io.minga.node.runtime.Arguments;
import io.minga.node.runtime.Caller;
import io.minga.node.runtime.KnownLoads;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.story.TaskState;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A peer in this process: what {@code minga start} runs, and what commands without one use. */
final class OwnPeer implements Daemon {
  private static final long LIFETIME_MILLIS = TimeUnit.DAYS.toMillis(1);
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MICROS_PER_MILLI = 1_000;

  private final PeerRuntime runtime;
  private final OwnJobs jobs;
  private final String network;
  private final List<HandlerJars> jars = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final long startedNanos = System.nanoTime();
  private final AtomicLong open = new AtomicLong();
  private final Map<PeerId, Tally> tallies = new ConcurrentHashMap<>();

  /**
   * What a peer did for callers here.
   *
   * @param tasks how many
   * @param lastNanos when the last of them ended
   */
  record Tally(long tasks, long lastNanos) {
    Tally and(Tally other) {
      return new Tally(tasks + other.tasks, other.lastNanos);
    }
  }

  private OwnPeer(PeerRuntime runtime, String network) {
    this.runtime = runtime;
    this.jobs = new OwnJobs(runtime);
    this.network = network;
  }

  /** Starts a peer, which offers the functions that every peer has, and those of the settings. */
  static OwnPeer start(PeerSettings settings, DiscoveryListener listener) throws Failure {
    try {
      PeerRuntime runtime =
          PeerRuntime.start(
              settings.node(),
              settings.store(),
              settings.host(),
              settings.discovery(),
              listener,
              settings.journal().orElse(null));
      OwnPeer peer = new OwnPeer(runtime, settings.node().network());
      try {
        peer.offer(settings);
        return peer;
      } catch (RuntimeException e) {
        peer.close();
        throw e;
      }
    } catch (HostException | IllegalArgumentException | IllegalStateException e) {
      throw new Failure(e);
    }
  }

  private void offer(PeerSettings settings) {
    SortedMap<FunctionName, Handler> all = new TreeMap<>(BuiltIns.all());
    for (CommandLine command : settings.commands()) {
      if (all.put(command.name(), new CommandHandler(command, CommandFormat.VALUES)) != null) {
        throw new IllegalArgumentException(
            "the function %s is offered twice; --allow-command needs another name for it"
                .formatted(command.name()));
      }
    }
    runtime.functions().registerAll(all);
    settings
        .handlers()
        .ifPresent(
            directory -> {
              HandlerJars loaded = HandlerJars.load(directory, runtime.functions());
              jars.add(loaded);
              problems.addAll(loaded.problems());
            });
  }

  PeerId id() {
    return runtime.self();
  }

  List<Multiaddr> addresses() {
    return runtime.addresses();
  }

  /** The names of what it offers. */
  List<String> offered() {
    return runtime.functions().names().stream().map(FunctionName::toString).toList();
  }

  /** A sentence for each jar of handlers that could not be used. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** What each peer did for callers here. */
  Map<PeerId, Tally> tallies() {
    return new TreeMap<>(tallies);
  }

  @Override
  public CompletableFuture<Outcome> call(String function, JsonNode input, Way way) {
    FunctionName name;
    byte[] bytes;
    Policy policy;
    try {
      name = new FunctionName(function);
      bytes = io.minga.node.value.Json.toValue(input.toString());
      policy = policy(way);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new ControlException(String.valueOf(e.getMessage()), e));
    }
    if (bytes.length > runtime.valueBytesMax()) {
      return CompletableFuture.failedFuture(
          new ControlException(
              "the input has %d B as a value, and a task takes at most %d"
                  .formatted(bytes.length, runtime.valueBytesMax())));
    }
    Call call = new Call();
    try (Arguments arguments = runtime.arguments(1)) {
      arguments.add(bytes);
      call.start(name, policy, arguments);
      return call;
    } catch (BlockException e) {
      return CompletableFuture.failedFuture(
          new ControlException("the input can't be kept: " + e.getMessage(), e));
    }
  }

  @Override
  public CompletableFuture<Void> map(
      String function, List<Bytes> inputs, long jobCalls, Way way, Consumer<List<Ended>> came) {
    try {
      JobPart part =
          new JobPart(
              runtime,
              inputs,
              came,
              (peer, calls) -> {
                open.addAndGet(-calls);
                if (peer != null) {
                  tallies.merge(peer, new Tally(calls, System.nanoTime()), Tally::and);
                }
              });
      open.addAndGet(inputs.size());
      part.start(new FunctionName(function), policy(way), jobCalls);
      return part;
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new ControlException(String.valueOf(e.getMessage()), e));
    }
  }

  @Override
  public CompletableFuture<String> submit(
      String function, List<JsonNode> inputs, Way way, long keepMillis) {
    return jobs.submit(function, inputs, way, keepMillis);
  }

  @Override
  public CompletableFuture<List<JobRow>> jobs() {
    return jobs.all();
  }

  @Override
  public CompletableFuture<JobRow> job(String name, boolean whenDone) {
    return jobs.one(name, whenDone);
  }

  @Override
  public CompletableFuture<List<JobEnd>> outcomes(String name, long from) {
    return jobs.outcomes(name, from);
  }

  @Override
  public CompletableFuture<JournalRow> journal() {
    return jobs.journal();
  }

  /** Completes with the reason when the peer fails, so that this process is to end. */
  CompletableFuture<String> failure() {
    return runtime.failure();
  }

  private static Policy policy(Way way) {
    long timeoutMillis = way.timeoutMillis().orElse(0);
    return timeoutMillis == 0 && !way.exclusive()
        ? Policy.DEFAULT
        : new Policy(
            Policy.DEFAULT.priority(),
            timeoutMillis,
            Policy.DEFAULT.attemptsMax(),
            Requirements.NONE,
            Placement.BALANCED,
            1,
            1,
            way.exclusive(),
            false,
            "");
  }

  /** A call on its way; its outcome comes on the node's loop, and is told elsewhere. */
  private final class Call extends CompletableFuture<Outcome> implements Caller {
    private Runnable withdrawal = () -> {};
    private @Nullable Batch batch;
    private int index;

    void start(FunctionName name, Policy policy, Arguments arguments) {
      open.incrementAndGet();
      Submission submission =
          runtime.submit(
              this, name, policy, false, LIFETIME_MILLIS, 1, false, arguments.payloads());
      withdrawal = () -> runtime.cancel(submission);
    }

    @Override
    public void completed(Effect.Complete end) {
      batch = end.batch();
      index = end.index();
      completed(end.call(), end.outcome(), end.peer(), end.attempts());
    }

    @Override
    public void completed(
        int call, io.minga.node.task.Outcome outcome, @Nullable PeerId peer, int attempts) {
      open.decrementAndGet();
      if (peer != null) {
        tallies.merge(peer, new Tally(1, System.nanoTime()), Tally::and);
      }
      BlockHold hold =
          outcome instanceof io.minga.node.task.Outcome.Value value
                  && value.payload() instanceof Payload.Content content
              ? runtime.hold(content)
              : null;
      runtime.later(() -> complete(read(outcome, hold, peer, attempts, cid(batch, index))));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        withdrawal.run();
      }
      return cancelled;
    }
  }

  /** The name of a task; null if it never became one. */
  static @Nullable String cid(@Nullable Batch batch, int index) {
    return batch == null ? null : batch.task(index).cid().toString();
  }

  private static Outcome read(
      io.minga.node.task.Outcome outcome,
      @Nullable BlockHold hold,
      @Nullable PeerId peer,
      int attempts,
      @Nullable String cid) {
    String who = peer == null ? null : peer.toString();
    if (outcome instanceof io.minga.node.task.Outcome.Failure failure) {
      return failed(failure, peer, attempts, cid);
    }
    Payload payload = ((io.minga.node.task.Outcome.Value) outcome).payload();
    try (hold) {
      byte[] bytes =
          hold == null ? ((Payload.Inline) payload).toBytes().toByteArray() : hold.bytes();
      return new Value(Json.parse(io.minga.node.value.Json.ofValue(bytes)));
    } catch (WireException | IllegalArgumentException | BlockException e) {
      return new Failed(
          "BAD_RESULT", "the result can't be shown: " + e.getMessage(), cid, who, attempts, "");
    }
  }

  /** A failure as commands are told it. */
  static Failed failed(
      io.minga.node.task.Outcome.Failure failure,
      @Nullable PeerId peer,
      int attempts,
      @Nullable String cid) {
    String message =
        failure.type().isEmpty()
            ? failure.message()
            : failure.message().isEmpty()
                ? failure.type()
                : failure.type() + ": " + failure.message();
    String who = peer == null ? null : peer.toString();
    return new Failed(failure.kind().toString(), message, cid, who, attempts, failure.stack());
  }

  @Override
  public CompletableFuture<Status> status() {
    return runtime
        .refreshLoad()
        .thenCompose(nothing -> runtime.questions().keptOff())
        .thenCombine(jobs.kept(), this::statusNow);
  }

  private Status statusNow(List<io.minga.node.core.KeptOff> keptOff, long kept) {
    List<KnownLoads.Load> loads = runtime.loads().all();
    LoadReport own =
        loads.stream()
            .filter(it -> it.peer().equals(id()))
            .findFirst()
            .map(KnownLoads.Load::report)
            .orElse(null);
    long done = tallies.values().stream().mapToLong(Tally::tasks).sum();
    return new Status(
        id().toString(),
        network,
        addresses().stream().map(Multiaddr::toString).toList(),
        (System.nanoTime() - startedNanos) / NANOS_PER_MILLI,
        (int) loads.stream().filter(it -> !it.peer().equals(id())).count(),
        own == null ? 0 : own.slots(),
        own == null ? 0 : own.busySlots(),
        own == null ? 0 : own.queuedTasks(),
        runtime.tasksRun(),
        open.get(),
        done,
        own == null ? 0 : own.workMicros() / MICROS_PER_MILLI,
        kept,
        keptOff.stream()
            .map(
                it ->
                    new KeptOff(
                        it.peer().toString(),
                        it.function().toString(),
                        it.forNanos() / NANOS_PER_MILLI))
            .toList());
  }

  @Override
  public CompletableFuture<List<PeerRow>> peers() {
    return runtime.refreshLoad().thenApply(nothing -> peersNow());
  }

  private List<PeerRow> peersNow() {
    List<PeerId> connected = runtime.connectedPeers();
    List<PeerRow> rows = new ArrayList<>();
    for (KnownLoads.Load load : runtime.loads().all()) {
      rows.add(row(load, connected.contains(load.peer())));
    }
    rows.sort(Comparator.comparing(PeerRow::self).reversed().thenComparing(PeerRow::peer));
    return rows;
  }

  private PeerRow row(KnownLoads.Load load, boolean isConnected) {
    LoadReport report = load.report();
    long workMillis = report.workMicros() / MICROS_PER_MILLI;
    Tally tally = tallies.getOrDefault(load.peer(), new Tally(0, 0));
    return new PeerRow(
        load.peer().toString(),
        load.peer().equals(id()),
        report.draining() ? "leaving" : isConnected ? "connected" : "heard of",
        report.slots(),
        report.queuedTasks(),
        workMillis,
        workMillis / Math.max(1, report.slots()),
        tally.tasks(),
        report.tags());
  }

  @Override
  public CompletableFuture<List<FunctionRow>> functions() {
    SortedMap<FunctionName, List<LoadReport.FunctionLoad>> offers = new TreeMap<>();
    for (FunctionName own : runtime.functions().names()) {
      offers.put(own, new ArrayList<>());
    }
    for (KnownLoads.Load load : runtime.loads().all()) {
      for (LoadReport.FunctionLoad function : load.report().functions()) {
        offers.computeIfAbsent(function.function(), it -> new ArrayList<>()).add(function);
      }
    }
    List<FunctionRow> rows = new ArrayList<>();
    offers.forEach((name, offered) -> rows.add(row(name, offered)));
    return CompletableFuture.completedFuture(rows);
  }

  private FunctionRow row(FunctionName name, List<LoadReport.FunctionLoad> offered) {
    double mean =
        offered.stream()
            .mapToLong(LoadReport.FunctionLoad::meanMicros)
            .filter(it -> it > 0)
            .average()
            .orElse(0);
    boolean here = runtime.functions().names().contains(name);
    return new FunctionRow(
        name.toString(), Math.max(offered.size(), here ? 1 : 0), here, mean / MICROS_PER_MILLI);
  }

  @Override
  public CompletableFuture<List<TaskRow>> tasks(List<String> states, int max) {
    Set<TaskState> wanted;
    try {
      wanted = TaskRows.states(states);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(
          new ControlException(String.valueOf(e.getMessage()), e));
    }
    return asked(
        runtime.questions().tasks(wanted, max),
        tasks -> tasks.stream().map(it -> TaskRows.row(it, Instant.now())).toList());
  }

  @Override
  public CompletableFuture<TaskRow> cancel(String name) {
    return asked(runtime.questions().cancel(name), it -> TaskRows.row(it, Instant.now()));
  }

  @Override
  public CompletableFuture<Long> cancelAll() {
    return asked(runtime.questions().cancelAll(), it -> it);
  }

  @Override
  public CompletableFuture<Story> explain(String name) {
    return asked(runtime.questions().explain(name), it -> TaskRows.story(it, Instant.now()));
  }

  /** The answer as commands are told it; what a person got wrong is for the person. */
  private static <T, R> CompletableFuture<R> asked(
      CompletableFuture<T> question, Function<T, R> told) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    question.whenComplete(
        (known, thrown) -> {
          Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
          if (cause instanceof IllegalArgumentException || cause instanceof IllegalStateException) {
            answer.completeExceptionally(new ControlException(String.valueOf(cause.getMessage())));
          } else if (cause != null) {
            answer.completeExceptionally(cause);
          } else {
            answer.complete(told.apply(known));
          }
        });
    return answer;
  }

  /** Leaves: hands over what waits here, ends what runs, and stops. */
  @Override
  public void close() {
    runtime.close();
    jars.forEach(HandlerJars::close);
  }
}
