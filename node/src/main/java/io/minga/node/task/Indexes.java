package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a set of indexes, as in claims: runs are two bytes each, first and last index; a
 * bitmap has bit {@code i & 7} of byte {@code i >> 3}, without its zero tail.
 */
final class Indexes {
  /** The longest encoding that is the shorter one: a whole bitmap. */
  static final int BYTES_MAX = IndexSet.CAPACITY / Byte.SIZE;

  private Indexes() {}

  static boolean runsAreShorter(IndexSet indexes) {
    return 2 * runCount(indexes) <= (indexes.last() + Byte.SIZE) / Byte.SIZE;
  }

  private static int runCount(IndexSet indexes) {
    int runs = 0;
    boolean before = false;
    int end = indexes.last() + 1;
    for (int i = 0; i < end; i++) {
      boolean here = indexes.contains(i);
      runs += here && !before ? 1 : 0;
      before = here;
    }
    return runs;
  }

  static Bytes runs(IndexSet indexes) {
    byte[] bytes = new byte[2 * runCount(indexes)];
    int size = 0;
    int end = indexes.last() + 1;
    for (int i = 0; i < end; i++) {
      if (!indexes.contains(i)) {
        continue;
      }
      int last = i;
      while (indexes.contains(last + 1)) {
        last++;
      }
      bytes[size++] = (byte) i;
      bytes[size++] = (byte) last;
      i = last;
    }
    return Bytes.copyOf(bytes);
  }

  static Bytes bitmap(IndexSet indexes) {
    byte[] bytes = new byte[(indexes.last() + Byte.SIZE) / Byte.SIZE];
    indexes.forEach(index -> bytes[index >> 3] |= (byte) (1 << (index & 7)));
    return Bytes.copyOf(bytes);
  }

  /** The set, or null if runs overlap, touch, don't ascend or are cut short. */
  static @Nullable IndexSet ofRuns(Bytes bytes) {
    int length = bytes.length();
    if (length == 2) {
      return bytes.at(0) <= bytes.at(1) ? IndexSet.range(bytes.at(0), bytes.at(1) + 1) : null;
    }
    int[] indexes = new int[IndexSet.CAPACITY];
    int size = 0;
    int free = 0;
    for (int i = 0; i < length; i += 2) {
      if (i + 1 == length || bytes.at(i) < free || bytes.at(i) > bytes.at(i + 1)) {
        return null;
      }
      for (int index = bytes.at(i); index <= bytes.at(i + 1); index++) {
        indexes[size++] = index;
      }
      free = bytes.at(i + 1) + 2; // one between two runs, or they would be one
    }
    return IndexSet.of(Arrays.copyOf(indexes, size));
  }

  /** The set, or null if the last byte is zero. */
  static @Nullable IndexSet ofBitmap(Bytes bytes) {
    int length = bytes.length();
    if (length == 0 || bytes.at(length - 1) == 0) {
      return null;
    }
    int[] indexes = new int[length * Byte.SIZE];
    int size = 0;
    for (int index = 0; index < indexes.length; index++) {
      if ((bytes.at(index >> 3) & 1 << (index & 7)) != 0) {
        indexes[size++] = index;
      }
    }
    return IndexSet.of(Arrays.copyOf(indexes, size));
  }
}
