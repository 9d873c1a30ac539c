package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads CBOR items in the one encoding that {@link CborWriter} writes, and refuses every other.
 * What an array or map says it has is believed only while the input has a byte for each item that
 * is announced, all containers together, so that what is made ahead of reading stays in proportion.
 */
final class CborReader {
  /** How many bytes an integer may have. */
  static final int INTEGER_BYTES_MAX = 64 << 10;

  /** How far from zero a decimal's exponent may be. */
  static final int EXPONENT_MAX = 10_000;

  private final byte[] bytes;
  private int at;
  private int depth;
  private int unclaimed;

  CborReader(byte[] bytes) {
    this.bytes = bytes;
    this.unclaimed = bytes.length - 1;
  }

  /** Where the next item begins. */
  int at() {
    return at;
  }

  /** The item that should have ended all. */
  void end() throws WireException {
    if (at != bytes.length) {
      throw new WireException(
          "the value ends at byte %d, but %d B follow".formatted(at, bytes.length - at));
    }
  }

  /** The major type of the next item, or -1 at the end. */
  int major() {
    return at < bytes.length ? (bytes[at] & 0xff) >>> 5 : -1;
  }

  /** The next item's first byte, or -1 at the end. */
  int head() {
    return at < bytes.length ? bytes[at] & 0xff : -1;
  }

  boolean isInteger() {
    return major() == Cbor.UNSIGNED || major() == Cbor.NEGATIVE;
  }

  boolean isFloating() {
    int head = head();
    return head >= Cbor.HALF && head <= Cbor.DOUBLE;
  }

  /** The argument of a tag that is next, without reading it, or -1; none of ours is longer. */
  int tag() {
    return major() == Cbor.TAG && (bytes[at] & 0x1f) < 24 ? bytes[at] & 0x1f : -1;
  }

  /** Reads a null if it is next. */
  boolean tryNothing() {
    if (head() != Cbor.NULL) {
      return false;
    }
    at++;
    return true;
  }

  boolean bool() throws WireException {
    int head = head();
    if (head != Cbor.TRUE && head != Cbor.FALSE) {
      throw expected("true or false");
    }
    at++;
    return head == Cbor.TRUE;
  }

  /** An integer from {@code min} to {@code max}. */
  long integer(long min, long max) throws WireException {
    if (!isInteger()) {
      throw expected("an integer");
    }
    int from = at;
    boolean negative = major() == Cbor.NEGATIVE;
    long argument = argument();
    long value = negative ? ~argument : argument;
    if (argument < 0 || value < min || value > max) {
      throw new WireException(
          "an integer from %d to %d is expected at byte %d, but there is another"
              .formatted(min, max, from));
    }
    return value;
  }

  /** An integer of any size. */
  BigInteger integer() throws WireException {
    if (isInteger()) {
      boolean negative = major() == Cbor.NEGATIVE;
      BigInteger magnitude = unsigned(argument());
      return negative ? magnitude.not() : magnitude;
    }
    int tag = tag();
    if (tag != Cbor.TAG_BIGNUM && tag != Cbor.TAG_NEGATIVE_BIGNUM) {
      throw expected("an integer");
    }
    int from = at++;
    claim(1, 1);
    byte[] magnitude = bytes(INTEGER_BYTES_MAX);
    if (magnitude.length <= Long.BYTES || magnitude[0] == 0) {
      throw new WireException("the integer at byte %d is not in its shortest form".formatted(from));
    }
    BigInteger value = new BigInteger(1, magnitude);
    return tag == Cbor.TAG_BIGNUM ? value : value.not();
  }

  private static BigInteger unsigned(long value) {
    BigInteger low = BigInteger.valueOf(value & Long.MAX_VALUE);
    return value >= 0 ? low : low.setBit(Long.SIZE - 1);
  }

  /** A float of any width, or an integer that a double is exact for, or a decimal. */
  double floating() throws WireException {
    if (isInteger()) {
      int from = at;
      long value = integer(Long.MIN_VALUE, Long.MAX_VALUE);
      if ((long) (double) value != value || value == Long.MAX_VALUE) {
        throw new WireException(
            "a float is expected at byte %d, but there is an integer that none equals"
                .formatted(from));
      }
      return value;
    }
    if (tag() == Cbor.TAG_DECIMAL) {
      return decimal().doubleValue();
    }
    if (!isFloating()) {
      throw expected("a number");
    }
    int from = at;
    int head = bytes[at] & 0xff;
    int width = 1 << (head - Cbor.HALF + 1);
    long bits = big(at + 1, width);
    double value;
    boolean shortest;
    switch (head) {
      case Cbor.HALF -> {
        value = Cbor.ofHalf((int) bits);
        shortest = !Double.isNaN(value) || bits == Cbor.HALF_NAN;
      }
      case Cbor.SINGLE -> {
        float single = Float.intBitsToFloat((int) bits);
        value = single;
        shortest = Cbor.halfOf(single) < 0;
      }
      default -> {
        value = Double.longBitsToDouble(bits);
        shortest = !Double.isNaN(value) && (float) value != value;
      }
    }
    if (!shortest) {
      throw new WireException("the float at byte %d is not in its shortest form".formatted(from));
    }
    at += 1 + width;
    return value;
  }

  /** A decimal fraction, or a number that one equals. */
  BigDecimal decimal() throws WireException {
    int from = at;
    if (isFloating()) {
      double value = floating();
      if (!Double.isFinite(value)) {
        throw new WireException(
            "a decimal is expected at byte %d, but there is no finite number".formatted(from));
      }
      return BigDecimal.valueOf(value);
    }
    if (tag() != Cbor.TAG_DECIMAL) {
      if (!isInteger() && tag() < 0) {
        throw expected("a number");
      }
      return new BigDecimal(integer());
    }
    at++;
    claim(1, 1);
    if (enterArray() != 2) {
      throw new WireException(
          "the decimal at byte %d is not a pair of exponent and integer".formatted(from));
    }
    int exponent = (int) integer(-EXPONENT_MAX, EXPONENT_MAX);
    BigDecimal value = new BigDecimal(integer(), -exponent);
    leave();
    return value;
  }

