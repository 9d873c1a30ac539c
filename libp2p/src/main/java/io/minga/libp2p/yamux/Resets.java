package io.minga.libp2p.yamux;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect.Frame;
import java.util.ArrayDeque;

/** The RST frames that we owe the peer. */
final class Resets {
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private final int countMax;

  Resets(int countMax) {
    this.countMax = countMax;
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  void add(int id, int errorCode) {
    long head = FrameHeader.head(FrameHeader.WINDOW_UPDATE, FrameHeader.RST, id);
    frames.add(new Frame(head, errorCode));
  }

  Frame remove() {
    return frames.remove();
  }

  void clear() {
    frames.clear();
  }

  /**
   * Checks that all of the peer's streams and one more could be reset.
   *
   * @throws WireException if the peer opens streams faster than it reads their resets
   */
  void requireRoom(int inboundStreams) throws WireException {
    if (frames.size() + inboundStreams >= countMax) {
      throw new WireException(
          "yamux peer opens streams without reading that they were reset: %d resets are unsent, with %d open streams that should be fewer than %d"
              .formatted(frames.size(), inboundStreams, countMax));
    }
  }
}
