package io.minga.node.runtime;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that all peers of a process share: loops, one a core, some for blocks, and a pool on
 * which callers' futures complete. Started for the first peer, stopped after the last.
 */
final class NodeThreads {
  private static final int BLOCK_THREADS_MAX = 4;

  private static @Nullable NodeThreads shared;

  private final EventExecutorGroup loops;
  private final EventExecutorGroup blocks;
  private final ExecutorService callers;
  private int users;

  private NodeThreads() {
    int cores = Runtime.getRuntime().availableProcessors();
    loops = new DefaultEventExecutorGroup(cores, new DefaultThreadFactory("minga-node", true));
    blocks =
        new DefaultEventExecutorGroup(
            Math.min(cores, BLOCK_THREADS_MAX), new DefaultThreadFactory("minga-blocks", true));
    callers =
        Executors.newFixedThreadPool(
            Math.max(2, cores), new DefaultThreadFactory("minga-callers", true));
  }

  /** The shared threads; each call is answered by one {@link #release}. */
  static synchronized NodeThreads acquire() {
    NodeThreads threads = shared;
    if (threads == null) {
      threads = new NodeThreads();
      shared = threads;
    }
    threads.users++;
    return threads;
  }

  /** Gives the threads back; the last one to do so stops them. */
  void release() {
    synchronized (NodeThreads.class) {
      if (--users > 0) {
        return;
      }
      shared = null;
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    blocks.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    callers.shutdown();
  }

  EventExecutorGroup loops() {
    return loops;
  }

  /** Where blocks are hashed, read and written; this may wait for a disk. */
  EventExecutorGroup blocks() {
    return blocks;
  }

  /** What is handed over is bounded by the calls that are open. */
  ExecutorService callers() {
    return callers;
  }
}
