package io.minga.crdt.claims;

import io.minga.crdt.wire.MalformedException;
import io.minga.crdt.wire.WireReader;
import io.minga.crdt.wire.WireWriter;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of tasks of one batch: indexes from 0 to 255. Immutable.
 *
 * <p>On the wire it is either runs, two bytes each (first and last index), or a bitmap of up to 32
 * bytes without its zero tail, whichever is shorter; runs when they are equal. For so few indexes
 * this is shorter than any roaring bitmap (decision 006).
 */
public final class IndexSet {
  /** How many indexes there can be: the most tasks in a batch. */
  public static final int CAPACITY = 256;

  /** The set of nothing. */
  public static final IndexSet EMPTY = new IndexSet(0, 0, 0, 0);

  /** The longest encoding, in bytes: that of a bitmap. */
  public static final int BYTES_MAX = CAPACITY / 8;

  private static final int WORDS = CAPACITY / Long.SIZE;

  private final long word0;
  private final long word1;
  private final long word2;
  private final long word3;

  private IndexSet(long word0, long word1, long word2, long word3) {
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
  }

  static IndexSet ofWords(long[] words) {
    return (words[0] | words[1] | words[2] | words[3]) == 0
        ? EMPTY
        : new IndexSet(words[0], words[1], words[2], words[3]);
  }

  /** The set of these indexes. */
  public static IndexSet of(int... indexes) {
    long[] words = new long[WORDS];
    for (int index : indexes) {
      if (index < 0 || index >= CAPACITY) {
        throw new IllegalArgumentException("an index is 0 to 255, not " + index);
      }
      words[index >> 6] |= 1L << index;
    }
    return ofWords(words);
  }

  /** The indexes from {@code from} to below {@code to}. */
  public static IndexSet range(int from, int to) {
    if (from < 0 || to > CAPACITY || from > to) {
      throw new IllegalArgumentException(
          "a range lies within 0 to 256, not from " + from + " to " + to);
    }
    long[] words = new long[WORDS];
    setRange(words, from, to);
    return ofWords(words);
  }

  private static void setRange(long[] words, int from, int to) {
    for (int index = from; index < to; index++) {
      words[index >> 6] |= 1L << index;
    }
  }

  long word(int i) {
    return switch (i) {
      case 0 -> word0;
      case 1 -> word1;
      case 2 -> word2;
      default -> word3;
    };
  }

  /** Whether the index is in the set. */
  public boolean contains(int index) {
    return index >= 0 && index < CAPACITY && (word(index >> 6) & 1L << index) != 0;
  }

  /** How many there are. */
  public int size() {
    return Long.bitCount(word0)
        + Long.bitCount(word1)
        + Long.bitCount(word2)
        + Long.bitCount(word3);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return (word0 | word1 | word2 | word3) == 0;
  }

  /** The largest index, or -1 if there is none. */
  public int last() {
    for (int i = WORDS - 1; i >= 0; i--) {
      if (word(i) != 0) {
        return (i << 6) + 63 - Long.numberOfLeadingZeros(word(i));
      }
    }
    return -1;
  }

  /** What is in either. */
  public IndexSet or(IndexSet other) {
    return new IndexSet(
        word0 | other.word0, word1 | other.word1, word2 | other.word2, word3 | other.word3);
  }

  /** What is in both. */
  public IndexSet and(IndexSet other) {
    return new IndexSet(
        word0 & other.word0, word1 & other.word1, word2 & other.word2, word3 & other.word3);
  }

  /** Whether anything is in both. */
  public boolean intersects(IndexSet other) {
    return ((word0 & other.word0)
            | (word1 & other.word1)
            | (word2 & other.word2)
            | (word3 & other.word3))
        != 0;
  }

  /** What is in this and not in the other. */
  public IndexSet andNot(IndexSet other) {
    return new IndexSet(
        word0 & ~other.word0, word1 & ~other.word1, word2 & ~other.word2, word3 & ~other.word3);
  }

  /** Calls {@code action} with every index, in ascending order. */
  public void forEach(IntConsumer action) {
    for (int i = 0; i < WORDS; i++) {
      for (long rest = word(i); rest != 0; rest &= rest - 1) {
        action.accept((i << 6) + Long.numberOfTrailingZeros(rest));
      }
    }
  }