  /** A byte string of up to {@code bytesMax}. */
  byte[] bytes(int bytesMax) throws WireException {
    if (major() != Cbor.BYTES) {
      throw expected("a byte string");
    }
    int length = length(bytesMax);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** A text of up to {@code bytesMax} bytes of UTF-8. */
  String text(int bytesMax) throws WireException {
    if (major() != Cbor.TEXT) {
      throw expected("a text");
    }
    int from = at;
    int length = length(bytesMax);
    int begin = at;
    at += length;
    for (int i = begin; i < at; i++) {
      if (bytes[i] < 0) {
        return unicode(begin, length, from);
      }
    }
    return new String(bytes, begin, length, StandardCharsets.ISO_8859_1);
  }

  private String unicode(int begin, int length, int from) throws WireException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, begin, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new WireException("the text at byte %d is not UTF-8".formatted(from));
    }
  }

  private int length(int bytesMax) throws WireException {
    int from = at;
    long length = argument();
    if (length < 0 || length > bytes.length - at) {
      throw new WireException(
          "the string at byte %d says that it has %s B, but %d follow"
              .formatted(from, Long.toUnsignedString(length), bytes.length - at));
    }
    if (length > bytesMax) {
      throw new WireException(
          "the string at byte %d has %d B, but at most %d may come"
              .formatted(from, length, bytesMax));
    }
    return (int) length;
  }

  /** Goes into an array; after as many items as it returns comes {@link #leave}. */
  int enterArray() throws WireException {
    if (major() != Cbor.ARRAY) {
      throw expected("an array");
    }
    return enter(1);
  }

  /** Goes into a map; after as many keys and values as it returns comes {@link #leave}. */
  int enterMap() throws WireException {
    if (major() != Cbor.MAP) {
      throw expected("a map");
    }
    return enter(2);
  }

  private int enter(int itemsEach) throws WireException {
    int from = at;
    if (++depth > Values.DEPTH_MAX) {
      throw new WireException(
          "at byte %d the value nests deeper than %d levels".formatted(from, Values.DEPTH_MAX));
    }
    long count = argument();
    claim(count, itemsEach);
    return (int) count;
  }

  /** Sets bytes aside for items that are announced: each has one at least. */
  private void claim(long count, int itemsEach) throws WireException {
    if (count < 0 || count > unclaimed / itemsEach) {
      throw new WireException(
          "before byte %d %s items are announced, which is more than the value has room for"
              .formatted(at, Long.toUnsignedString(count)));
    }
    unclaimed -= (int) count * itemsEach;
  }

  void leave() {
    depth--;
  }

  /** Whether the next bytes are {@code encoded}, which are then read. */
  boolean tryItem(byte[] encoded) {
    int end = at + encoded.length;
    if (end > bytes.length || !Arrays.equals(bytes, at, end, encoded, 0, encoded.length)) {
      return false;
    }
    at = end;
    return true;
  }

  /**
   * Checks that of two keys of a map, the one before is the smaller.
   *
   * @param before where that begins, or -1 if there is none
   * @param beforeEnd where that ends
   * @param key where this begins; it ends here
   */
  void checkOrder(int before, int beforeEnd, int key) throws WireException {
    if (before >= 0 && Arrays.compareUnsigned(bytes, before, beforeEnd, bytes, key, at) >= 0) {
      throw new WireException(
          "the key at byte %d is there already, or should come before others".formatted(key));
    }
  }

  /** A refusal that says what should be here, and what is. */
  WireException expected(String what) {
    return new WireException(
        "%s is expected at byte %d, but there is %s".formatted(what, at, found()));
  }

  private String found() {
    int head = head();
    return switch (major()) {
      case Cbor.UNSIGNED, Cbor.NEGATIVE -> "an integer";
      case Cbor.BYTES -> "a byte string";
      case Cbor.TEXT -> "a text";
      case Cbor.ARRAY -> "an array";
      case Cbor.MAP -> "a map";
      case Cbor.TAG -> "a tag";
      case Cbor.SIMPLE ->
          switch (head) {
            case Cbor.NULL -> "null";
            case Cbor.TRUE, Cbor.FALSE -> "true or false";
            case Cbor.HALF, Cbor.SINGLE, Cbor.DOUBLE -> "a float";
            default -> "a simple value that has no use here";
          };
      default -> "nothing more";
    };
  }

  /** Reads a head, of which the major type is known, and its argument, as unsigned. */
  private long argument() throws WireException {
    int info = bytes[at] & 0x1f;
    if (info < 24) {
      at++;
      return info;
    }
    if (info > 27) {
      throw new WireException(
          "the head at byte %d has a length of %s, but it must have a definite one"
              .formatted(at, info == 31 ? "no bound" : "no meaning"));
    }
    int width = 1 << (info - 24);
    long argument = big(at + 1, width);
    if (Cbor.argumentBytes(argument) != width) {
      throw new WireException("the head at byte %d is not in its shortest form".formatted(at));
    }
    at += 1 + width;
    return argument;
  }

  /** The unsigned integer of {@code width} bytes at {@code from}. */
  private long big(int from, int width) throws WireException {
    if (width > bytes.length - from) {
      throw new WireException(
          "the item at byte %d is cut off: %d B more are missing"
              .formatted(from - 1, width - (bytes.length - from)));
    }
    long value = 0;
    for (int i = from; i < from + width; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }
}
