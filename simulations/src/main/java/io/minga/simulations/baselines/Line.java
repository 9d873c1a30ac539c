package io.minga.simulations.baselines;

import java.util.Arrays;

/** Calls in a row, by their numbers: old ones leave at the front, new ones come at the back. */
final class Line {
  private int[] calls = new int[8];
  private int first;
  private int size;

  int size() {
    return size;
  }

  void add(int call) {
    if (size == calls.length) {
      int[] larger = Arrays.copyOfRange(calls, first, first + 2 * size);
      int wrapped = first + size - calls.length;
      System.arraycopy(calls, 0, larger, size - wrapped, wrapped);
      calls = larger;
      first = 0;
    }
    calls[(first + size++) & (calls.length - 1)] = call;
  }

  void addAll(Line others) {
    for (int i = 0; i < others.size; i++) {
      add(others.get(i));
    }
  }

  int get(int place) {
    return calls[(first + place) & (calls.length - 1)];
  }

  int removeFirst() {
    int call = get(0);
    first = (first + 1) & (calls.length - 1);
    size--;
    return call;
  }

  int removeLast() {
    return get(--size);
  }

  void clear() {
    size = 0;
  }
}
