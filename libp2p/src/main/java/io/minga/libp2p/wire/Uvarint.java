package io.minga.libp2p.wire;

import java.nio.ByteBuffer;

/**
 * Unsigned varints as multiformats defines them: seven bits a byte, least significant first, at
 * most nine bytes (63 bits), and only in their shortest form.
 */
public final class Uvarint {
  /** The longest encoding, in bytes. */
  public static final int LENGTH_MAX = 9;

  private Uvarint() {}

  /** How many bytes {@code value} (≥ 0) takes. */
  public static int length(long value) {
    requireEncodable(value);
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  /** Writes {@code value} (≥ 0) at the position of {@code out}. */
  public static void encode(long value, ByteBuffer out) {
    requireEncodable(value);
    long rest = value;
    while (rest >= 0x80) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /** The encoding of {@code value} (≥ 0). */
  public static Bytes encode(long value) {
    ByteBuffer out = ByteBuffer.allocate(length(value));
    encode(value, out);
    return Bytes.owned(out.array());
  }

  /**
   * Reads one varint from the position of {@code in}.
   *
   * @throws WireException if it is cut short, longer than nine bytes, or not in its shortest form
   */
  public static long decode(ByteBuffer in) throws WireException {
    long value = 0;
    for (int i = 0; i < LENGTH_MAX; i++) {
      if (!in.hasRemaining()) {
        throw new WireException("varint ends after " + i + " bytes without its last one");
      }
      byte b = in.get();
      value |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        if (b == 0 && i > 0) {
          throw new WireException("varint of " + (i + 1) + " bytes is not in its shortest form");
        }
        return value;
      }
    }
    throw new WireException("varint is longer than " + LENGTH_MAX + " bytes");
  }

  /**
   * Reads one varint that is the length of what follows it in {@code in}.
   *
   * @throws WireException if the varint is wrong, or is more than {@code max} or than what remains
   */
  public static int decodeLength(ByteBuffer in, int max) throws WireException {
    long length = decode(in);
    if (length > max) {
      throw new WireException("length " + length + " is above the limit of " + max + " B");
    }
    if (length > in.remaining()) {
      throw new WireException("length is " + length + ", but only " + in.remaining() + " B follow");
    }
    return (int) length;
  }

  private static void requireEncodable(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a varint can't be negative: " + value);
    }
  }
}
