package io.minga.libp2p.multistream;

import static io.minga.libp2p.multistream.MultistreamOptions.MESSAGE_BYTES_MAX;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts messages out of bytes that arrive split anywhere, and takes no byte beyond the message that
 * it returns. Holds at most one message of {@link MultistreamOptions#MESSAGE_BYTES_MAX}.
 */
final class MessageReader {
  /** The length's first byte, when the second one hasn't come yet; otherwise 0. */
  private int lengthLow;

  private @Nullable ByteBuffer message;

  /** The next whole message, length prefix included, or null if {@code in} ends before it does. */
  @Nullable Bytes next(ByteBuffer in) throws WireException {
    ByteBuffer partial = message;
    if (partial == null) {
      int length = readLength(in);
      if (length == 0) {
        return null;
      }
      partial = begin(length);
      message = partial;
    }
    int count = Math.min(partial.remaining(), in.remaining());
    partial.put(partial.position(), in, in.position(), count);
    partial.position(partial.position() + count);
    in.position(in.position() + count);
    if (partial.hasRemaining()) {
      return null;
    }
    message = null;
    if (partial.get(partial.limit() - 1) != '\n') {
      throw new WireException("a multistream message ends without a newline");
    }
    return Bytes.copyOf(partial.flip());
  }

  /** The length of the message that follows, or 0 if its prefix isn't complete. */
  private int readLength(ByteBuffer in) throws WireException {
    while (in.hasRemaining()) {
      int b = in.get() & 0xff;
      if (lengthLow == 0 && b >= 0x80) {
        lengthLow = b;
        continue;
      }
      if (b >= 0x80) {
        throw new WireException(
            "a multistream message has a length of more than two bytes; it is at most "
                + MESSAGE_BYTES_MAX);
      }
      if (lengthLow != 0 && b == 0) {
        throw new WireException("a multistream message's length is not in its shortest form");
      }
      int length = lengthLow == 0 ? b : (lengthLow & 0x7f) | (b << 7);
      lengthLow = 0;
      requireAllowed(length);
      return length;
    }
    return 0;
  }

  private static void requireAllowed(int length) throws WireException {
    if (length < 2) {
      throw new WireException(
          "a multistream message of " + length + " bytes has no text; it has at least 2 bytes");
    }
    if (length > MESSAGE_BYTES_MAX) {
      throw new WireException(
          "a multistream message is "
              + length
              + " bytes long, and "
              + MESSAGE_BYTES_MAX
              + " is the limit");
    }
  }

  private static ByteBuffer begin(int length) {
    ByteBuffer message;
    if (length < 0x80) {
      message = ByteBuffer.allocate(1 + length);
    } else {
      message = ByteBuffer.allocate(2 + length).put((byte) (length | 0x80));
      length >>= 7;
    }
    return message.put((byte) length);
  }
}
