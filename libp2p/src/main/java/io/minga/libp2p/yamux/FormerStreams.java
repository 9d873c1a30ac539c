package io.minga.libp2p.yamux;

/**
 * Streams that we ended while the peer may still have data under way: it is dropped, but held to
 * the window that the peer had. The last so many are kept; the oldest makes room.
 *
 * <p>A stream is former because we reset it, or because we abandoned it: our side was closed both
 * ways, which the peer can't know. Towards a peer that has more to say than its window, abandoning
 * would be silence for ever, so it gets RST when the window is used up. Our FIN came before that,
 * so the peer loses nothing that we sent.
 */
final class FormerStreams {
  private final Resets resets;
  private final int[] ids;
  private final int[] creditBytes;
  private final boolean[] abandoned;
  private int next;

  FormerStreams(int capacity, Resets resets) {
    this.resets = resets;
    ids = new int[capacity];
    creditBytes = new int[capacity];
    abandoned = new boolean[capacity];
  }

  /** We reset, or refused, {@code id}; the peer had {@code credit} bytes left. */
  void addReset(int id, int credit) {
    add(id, credit, false);
  }

  /** We want no more of {@code id}; the peer had {@code credit} bytes left. */
  void addAbandoned(int id, int credit) {
    if (credit == 0) {
      resets.add(id, 0);
    }
    add(id, credit, credit > 0);
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
    if (creditBytes[slot] == 0) {
      giveUp(slot);
    }
    return true;
  }

  /** Takes {@code bytes} of a frame that was let in before {@code id} ended. */
  void takeAdmitted(int id, int bytes) {
    if (contains(id)) {
      take(id, bytes);
    }
  }

  private void add(int id, int credit, boolean isAbandoned) {
    giveUp(next);
    ids[next] = id;
    creditBytes[next] = credit;
    abandoned[next] = isAbandoned;
    next = (next + 1) % ids.length;
  }

  /** Tells the peer of a stream that was only abandoned. */
  private void giveUp(int slot) {
    if (ids[slot] != 0 && abandoned[slot]) {
      abandoned[slot] = false;
      resets.add(ids[slot], 0);
    }
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
