package io.minga.libp2p.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream of bytes into frames that a uvarint length precedes, as identify, gossipsub and
 * Kademlia use them.
 *
 * <p>A frame that lies whole in one input is returned as a view of it, without a copy. Only a frame
 * that spans inputs is gathered, in memory that grows with what has arrived (to at most twice of
 * it), never by what its length claims. One owner; not safe for use by several threads, and of no
 * more use once it has thrown.
 */
public final class LengthPrefixed {
  private static final int GATHERED_BYTES_MIN = 64;
  private static final int UNKNOWN = -1;

  private final int frameBytesMax;
  private long partialLength;
  private int partialLengthBytes;
  private int frameLength = UNKNOWN;
  private byte @Nullable [] gathered;
  private int gatheredLength;

  /** A splitter at the start of a stream whose frames have at most {@code frameBytesMax} bytes. */
  public LengthPrefixed(int frameBytesMax) {
    if (frameBytesMax < 0) {
      throw new IllegalArgumentException("frameBytesMax can't be negative: " + frameBytesMax);
    }
    this.frameBytesMax = frameBytesMax;
  }

  /** {@code frame} behind its length. */
  public static Bytes encode(Bytes frame) {
    return Uvarint.encode(frame.length()).concat(frame);
  }

  /**
   * Takes bytes from {@code in} up to the end of the next frame.
   *
   * <p>Call it until it returns null, with one input after the other.
   *
   * @return the frame, between position and limit, perhaps a view of {@code in} and so valid only
   *     while that is; or null if {@code in} ended first, all of it being taken
   * @throws WireException if a length is wrong or above the limit, as soon as that shows
   */
  public @Nullable ByteBuffer next(ByteBuffer in) throws WireException {
    if (frameLength == UNKNOWN && !takeLength(in)) {
      return null;
    }
    if (gatheredLength == 0 && in.remaining() >= frameLength) {
      ByteBuffer frame = in.slice(in.position(), frameLength);
      in.position(in.position() + frameLength);
      frameLength = UNKNOWN;
      return frame;
    }
    if (!in.hasRemaining()) {
      return null;
    }
    byte[] buffer = gather(in);
    if (gatheredLength < frameLength) {
      return null;
    }
    ByteBuffer frame = ByteBuffer.wrap(buffer, 0, frameLength);
    frameLength = UNKNOWN;
    gathered = null;
    gatheredLength = 0;
    return frame;
  }

  /**
   * Says that the stream has ended.
   *
   * @throws WireException if it ended within a frame
   */
  public void finish() throws WireException {
    if (frameLength != UNKNOWN) {
      throw new WireException(
          "stream ends after " + gatheredLength + " of a frame's " + frameLength + " B");
    }
    if (partialLengthBytes > 0) {
      throw new WireException("stream ends within a frame's length");
    }
  }

  /**
   * The memory that an unfinished frame takes, in bytes: at most 64 or twice what arrived of it.
   */
  public int heldBytes() {
    return gathered == null ? 0 : gathered.length;
  }

  /** Takes the frame's length byte by byte; false if the input ends within it. */
  private boolean takeLength(ByteBuffer in) throws WireException {
    while (in.hasRemaining()) {
      byte b = in.get();
      if (b == 0 && partialLengthBytes > 0) {
        throw new WireException("a frame's length is not a varint in its shortest form");
      }
      partialLength |= (long) (b & 0x7f) << (7 * partialLengthBytes);
      partialLengthBytes++;
      if (partialLength > frameBytesMax) {
        throw new WireException("a frame's length is above the limit of " + frameBytesMax + " B");
      }
      if (b >= 0) {
        frameLength = (int) partialLength;
        partialLength = 0;
        partialLengthBytes = 0;
        return true;
      }
      if (partialLengthBytes == Uvarint.LENGTH_MAX) {
        throw new WireException(
            "a frame's length is longer than " + Uvarint.LENGTH_MAX + " bytes as a varint");
      }
    }
    return false;
  }

  private byte[] gather(ByteBuffer in) {
    int taken = Math.min(in.remaining(), frameLength - gatheredLength);
    int needed = gatheredLength + taken;
    byte[] buffer = gathered;
    if (buffer == null) {
      buffer = new byte[Math.min(frameLength, Math.max(needed, GATHERED_BYTES_MIN))];
    } else if (buffer.length < needed) {
      long capacity = Math.max(needed, 2L * gatheredLength);
      buffer = Arrays.copyOf(buffer, (int) Math.min(frameLength, capacity));
    }
    in.get(buffer, gatheredLength, taken);
    gathered = buffer;
    gatheredLength = needed;
    return buffer;
  }
}
