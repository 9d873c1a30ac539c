package io.minga.node;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A job's outcomes between the loop, which puts them, and the one thread that takes them: in the
 * order of the arguments by following the chunks, or as they come by following a log. Neither takes
 * a lock.
 */
final class JobResults {
  private static final int SEGMENT = 1024;

  private final Job<?> job;

  /** What ended, in order; the loop appends. */
  private static final class Segment {
    final @Nullable JobChunk[] chunks = new @Nullable JobChunk[SEGMENT];
    final short[] indexes = new short[SEGMENT];
    volatile int count;
    volatile @Nullable Segment next;
  }

  /** The loop's. */
  private Segment log = new Segment();

  /** Whoever hands out. */
  private @Nullable JobChunk last;

  // The taker's.
  private volatile @Nullable Segment logHead = log;
  private volatile @Nullable JobChunk chunkHead;
  private volatile boolean begun;
  private boolean inOrder;
  private int at;

  private volatile @Nullable Thread waiting;

  JobResults(Job<?> job) {
    this.job = job;
  }

  /** The next chunk that is handed out; called by one thread at a time. */
  void append(JobChunk chunk) {
    JobChunk before = last;
    last = chunk;
    if (before == null) {
      chunkHead = begun && !inOrder ? null : chunk;
    } else {
      before.next = chunk;
    }
  }

  /** On the loop: a task has ended. */
  void ended(JobChunk chunk, int index) {
    if (begun && inOrder) {
      return;
    }
    Segment segment = log;
    int count = segment.count;
    if (count == SEGMENT) {
      Segment more = new Segment();
      segment.next = more;
      log = more;
      segment = more;
      count = 0;
    }
    segment.chunks[count] = chunk;
    segment.indexes[count] = (short) index;
    segment.count = count + 1;
  }

  /** Wakes whoever takes, if it sleeps. */
  void wake() {
    VarHandle.fullFence(); // what was put is seen before it sleeps, or it is seen sleeping
    Thread sleeping = waiting;
    if (sleeping != null) {
      LockSupport.unpark(sleeping);
    }
  }

  // The taker's.

  void begin(boolean inOrder) {
    this.inOrder = inOrder;
    begun = true;
    if (inOrder) {
      logHead = null;
    } else {
      chunkHead = null;
    }
  }

  /** Whether there is an outcome to take. */
  boolean hasNext() {
    return inOrder ? hasNextInOrder() : hasNextLogged();
  }

  private boolean hasNextInOrder() {
    JobChunk chunk = chunkHead;
    if (chunk != null && at == chunk.size()) {
      JobChunk next = chunk.next;
      if (next == null) {
        return false;
      }
      chunkHead = next;
      chunk = next;
      at = 0;
    }
    return chunk != null && chunk.has(at);
  }

  private boolean hasNextLogged() {
    Segment segment = logHead;
    if (segment == null) {
      throw new IllegalStateException("results are taken in the order of the arguments");
    }
    if (at == SEGMENT) {
      Segment next = segment.next;
      if (next == null) {
        return false;
      }
      logHead = next;
      segment = next;
      at = 0;
    }
    return at < segment.count;
  }

  /** The chunk of the next outcome. */
  JobChunk chunk() {
    Segment segment = logHead;
    JobChunk chunk = inOrder || segment == null ? chunkHead : segment.chunks[at];
    if (chunk == null) {
      throw new IllegalStateException("there is no next outcome");
    }
    return chunk;
  }

  /** Which of its chunk the next outcome is. */
  int index() {
    Segment segment = logHead;
    return inOrder || segment == null ? at : segment.indexes[at];
  }

  /** The next outcome was taken. */
  void advance() {
    Segment segment = logHead;
    if (!inOrder && segment != null) {
      segment.chunks[at] = null;
    }
    at++;
  }

  /** Sleeps until there may be more. */
  void await() {
    waiting = Thread.currentThread();
    VarHandle.fullFence();
    if (!hasNext()) {
      Job.sleep(job);
    }
    waiting = null;
  }
}
