package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.core.Input;
import io.minga.node.core.KeptOff;
import io.minga.node.core.NodeCore;
import io.minga.node.core.Submission;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskName;
import io.minga.node.story.TaskState;
import io.minga.node.story.TaskStory;
import io.minga.node.task.TaskRef;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What programs ask a running peer about single tasks. Safe for any thread.
 *
 * <p>A name that fits no task, or several, or the wrong one, gives an {@link
 * IllegalArgumentException} that says so; so does whatever else a person may get wrong. A peer that
 * has stopped gives an {@link IllegalStateException}.
 */
public final class Questions {
  private final PeerId self;
  private final NodeLoop loop;

  /** Where answers are given, and names are looked for, which takes a while. */
  private final Executor callers;

  Questions(PeerId self, NodeLoop loop, Executor callers) {
    this.self = self;
    this.loop = loop;
    this.callers = callers;
  }

  /** Asks the core. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(NodeCore core, long nowNanos, long nowMillis);
  }

  private <T> CompletableFuture<T> ask(Question<T> question) {
    return loop.ask((core, now) -> question.ask(core, now, System.currentTimeMillis()), it -> null)
        .thenApplyAsync(Function.identity(), callers);
  }

  /** Tasks in these states, at most {@code max}; see {@link io.minga.node.core.Book#tasks}. */
  public CompletableFuture<List<TaskInfo>> tasks(Set<TaskState> states, int max) {
    return ask((core, nanos, millis) -> core.book().tasks(nanos, millis, states, max));
  }

  /** Who gets no tasks of what from here; nobody any more once it has left. */
  public CompletableFuture<List<KeptOff>> keptOff() {
    return ask((core, nanos, millis) -> core.keptOff(nanos)).exceptionally(closed -> List.of());
  }

  /** What happened to the task that a person calls so. */
  public CompletableFuture<TaskStory> explain(String name) {
    return find(name).thenCompose(this::explain).thenApply(it -> known(it, name));
  }

  /** What happened to a task; nothing if it is not known here. */
  public CompletableFuture<Optional<TaskStory>> explain(TaskRef task) {
    return ask((core, nanos, millis) -> core.book().explain(nanos, millis, task));
  }

  /** What happened to what a call became; nothing if it is over, or never became anything. */
  public CompletableFuture<Optional<TaskStory>> explain(Submission submission, int call) {
    return ask(
        (core, nanos, millis) ->
            core.book()
                .task(submission, call)
                .flatMap(task -> core.book().explain(nanos, millis, task)));
  }

  private CompletableFuture<TaskRef> find(String name) {
    TaskName parsed;
    try {
      parsed = TaskName.parse(name);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    return ask((core, nanos, millis) -> core.book().batches()).thenApply(parsed::find);
  }

  private static <T> T known(Optional<T> found, String name) {
    return found.orElseThrow(
        () ->
            new IllegalArgumentException(
                "this peer knows the batch of %s, but never had that task".formatted(name)));
  }

  /**
   * Ends the task that a person calls so, if a caller of this peer waits for it.
   *
   * @return how it stood before; it is cancelled if it was open then
   */
  public CompletableFuture<TaskInfo> cancel(String name) {
    return find(name)
        .thenCompose(
            task ->
                loop.ask((core, now) -> cancellable(core, now, task, name), Questions::cancelling))
        .thenApplyAsync(Function.identity(), callers);
  }

  private TaskInfo cancellable(NodeCore core, long nowNanos, TaskRef task, String name) {
    TaskInfo info =
        known(core.book().explain(nowNanos, System.currentTimeMillis(), task), name).task();
    if (!info.submitter().equals(self)) {
      throw new IllegalArgumentException(
          "%s came in at another peer, %s; only there it can be cancelled"
              .formatted(name, info.submitter()));
    }
    return info;
  }

  private static @Nullable Input cancelling(TaskInfo info) {
    return info.state().isOpen() ? new Input.CancelTask(info.ref()) : null;
  }

  /** Ends all tasks that callers of this peer wait for; returns how many there were. */
  public CompletableFuture<Long> cancelAll() {
    return loop.ask((core, now) -> core.openTasks(), open -> new Input.CancelAll())
        .thenApplyAsync(Function.identity(), callers);
  }
}
