package io.minga.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.TaskRef;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task that failed for good: what failed, where, how often it was tried, and why. */
public final class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient FunctionName function;
  private final transient @Nullable PeerId peer;
  private final int attempts;
  private final transient @Nullable TaskRef task;
  private final transient @Nullable Cid cid;
  private final Outcome.Kind kind;
  private final String remoteType;
  private final String remoteMessage;
  private final String remoteStack;

  /** A failure of task {@code index} of {@code batch}, if it ever became a task. */
  TaskFailedException(
      FunctionName function,
      Outcome.Failure failure,
      @Nullable PeerId peer,
      int attempts,
      @Nullable Batch batch,
      int index) {
    this(
        function,
        failure,
        peer,
        attempts,
        batch == null ? null : new TaskRef(batch.cid(), index),
        batch == null ? null : batch.task(index).cid());
  }

  private TaskFailedException(
      FunctionName function,
      Outcome.Failure failure,
      @Nullable PeerId peer,
      int attempts,
      @Nullable TaskRef task,
      @Nullable Cid cid) {
    super(sentence(function, failure, peer, attempts, cid));
    this.task = task;
    this.cid = cid;
    this.function = function;
    this.peer = peer;
    this.attempts = attempts;
    this.kind = failure.kind();
    this.remoteType = failure.type();
    this.remoteMessage = failure.message();
    this.remoteStack = failure.stack();
  }

  private static String sentence(
      FunctionName function,
      Outcome.Failure failure,
      @Nullable PeerId peer,
      int attempts,
      @Nullable Cid cid) {
    StringBuilder out = new StringBuilder();
    out.append(function).append(" failed (").append(failure.kind());
    if (attempts > 0) {
      out.append(", attempt ").append(attempts);
    }
    if (peer != null) {
      out.append(", on ").append(peer);
    }
    if (cid != null) {
      out.append(", task ").append(cid);
    }
    out.append(')');
    if (!failure.type().isEmpty()) {
      out.append(": ").append(failure.type());
    }
    if (!failure.message().isEmpty()) {
      out.append(": ").append(failure.message());
    }
    return out.toString();
  }

  /** What was called. */
  public FunctionName function() {
    return function;
  }

  /** The task's CID, by which {@link Peer#explain} finds it; nothing if it never became a task. */
  public Optional<Cid> cid() {
    return Optional.ofNullable(cid);
  }

  /** Which submission of the task; equal memoizable calls have one CID. */
  public Optional<TaskRef> task() {
    return Optional.ofNullable(task);
  }

  /** Who ran it last, if anybody did. */
  public Optional<PeerId> peer() {
    return Optional.ofNullable(peer);
  }

  /** How often it was handed to a peer. */
  public int attempts() {
    return attempts;
  }

  /** Why it failed. */
  public Outcome.Kind kind() {
    return kind;
  }

  /** The class of what the function threw, or empty. */
  public String remoteType() {
    return remoteType;
  }

  /** What that said, or why nobody ran it. */
  public String remoteMessage() {
    return remoteMessage;
  }

  /** Where that was thrown, a frame a line, or empty. */
  public String remoteStack() {
    return remoteStack;
  }
}
