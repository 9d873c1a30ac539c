package io.minga.libp2p.wire;

import com.google.protobuf.WireFormat;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The fields of one protobuf message, in the order in which they come.
 *
 * <p>A codec loops over {@link #next()}, switches on {@link #field()} and reads at most one value a
 * turn; a field that it does not read is skipped. Every length is checked against the codec's limit
 * and against what remains before memory is taken for it. A group, or a wire type that the codec
 * did not expect, is a violation: no libp2p message has them. So are a varint that overflows 64
 * bits and a tag that overflows 32, which protobuf's own reader cuts off in silence.
 *
 * <pre>{@code
 * ProtobufReader in = ProtobufReader.of("Identify", bytes);
 * while (in.next()) {
 *   switch (in.field()) {
 *     case 1 -> publicKey = in.bytes(PUBLIC_KEY_BYTES_MAX);
 *     case 5 -> protocolVersion = in.string(VERSION_BYTES_MAX);
 *     default -> {}
 *   }
 * }
 * }</pre>
 */
public final class ProtobufReader {
  private static final int FIELD_MAX = (1 << 29) - 1;

  private final String message;
  private final byte[] array;
  private final int origin;
  private final int end;
  private int position;
  private int field;
  private int wireType;
  private boolean pending;

  private ProtobufReader(String message, byte[] array, int origin, int from, int length) {
    this.message = message;
    this.array = array;
    this.origin = origin;
    this.position = from;
    this.end = from + length;
  }

  /** A reader of {@code in}, which errors call {@code message}. */
  public static ProtobufReader of(String message, Bytes in) {
    return new ProtobufReader(message, in.array(), 0, 0, in.length());
  }

  /**
   * A reader of {@code length} bytes of {@code in} from {@code from}, which errors call {@code
   * message}. Its {@link #position()} begins at {@code from}.
   */
  public static ProtobufReader of(String message, Bytes in, int from, int length) {
    Objects.checkFromIndexSize(from, length, in.length());
    return new ProtobufReader(message, in.array(), 0, from, length);
  }

  /**
   * A reader of what remains of {@code in}, which errors call {@code message}. The buffer's
   * position does not move, and its content must not change while the reader is used.
   */
  public static ProtobufReader of(String message, ByteBuffer in) {
    if (!in.hasArray()) {
      return of(message, Bytes.copyOf(in));
    }
    int from = in.arrayOffset() + in.position();
    return new ProtobufReader(message, in.array(), from, from, in.remaining());
  }

  /**
   * Moves to the next field, past the value of the current one if nobody read it.
   *
   * @return false at the end of the message
   */
  public boolean next() throws WireException {
    if (pending) {
      skip();
    }
    if (position == end) {
      return false;
    }
    long tag = varint("after field ");
    long number = tag >>> 3;
    if (number < 1 || number > FIELD_MAX) {
      throw new WireException(
          message + ": tag " + Long.toUnsignedString(tag) + " has no field number of 1 to 2^29-1");
    }
    field = (int) number;
    wireType = (int) tag & 7;
    pending = true;
    return true;
  }

  /** The number of the current field. */
  public int field() {
    return field;
  }

  /** The current field's bytes, at most {@code max}. */
  public Bytes bytes(int max) throws WireException {
    int size = delimited(max);
    position += size;
    return Bytes.copyOf(array, position - size, size);
  }

  /**
   * Passes over the current field's bytes, at most {@code max}, for a codec that reads them in
   * place later.
   *
   * @return how many there are; they end at {@link #position()}
   */
  public int skipBytes(int max) throws WireException {
    int size = delimited(max);
    position += size;
    return size;
  }

  /**
   * Where the reader stands: how many bytes of the outermost message are before the next one that
   * it reads.
   */
  public int position() {
    return position - origin;
  }

  /** The current field's text, at most {@code max} bytes of valid UTF-8. */
  public String string(int max) throws WireException {
    Bytes value = bytes(max);
    try {
      return value.toUtf8();
    } catch (WireException malformed) {
      throw malformed.at(message + ", field " + field);
    }
  }

  /** A reader of the message that the current field holds, at most {@code max} bytes. */
  public ProtobufReader message(String name, int max) throws WireException {
    int size = delimited(max);
    position += size;
    return new ProtobufReader(name, array, origin, position - size, size);
  }

  /** The current field's 64 bits, unsigned. */
  public long uint64() throws WireException {
    expect(WireFormat.WIRETYPE_VARINT, "a varint");
    return varint("field ");
  }

  /**
   * The number of the current field's enumeration constant, from 0 to 2^31-1. Whether there is such
   * a constant is for the codec to say.
   */
  public int enumeration() throws WireException {
    long value = uint64();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw violation(Long.toUnsignedString(value) + " is above 2147483647");
    }
    return (int) value;
  }

  /** The current field's truth: 0 or 1. */
  public boolean bool() throws WireException {
    long value = uint64();
    if (value != 0 && value != 1) {
      throw violation("a bool is 0 or 1, not " + Long.toUnsignedString(value));
    }
    return value == 1;
  }

  /** A violation at the current field, for a codec that finds its value wrong. */
  public WireException violation(String what) {
    return new WireException(message + ", field " + field + ": " + what);
  }

  private void skip() throws WireException {
    switch (wireType) {
      case WireFormat.WIRETYPE_VARINT -> varint("field ");
      case WireFormat.WIRETYPE_FIXED32 -> skipFixed(4);
      case WireFormat.WIRETYPE_FIXED64 -> skipFixed(8);
      case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
        int size = delimited(Integer.MAX_VALUE);
        position += size;
      }
      default -> throw violation("wire type " + wireType + " is none of 0, 1, 2 and 5");
    }
    pending = false;
  }

  private int delimited(int max) throws WireException {
    expect(WireFormat.WIRETYPE_LENGTH_DELIMITED, "length-delimited");
    long size = varint("field ");
    if (size < 0 || size > max) {
      throw violation("length " + Long.toUnsignedString(size) + " is above " + max + " B");
    }
    if (size > remaining()) {
      throw violation("length is " + size + ", but only " + remaining() + " B follow");
    }
    return (int) size;
  }

  private void expect(int expected, String what) throws WireException {
    if (!pending) {
      throw new IllegalStateException(message + ": the current field has no value left to read");
    }
    if (wireType != expected) {
      throw violation("wire type " + wireType + " where " + expected + ", " + what + ", is right");
    }
    pending = false;
  }

  private int remaining() {
    return end - position;
  }

  private void skipFixed(int size) throws WireException {
    if (size > remaining()) {
      throw violation("value of " + size + " B is cut short");
    }
    position += size;
  }

  private long varint(String place) throws WireException {
    long value = 0;
    for (int shift = 0; shift < 64 && position < end; shift += 7) {
      byte b = array[position++];
      if (shift == 63 && (b & 0xfe) != 0) {
        throw new WireException(message + ", " + place + field + ": varint is above 64 bits");
      }
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new WireException(message + ", " + place + field + ": varint is cut short");
  }
}
