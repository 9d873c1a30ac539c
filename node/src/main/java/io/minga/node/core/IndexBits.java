package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import java.util.function.IntConsumer;

/** A set of tasks of one batch that changes: indexes from 0 to 255. */
final class IndexBits {
  private long word0;
  private long word1;
  private long word2;
  private long word3;

  static IndexBits of(IndexSet indexes) {
    IndexBits bits = new IndexBits();
    bits.addAll(indexes);
    return bits;
  }

  static IndexBits first(int count) {
    IndexBits bits = new IndexBits();
    bits.word0 = ones(count);
    bits.word1 = ones(count - 64);
    bits.word2 = ones(count - 128);
    bits.word3 = ones(count - 192);
    return bits;
  }

  private static long ones(int count) {
    return count >= Long.SIZE ? -1L : count <= 0 ? 0 : (1L << count) - 1;
  }

  boolean contains(int index) {
    return (word(index >> 6) & 1L << index) != 0;
  }

  private long word(int i) {
    return switch (i) {
      case 0 -> word0;
      case 1 -> word1;
      case 2 -> word2;
      default -> word3;
    };
  }

  private void set(int i, long word) {
    switch (i) {
      case 0 -> word0 = word;
      case 1 -> word1 = word;
      case 2 -> word2 = word;
      default -> word3 = word;
    }
  }

  /** Adds an index; false if it was there. */
  boolean add(int index) {
    int i = index >> 6;
    long before = word(i);
    set(i, before | 1L << index);
    return word(i) != before;
  }

  /** Removes an index; false if it was not there. */
  boolean remove(int index) {
    int i = index >> 6;
    long before = word(i);
    set(i, before & ~(1L << index));
    return word(i) != before;
  }

  void addAll(IndexSet indexes) {
    indexes.forEach(this::add);
  }

  void addAll(IndexBits other) {
    word0 |= other.word0;
    word1 |= other.word1;
    word2 |= other.word2;
    word3 |= other.word3;
  }

  void removeAll(IndexBits other) {
    word0 &= ~other.word0;
    word1 &= ~other.word1;
    word2 &= ~other.word2;
    word3 &= ~other.word3;
  }

  /** Removes these; whether any was there. */
  boolean removeAny(IndexSet indexes) {
    if (isEmpty()) {
      return false;
    }
    int before = size();
    indexes.forEach(this::remove);
    return size() < before;
  }

  void retainAll(IndexBits other) {
    word0 &= other.word0;
    word1 &= other.word1;
    word2 &= other.word2;
    word3 &= other.word3;
  }

  void clear() {
    word0 = 0;
    word1 = 0;
    word2 = 0;
    word3 = 0;
  }

  IndexBits copy() {
    IndexBits copy = new IndexBits();
    copy.addAll(this);
    return copy;
  }

  /** Takes the {@code count} lowest indexes out, or all if there are fewer. */
  IndexBits takeFirst(int count) {
    IndexBits taken = new IndexBits();
    int left = count;
    for (int i = 0; i < 4 && left > 0; i++) {
      long word = word(i);
      long take = word;
      if (Long.bitCount(word) > left) {
        long rest = word;
        for (int n = 0; n < left; n++) {
          rest &= rest - 1;
        }
        take = word & ~rest;
      }
      left -= Long.bitCount(take);
      set(i, word & ~take);
      taken.set(i, take);
    }
    return taken;
  }

  boolean isEmpty() {
    return (word0 | word1 | word2 | word3) == 0;
  }

  int size() {
    return Long.bitCount(word0)
        + Long.bitCount(word1)
        + Long.bitCount(word2)
        + Long.bitCount(word3);
  }

  /** Calls {@code action} with every index, ascending; the action may change this set. */
  void forEach(IntConsumer action) {
    for (int i = 0; i < 4; i++) {
      for (long rest = word(i); rest != 0; rest &= rest - 1) {
        action.accept((i << 6) + Long.numberOfTrailingZeros(rest));
      }
    }
  }

  /** The smallest index, or -1 if there is none. */
  int first() {
    for (int i = 0; i < 4; i++) {
      if (word(i) != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(word(i));
      }
    }
    return -1;
  }

  IndexSet toSet() {
    int size = size();
    if (size == 0) {
      return IndexSet.EMPTY;
    }
    int first = first();
    if (last() - first + 1 == size) {
      return IndexSet.range(first, first + size);
    }
    int[] indexes = new int[size];
    int[] at = {0};
    forEach(index -> indexes[at[0]++] = index);
    return IndexSet.of(indexes);
  }

  /** The largest index, or -1 if there is none. */
  int last() {
    for (int i = 3; i >= 0; i--) {
      if (word(i) != 0) {
        return (i << 6) + 63 - Long.numberOfLeadingZeros(word(i));
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    return toSet().toString();
  }
}
