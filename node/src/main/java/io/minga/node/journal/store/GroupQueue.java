package io.minga.node.journal.store;

import io.minga.node.journal.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a journal's thread, which takes as a group what is to share a commit. New work,
 * and outcomes that somebody may be waiting for, are taken at once; a group of others lingers, so
 * that more come to share its commit. To be added to by any thread; all else is the journal's
 * thread's.
 */
final class GroupQueue {
  /** From so many open tasks of this peer's own on, nobody waits for the outcome of just one. */
  static final int CROWD = 256;

  /** About as long is what is said of how often tasks were tried. */
  private static final int TRIED_BYTES = 64;

  private final JournalOptions options;
  private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private volatile boolean crowded;

  /** Whether something urgent came since the last group was begun; under the lock. */
  private boolean hurried;

  sealed interface Work {}

  /** An entry, by its number. */
  record Write(long number, Entry entry) implements Work {}

  /** A question; {@code missed} is run instead if it comes too late. */
  record Ask(Runnable question, Runnable missed) implements Work {}

  /** Nothing comes after it that must be taken. */
  record Stop() implements Work {}

  /** What was taken together, in the order in which it came. */
  static final class Group {
    final List<Write> writes = new ArrayList<>();
    final List<Ask> asked = new ArrayList<>();
    boolean stops;
    private long bytes;
    private boolean urgent;

    private void add(Work work) {
      if (work instanceof Write write) {
        writes.add(write);
        bytes += bytes(write.entry);
      } else if (work instanceof Ask ask) {
        asked.add(ask);
      } else {
        stops = true;
      }
    }
  }

  GroupQueue(JournalOptions options) {
    this.options = options;
  }

  void add(Work work) {
    if (!isUrgent(work)) {
      queue.add(work);
      return;
    }
    synchronized (this) { // or it may be taken first, and then the next group hurries for it
      queue.add(work);
      hurried = true;
      notifyAll();
    }
  }

  private boolean isUrgent(Work work) {
    if (work instanceof Write write) {
      boolean isOwnOutcome =
          write.entry instanceof Entry.Ended || write.entry instanceof Entry.Tried;
      return isNewWork(write.entry) || (isOwnOutcome && !crowded);
    }
    return true;
  }

  /** Whether it may be refused, for nobody was promised anything yet. */
  static boolean isNewWork(Entry entry) {
    return entry instanceof Entry.Opened || entry instanceof Entry.Copied;
  }

  private static long bytes(Entry entry) {
    if (entry instanceof Entry.Opened it) {
      return it.batch().bytes().length();
    } else if (entry instanceof Entry.Copied it) {
      return it.keep().batch().bytes().length();
    } else if (entry instanceof Entry.CopyEnded it) {
      return it.ended().results().encode().length();
    }
    return entry instanceof Entry.Ended it ? it.results().encode().length() : TRIED_BYTES;
  }

  /** How many tasks of this peer's own are open now. */
  void open(long tasks) {
    crowded = tasks >= CROWD;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  @Nullable Work poll() {
    return queue.poll();
  }

  /** The next group, which is empty if nothing has come for so long. */
  Group take(long waitNanos) throws InterruptedException {
    synchronized (this) {
      hurried = false;
    }
    Group group = new Group();
    Work first = queue.poll(waitNanos, TimeUnit.NANOSECONDS);
    if (first != null) {
      long untilNanos = System.nanoTime() + options.linger().toNanos();
      fill(group, first);
      if (!group.urgent && !isFull(group)) {
        linger(untilNanos);
        fill(group, queue.poll());
      }
    }
    return group;
  }

  private void fill(Group group, @Nullable Work first) {
    for (Work next = first; next != null; next = isFull(group) ? null : queue.poll()) {
      group.add(next);
      group.urgent |= isUrgent(next);
    }
  }

  private boolean isFull(Group group) {
    return group.writes.size() >= options.groupRowsMax() || group.bytes >= options.groupBytesMax();
  }

  /** Lets others come, which don't wake this thread unless they are urgent. */
  private synchronized void linger(long untilNanos) throws InterruptedException {
    long left = untilNanos - System.nanoTime();
    while (!hurried && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = untilNanos - System.nanoTime();
    }
  }
}
