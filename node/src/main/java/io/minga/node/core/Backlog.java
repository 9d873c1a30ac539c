package io.minga.node.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches with tasks that wait for a slot: by priority, then in turns between submitters. */
final class Backlog {
  private static final int PRIORITIES = 10;

  private final List<Deque<Held>> byPriority = new ArrayList<>(PRIORITIES);
  private long tasks;

  Backlog() {
    for (int i = 0; i < PRIORITIES; i++) {
      byPriority.add(new ArrayDeque<>());
    }
  }

  /** Some of its tasks, so many, are queued. */
  void add(Held held, int count) {
    tasks += count;
    if (!held.inQueue) {
      held.inQueue = true;
      byPriority.get(held.batch.header().policy().priority()).addLast(held);
    }
  }

  /** So many of a batch's tasks are queued no more. */
  void removed(int count) {
    tasks -= count;
  }

  /** The batch whose tasks are next; null if nothing waits. */
  @Nullable Held next() {
    for (int i = PRIORITIES - 1; i >= 0; i--) {
      Deque<Held> queue = byPriority.get(i);
      for (Held held = queue.peekFirst(); held != null; held = queue.peekFirst()) {
        if (!held.queued.isEmpty()) {
          return held;
        }
        held.inQueue = false;
        queue.removeFirst();
      }
    }
    return null;
  }

  long tasks() {
    return tasks;
  }
}
