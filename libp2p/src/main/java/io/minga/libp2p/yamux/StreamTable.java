package io.minga.libp2p.yamux;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session by id: a hash table with open addressing, so that looking one up neither
 * boxes nor follows pointers. Id 0 is the session and never a key. At most half full; a peer that
 * picks colliding ids makes a probe as long as its streams are many, which is bounded.
 */
final class StreamTable {
  private static final int CAPACITY_MIN = 16;
  private static final int GOLDEN_RATIO = 0x9e37_79b9;

  private int[] ids = new int[CAPACITY_MIN];
  private @Nullable YamuxStream[] streams = new YamuxStream[CAPACITY_MIN];
  private int size;
  private @Nullable YamuxStream last;

  int size() {
    return size;
  }

  @Nullable YamuxStream get(int id) {
    YamuxStream recent = last;
    if (recent != null && recent.id == id) {
      return recent;
    }
    int mask = ids.length - 1;
    for (int slot = slot(id, mask); ids[slot] != 0; slot = (slot + 1) & mask) {
      if (ids[slot] == id) {
        last = streams[slot];
        return last;
      }
    }
    return null;
  }

  /** Adds a stream whose id is not in the table. */
  void add(YamuxStream stream) {
    if (2 * (size + 1) > ids.length) {
      grow();
    }
    place(stream);
    size++;
  }

  /** Removes a stream that is in the table. */
  void remove(YamuxStream stream) {
    int mask = ids.length - 1;
    int hole = slot(stream.id, mask);
    while (ids[hole] != stream.id) {
      hole = (hole + 1) & mask;
    }
    // Move back what follows, so that no probe ends at the hole before it gets there.
    for (int slot = (hole + 1) & mask; ids[slot] != 0; slot = (slot + 1) & mask) {
      int home = slot(ids[slot], mask);
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        ids[hole] = ids[slot];
        streams[hole] = streams[slot];
        hole = slot;
      }
    }
    ids[hole] = 0;
    streams[hole] = null;
    size--;
    if (last == stream) {
      last = null;
    }
  }

  void forEach(Consumer<YamuxStream> action) {
    for (YamuxStream stream : streams) {
      if (stream != null) {
        action.accept(stream);
      }
    }
  }

  void clear() {
    Arrays.fill(ids, 0);
    Arrays.fill(streams, null);
    size = 0;
    last = null;
  }

  private void grow() {
    @Nullable YamuxStream[] before = streams;
    ids = new int[2 * before.length];
    streams = new YamuxStream[2 * before.length];
    for (YamuxStream stream : before) {
      if (stream != null) {
        place(stream);
      }
    }
  }

  private void place(YamuxStream stream) {
    int mask = ids.length - 1;
    int slot = slot(stream.id, mask);
    while (ids[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    ids[slot] = stream.id;
    streams[slot] = stream;
  }

  private static int slot(int id, int mask) {
    int hash = id * GOLDEN_RATIO;
    return (hash ^ hash >>> 16) & mask;
  }
}
