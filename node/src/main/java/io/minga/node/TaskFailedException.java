package io.minga.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task that failed for good: what failed, where, how often it was tried, and why. */
public final class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient FunctionName function;
  private final transient @Nullable PeerId peer;
  private final int attempts;
  private final Outcome.Kind kind;
  private final String remoteType;
  private final String remoteMessage;
  private final String remoteStack;

  TaskFailedException(
      FunctionName function, Outcome.Failure failure, @Nullable PeerId peer, int attempts) {
    super(sentence(function, failure, peer, attempts));
    this.function = function;
    this.peer = peer;
    this.attempts = attempts;
    this.kind = failure.kind();
    this.remoteType = failure.type();
    this.remoteMessage = failure.message();
    this.remoteStack = failure.stack();
  }

  private static String sentence(
      FunctionName function, Outcome.Failure failure, @Nullable PeerId peer, int attempts) {
    StringBuilder out = new StringBuilder();
    out.append(function).append(" failed (").append(failure.kind());
    if (attempts > 0) {
      out.append(", attempt ").append(attempts);
    }
    if (peer != null) {
      out.append(", on ").append(peer);
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
