package io.minga.node.runtime.store;

import java.io.IOException;

/** A block that can't be kept, or not be read. The message is one sentence for a person. */
public final class BlockException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean full;

  BlockException(String message, boolean full) {
    super(message);
    this.full = full;
  }

  BlockException(String message, IOException cause) {
    super(message + ": " + cause.getMessage(), cause);
    this.full = false;
  }

  /** Whether there is just no room, now. */
  public boolean isFull() {
    return full;
  }
}
