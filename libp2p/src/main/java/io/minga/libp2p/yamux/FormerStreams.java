package io.minga.libp2p.yamux;

/**
 * Streams that we ended while the peer may still have data under way: it is dropped, but held to
 * the window that the peer had. The last so many are kept; the oldest makes room.
 */
final class FormerStreams {
  private final int[] ids;
  private final int[] creditBytes;
  private int next;

  FormerStreams(int capacity) {
    ids = new int[capacity];
    creditBytes = new int[capacity];
  }

  void add(int id, int credit) {
    ids[next] = id;
    creditBytes[next] = credit;
    next = (next + 1) % ids.length;
  }

  /** The peer ended {@code id} too: nothing more comes. */
  void remove(int id) {
    int slot = find(id);
    if (slot >= 0) {
      ids[slot] = 0;
    }
  }

  boolean contains(int id) {
    return find(id) >= 0;
  }

  /** Takes {@code bytes} from the window of {@code id}, which is kept here, if it has so many. */
  boolean take(int id, int bytes) {
    int slot = find(id);
    if (creditBytes[slot] < bytes) {
      return false;
    }
    creditBytes[slot] -= bytes;
    return true;
  }

  private int find(int id) {
    for (int slot = 0; slot < ids.length; slot++) {
      if (ids[slot] == id) {
        return slot;
      }
    }
    return -1;
  }
}
