package io.minga.libp2p.yamux;

import io.minga.libp2p.wire.WireException;

/** How much payload the peer still takes on one stream. */
final class SendWindow {
  /** Lengths are unsigned 32-bit numbers on the wire, and so no window is larger. */
  private static final long BYTES_MAX = 0xffff_ffffL;

  private long bytes;

  SendWindow(int initialBytes) {
    bytes = initialBytes;
  }

  long bytes() {
    return bytes;
  }

  /** Adds the credit of a window update, {@code delta} being unsigned. */
  void grow(int streamId, int delta) throws WireException {
    long sum = bytes + Integer.toUnsignedLong(delta);
    if (sum > BYTES_MAX) {
      throw new WireException(
          "yamux credit for stream %s makes a window of %d bytes, over %d"
              .formatted(Integer.toUnsignedString(streamId), sum, BYTES_MAX));
    }
    bytes = sum;
  }

  void take(int payloadBytes) {
    bytes -= payloadBytes;
  }
}
