package io.minga.simulations.events;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Events in the order of their moments, and of their arrival where these are equal.
 *
 * <p>A heap of four children a node over two longs: the moment, and a number that rises with each
 * event and carries the slot where the event lies. So what moves in the heap are numbers, which
 * cost the collector nothing, and no two keys are equal.
 */
final class EventQueue {
  private static final int SLOT_BITS = 26;
  private static final int SLOTS_MAX = 1 << SLOT_BITS;
  private static final int CHILDREN = 4;

  private long[] moments = new long[1024];
  private long[] orders = new long[1024];
  private @Nullable Event[] slots = new Event[1024];
  private int[] freeSlots = new int[1024];
  private int freeCount;
  private int size;
  private long added;

  int size() {
    return size;
  }

  /** The moment of the next event; there must be one. */
  long earliestNanos() {
    return moments[0];
  }

  void add(long atNanos, Event event) {
    int slot = freeCount > 0 ? freeSlots[--freeCount] : size;
    if (slot == slots.length) {
      grow();
    }
    slots[slot] = event;
    siftUp(size++, atNanos, added++ << SLOT_BITS | slot);
  }

  private void grow() {
    if (size >= SLOTS_MAX) {
      throw new IllegalStateException("over " + SLOTS_MAX + " events wait, which is the limit");
    }
    int length = 2 * size;
    moments = Arrays.copyOf(moments, length);
    orders = Arrays.copyOf(orders, length);
    slots = Arrays.copyOf(slots, length);
    freeSlots = Arrays.copyOf(freeSlots, length);
  }

  /** Takes the next event out; there must be one. */
  Event remove() {
    int slot = (int) orders[0] & (SLOTS_MAX - 1);
    Event event = slots[slot];
    if (event == null) {
      throw new IllegalStateException("no event waits");
    }
    slots[slot] = null;
    freeSlots[freeCount++] = slot;
    size--;
    if (size > 0) {
      siftDown(moments[size], orders[size]);
    }
    return event;
  }

  private void siftUp(int from, long moment, long order) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) / CHILDREN;
      if (isBefore(moments[parent], orders[parent], moment, order)) {
        break;
      }
      moments[at] = moments[parent];
      orders[at] = orders[parent];
      at = parent;
    }
    moments[at] = moment;
    orders[at] = order;
  }

  private void siftDown(long moment, long order) {
    int at = 0;
    while (true) {
      int first = at * CHILDREN + 1;
      if (first >= size) {
        break;
      }
      int least = first;
      int end = Math.min(first + CHILDREN, size);
      for (int child = first + 1; child < end; child++) {
        if (isBefore(moments[child], orders[child], moments[least], orders[least])) {
          least = child;
        }
      }
      if (isBefore(moment, order, moments[least], orders[least])) {
        break;
      }
      moments[at] = moments[least];
      orders[at] = orders[least];
      at = least;
    }
    moments[at] = moment;
    orders[at] = order;
  }

  private static boolean isBefore(long moment, long order, long otherMoment, long otherOrder) {
    return moment != otherMoment ? moment < otherMoment : order < otherOrder;
  }
}