  /** The indexes in ascending order. */
  public int[] toArray() {
    int[] indexes = new int[size()];
    int count = 0;
    for (int i = 0; i < WORDS; i++) {
      for (long rest = word(i); rest != 0; rest &= rest - 1) {
        indexes[count++] = (i << 6) + Long.numberOfTrailingZeros(rest);
      }
    }
    return indexes;
  }

  void encode(WireWriter out, int runsField, int bitmapField) {
    out.bytes(isShorterAsRuns() ? runsField : bitmapField, toBytes());
  }

  static IndexSet decode(WireReader in, int runsField, int bitmapField) throws MalformedException {
    boolean isRuns = in.hasBytes(runsField);
    int field = isRuns ? runsField : bitmapField;
    IndexSet set = decode(isRuns, in.bytes(field, BYTES_MAX));
    if (set == null) {
      throw in.at(field, "indexes are not in their one form, the shorter of runs and bitmap");
    }
    return set;
  }

  /** Whether the encoding is runs. */
  public boolean isShorterAsRuns() {
    return runs().length <= bitmapLength();
  }

  /** The encoding: runs or a bitmap, whichever is shorter. */
  public byte[] toBytes() {
    byte[] runs = runs();
    return runs.length <= bitmapLength() ? runs : bitmap();
  }

  /** The set of at least one index that has this encoding; null if it is the encoding of none. */
  public static @Nullable IndexSet decode(boolean isRuns, byte[] bytes) {
    IndexSet set = isRuns ? ofRuns(bytes) : ofBitmap(bytes);
    boolean right =
        !set.isEmpty() && isRuns == set.isShorterAsRuns() && Arrays.equals(bytes, set.toBytes());
    return right ? set : null;
  }

  private static IndexSet ofRuns(byte[] bytes) {
    long[] words = new long[WORDS];
    for (int i = 0; i + 1 < bytes.length; i += 2) {
      setRange(words, bytes[i] & 0xff, (bytes[i + 1] & 0xff) + 1);
    }
    return ofWords(words);
  }

  private static IndexSet ofBitmap(byte[] bytes) {
    long[] words = new long[WORDS];
    for (int i = 0; i < Math.min(bytes.length, BYTES_MAX); i++) {
      words[i >> 3] |= (bytes[i] & 0xffL) << (8 * (i & 7));
    }
    return ofWords(words);
  }

  private int bitmapLength() {
    return (last() + 8) / 8;
  }

  private byte[] bitmap() {
    byte[] bytes = new byte[bitmapLength()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (word(i >> 3) >>> (8 * (i & 7)));
    }
    return bytes;
  }

  /** First and last index of each run; no more than a bitmap would need and two. */
  private byte[] runs() {
    byte[] bytes = new byte[BYTES_MAX + 2];
    int size = 0;
    for (int first = next(0, true); first < CAPACITY && size < bytes.length; ) {
      int end = next(first, false);
      bytes[size++] = (byte) first;
      bytes[size++] = (byte) (end - 1);
      first = next(end, true);
    }
    return Arrays.copyOf(bytes, size);
  }

  /** The first index from {@code from} that is in the set, or is not; 256 if there is none. */
  private int next(int from, boolean in) {
    for (int i = from >> 6; i < WORDS; i++) {
      long word = (in ? word(i) : ~word(i)) & (i == from >> 6 ? -1L << from : -1L);
      if (word != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(word);
      }
    }
    return CAPACITY;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndexSet that
        && word0 == that.word0
        && word1 == that.word1
        && word2 == that.word2
        && word3 == that.word3;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(word0 + 31 * (word1 + 31 * (word2 + 31 * word3)));
  }

  /** The runs of the set, as in {@code [0-9, 12]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int first = next(0, true); first < CAPACITY; ) {
      int end = next(first, false);
      text.append(text.length() > 1 ? ", " : "").append(first);
      if (end > first + 1) {
        text.append('-').append(end - 1);
      }
      first = next(end, true);
    }
    return text.append(']').toString();
  }
}
