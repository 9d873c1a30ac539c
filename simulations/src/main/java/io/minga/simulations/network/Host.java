package io.minga.simulations.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;

/** Where a peer runs: its connections and its clock. */
final class Host<F> {
  final int number;
  final SimulatedPeer<F> peer;
  final LinkedHashMap<Integer, Connection<F>> connections = new LinkedHashMap<>();

  /** Whom it dials at the moment. */
  final LinkedHashSet<Integer> dialled = new LinkedHashSet<>(2);

  boolean isUp = true;

  /** Which part of a split network it is in. */
  int part;

  long tickNanos = Long.MAX_VALUE;
  long sentBytes;
  long sentFrames;

  /** What has left our buffers and the peer has not been told of: peer and bytes. */
  private long[] written = new long[8];

  private int writtenCount;

  Host(int number, SimulatedPeer<F> peer) {
    this.number = number;
    this.peer = peer;
  }

  void wrote(int to, int bytes) {
    if (writtenCount == written.length) {
      written = Arrays.copyOf(written, 2 * writtenCount);
    }
    written[writtenCount++] = (long) to << 32 | bytes;
  }

  /** Tells the peer what has left; it may send more at once. */
  void tellWritten(long nowNanos) {
    for (int i = 0; i < writtenCount; i++) {
      int to = (int) (written[i] >> 32);
      if (connections.containsKey(to)) {
        peer.sent(nowNanos, to, (int) written[i]);
      }
    }
    writtenCount = 0;
  }
}
