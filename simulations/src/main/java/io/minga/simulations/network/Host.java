package io.minga.simulations.network;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a peer runs: its connections and its clock. */
final class Host<F> {
  final int number;
  final SimulatedPeer<F> peer;
  private final LinkedHashMap<Integer, Connection<F>> connections = new LinkedHashMap<>();

  /** Those whom it has connections with, for whoever asks a thousand times a millisecond. */
  private final BitSet connected = new BitSet();

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

  // Connections.

  @Nullable Connection<F> connection(int other) {
    return connected.get(other) ? connections.get(other) : null;
  }

  /** All, in the order in which they came. */
  Collection<Connection<F>> connections() {
    return connections.values();
  }

  /** Whom they are with. */
  Set<Integer> connectedWith() {
    return connections.keySet();
  }

  boolean isConnected(int other) {
    return connected.get(other);
  }

  void connect(int other, Connection<F> connection) {
    connections.put(other, connection);
    connected.set(other);
  }

  /** The connection is gone, if it is still there and no other is in its place. */
  void disconnect(int other, Connection<F> connection) {
    if (connections.remove(other, connection)) {
      connected.clear(other);
    }
  }

  // What was sent.

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
      if (isConnected(to)) {
        peer.sent(nowNanos, to, (int) written[i]);
      }
    }
    writtenCount = 0;
  }
}
