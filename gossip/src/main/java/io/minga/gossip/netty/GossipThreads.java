package io.minga.gossip.netty;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that all gossip of a process shares, so many as there are cores of each kind: loops
 * for those who bring none, and a pool for signatures. Started for the first, stopped after the
 * last.
 */
final class GossipThreads {
  private static @Nullable GossipThreads shared;

  private final EventExecutorGroup loops;
  private final ExecutorService crypto;
  private int users;

  private GossipThreads() {
    int cores = Runtime.getRuntime().availableProcessors();
    loops = new DefaultEventExecutorGroup(cores, new DefaultThreadFactory("minga-gossip", true));
    crypto =
        Executors.newFixedThreadPool(cores, new DefaultThreadFactory("minga-gossip-crypto", true));
  }

  /** The shared threads; each call is answered by one {@link #release}. */
  static synchronized GossipThreads acquire() {
    GossipThreads threads = shared;
    if (threads == null) {
      threads = new GossipThreads();
      shared = threads;
    }
    threads.users++;
    return threads;
  }

  /** Gives the threads back; the last one to do so stops them. */
  void release() {
    synchronized (GossipThreads.class) {
      if (--users > 0) {
        return;
      }
      shared = null;
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    crypto.shutdown();
  }

  EventExecutorGroup loops() {
    return loops;
  }

  /** Where signatures are verified. What waits there is bounded by those who hand it over. */
  ExecutorService crypto() {
    return crypto;
  }
}
