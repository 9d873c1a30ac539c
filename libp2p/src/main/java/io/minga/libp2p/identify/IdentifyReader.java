package io.minga.libp2p.identify;

import io.minga.libp2p.wire.LengthPrefixed;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;

/**
 * Reads one identify stream to its end: messages behind their lengths, split anywhere, merged into
 * one. go-libp2p sends what does not fit its first message in a second. One owner; of no more use
 * once it has thrown.
 */
public final class IdentifyReader {
  private final IdentifyLimits limits;
  private final LengthPrefixed frames;
  private IdentifyMessage merged = IdentifyMessage.EMPTY;
  private int messages;

  /** A reader at the start of a stream. */
  public IdentifyReader(IdentifyLimits limits) {
    this.limits = limits;
    this.frames = new LengthPrefixed(limits.messageBytesMax());
  }

  /**
   * Takes all of {@code in}.
   *
   * @throws WireException if a message is malformed or beyond the limits, or if it is one too many
   */
  public void read(ByteBuffer in) throws WireException {
    for (ByteBuffer frame = frames.next(in); frame != null; frame = frames.next(in)) {
      if (messages == limits.messagesMax()) {
        throw new WireException(
            "identify stream has more than " + limits.messagesMax() + " messages");
      }
      messages++;
      merged = merged.followedBy(IdentifyMessage.decode(frame, limits), limits);
    }
  }

  /**
   * Says that the peer has closed its side.
   *
   * @return all that it said
   * @throws WireException if it closed within a message, or without any
   */
  public IdentifyMessage finish() throws WireException {
    frames.finish();
    if (messages == 0) {
      throw new WireException("identify stream closed without a message; one at least is right");
    }
    return merged;
  }
}
