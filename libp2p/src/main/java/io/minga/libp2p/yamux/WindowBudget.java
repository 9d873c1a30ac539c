package io.minga.libp2p.yamux;

/**
 * What all connections of a host together may promise their peers to receive. A session reserves
 * the initial window of each stream and each growth of a window, and releases all of it when the
 * stream is gone. Called on the session's thread; several sessions may share one.
 */
public interface WindowBudget {
  /** Takes {@code bytes} (&gt; 0), all or none, and says whether it did. */
  boolean reserve(int bytes);

  /** Gives back {@code bytes} that were reserved. */
  void release(int bytes);
}
