package io.minga.node.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes CBOR items one behind the other, in the deterministic encoding of RFC 8949 section 4.2.1:
 * shortest heads, shortest floats, definite lengths; whoever writes a map sorts it with {@link
 * #sort}.
 */
final class CborWriter {
  private byte[] bytes;
  private int size;
  private int depth;

  CborWriter(int bytesExpected) {
    this.bytes = new byte[bytesExpected];
  }

  /** How many bytes were written. */
  int size() {
    return size;
  }

  /** All that was written; the writer is done. */
  byte[] bytes() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  void integer(long value) {
    if (value >= 0) {
      head(Cbor.UNSIGNED, value);
    } else {
      head(Cbor.NEGATIVE, ~value);
    }
  }

  void integer(BigInteger value) {
    if (value.bitLength() > CborReader.INTEGER_BYTES_MAX * Byte.SIZE) {
      throw new ValueException(
          "an integer has at most %d B, not %d"
              .formatted(CborReader.INTEGER_BYTES_MAX, value.bitLength() / Byte.SIZE + 1));
    }
    boolean negative = value.signum() < 0;
    BigInteger magnitude = negative ? value.not() : value;
    if (magnitude.bitLength() <= Long.SIZE) {
      head(negative ? Cbor.NEGATIVE : Cbor.UNSIGNED, magnitude.longValue());
      return;
    }
    byte[] big = magnitude.toByteArray();
    int sign = big[0] == 0 ? 1 : 0;
    head(Cbor.TAG, negative ? Cbor.TAG_NEGATIVE_BIGNUM : Cbor.TAG_BIGNUM);
    bytes(big, sign, big.length - sign);
  }

  /** A decimal fraction, with the scale that it has. */
  void decimal(BigDecimal value) {
    int exponent = -value.scale();
    if (exponent > CborReader.EXPONENT_MAX || exponent < -CborReader.EXPONENT_MAX) {
      throw new ValueException(
          "a decimal's exponent is from -%d to %d, not %d"
              .formatted(CborReader.EXPONENT_MAX, CborReader.EXPONENT_MAX, exponent));
    }
    head(Cbor.TAG, Cbor.TAG_DECIMAL);
    enterArray(2);
    integer(exponent);
    integer(value.unscaledValue());
    leave();
  }

  void floating(double value) {
    float single = (float) value;
    if (Double.isNaN(value)) {
      floating(Cbor.HALF, Cbor.HALF_NAN, Short.BYTES);
    } else if (single != value) {
      floating(Cbor.DOUBLE, Double.doubleToRawLongBits(value), Long.BYTES);
    } else {
      int half = Cbor.halfOf(single);
      if (half >= 0) {
        floating(Cbor.HALF, half, Short.BYTES);
      } else {
        floating(Cbor.SINGLE, Float.floatToRawIntBits(single), Integer.BYTES);
      }
    }
  }

  void bool(boolean value) {
    room(1);
    bytes[size++] = (byte) (value ? Cbor.TRUE : Cbor.FALSE);
  }

  void nothing() {
    room(1);
    bytes[size++] = (byte) Cbor.NULL;
  }

  void bytes(byte[] value) {
    bytes(value, 0, value.length);
  }

  private void bytes(byte[] value, int from, int length) {
    head(Cbor.BYTES, length);
    raw(value, from, length);
  }

  void text(String value) {
    int length = value.length();
    int ascii = 0;
    while (ascii < length && value.charAt(ascii) < 0x80) {
      ascii++;
    }
    if (ascii == length) {
      head(Cbor.TEXT, length);
      room(length);
      asciiTo(value, bytes, size);
      size += length;
      return;
    }
    checkSurrogates(value, ascii);
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    head(Cbor.TEXT, utf8.length);
    raw(utf8, 0, utf8.length);
  }

  @SuppressWarnings("deprecation") // it does what is wanted, the low bytes of ASCII, without a copy
  private static void asciiTo(String value, byte[] to, int at) {
    value.getBytes(0, value.length(), to, at);
  }

  private static void checkSurrogates(String value, int from) {
    for (int i = from; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        boolean pair =
            Character.isHighSurrogate(value.charAt(i))
                && i + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(i + 1));
        if (!pair) {
          throw new ValueException("a text has half of a surrogate pair at character " + i);
        }
        i++;
      }
    }
  }

  /** Goes into an array, whose {@code count} items follow, and then {@link #leave}. */
  void enterArray(int count) {
    enter();
    head(Cbor.ARRAY, count);
  }

  /** Goes into a map, whose {@code count} keys and values follow, and then {@link #leave}. */
  void enterMap(int count) {
    enter();
    head(Cbor.MAP, count);
  }

  private void enter() {
    if (++depth > Values.DEPTH_MAX) {
      throw new ValueException(
          "it nests deeper than %d levels, or contains itself".formatted(Values.DEPTH_MAX));
    }
  }

  void leave() {
    depth--;
  }

  /** Puts the head of an array before the {@code count} items that began at {@code from}. */
  void wrapArray(int from, int count) {
    wrap(Cbor.ARRAY, from, count);
  }

  /** Puts the head of a map before the {@code count} keys and values that began at {@code from}. */
  void wrapMap(int from, int count) {
    wrap(Cbor.MAP, from, count);
  }

  private void wrap(int major, int from, int count) {
    int end = size;
    head(major, count);
    byte[] head = Arrays.copyOfRange(bytes, end, size);
    System.arraycopy(bytes, from, bytes, from + head.length, end - from);
    System.arraycopy(head, 0, bytes, from, head.length);
  }

  /** Appends an item that is encoded already. */
  void item(byte[] encoded) {
    raw(encoded, 0, encoded.length);
  }

  /**
   * Puts the last {@code starts.length} pieces in the order of their bytes.
   *
   * @param starts where each of them begins; the last ends here
   */
  void sort(int[] starts) {
    if (starts.length < 2) {
      return;
    }
    int from = starts[0];
    byte[] unsorted = Arrays.copyOfRange(bytes, from, size);
    Integer[] order = new Integer[starts.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        (a, b) ->
            Arrays.compareUnsigned(
                unsorted,
                starts[a] - from,
                endOf(a, starts) - from,
                unsorted,
                starts[b] - from,
                endOf(b, starts) - from));
    int to = from;
    for (int piece : order) {
      int length = endOf(piece, starts) - starts[piece];
      System.arraycopy(unsorted, starts[piece] - from, bytes, to, length);
      to += length;
    }
  }

  private int endOf(int piece, int[] starts) {
    return piece + 1 < starts.length ? starts[piece + 1] : size;
  }

  private void head(int major, long argument) {
    room(1 + Long.BYTES);
    int width = Cbor.argumentBytes(argument);
    if (width == 0) {
      bytes[size++] = (byte) ((major << 5) | (int) argument);
    } else {
      bytes[size++] = (byte) ((major << 5) | Cbor.infoOfWidth(width));
      big(argument, width);
    }
  }

  private void floating(int head, long bits, int width) {
    room(1 + width);
    bytes[size++] = (byte) head;
    big(bits, width);
  }

  /** Writes the low {@code width} bytes, the highest first; there is room. */
  private void big(long bits, int width) {
    for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[size++] = (byte) (bits >>> shift);
    }
  }

  private void raw(byte[] value, int from, int length) {
    room(length);
    System.arraycopy(value, from, bytes, size, length);
    size += length;
  }

  private void room(int more) {
    if (more > bytes.length - size) {
      grow(more);
    }
  }

  private void grow(int more) {
    long needed = (long) size + more;
    // A head asks for nine bytes though it may take one.
    if (needed > Values.BYTES_MAX + 1L + Long.BYTES) {
      throw new ValueException(
          "it takes more than %d B, which is the most".formatted(Values.BYTES_MAX));
    }
    bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * size, Values.BYTES_MAX)));
  }
}
