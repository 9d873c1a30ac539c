package io.minga.crdt.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads one message in protobuf's form, strictly: its fields in ascending order, none unknown,
 * varints in their shortest form, no zero written out. So a message has one encoding, and what was
 * read and is written again gives the same bytes.
 *
 * <p>Nested messages are read in place. Lengths are checked against the caller's limit and against
 * what there is before memory is taken.
 */
public final class WireReader {
  static final int VARINT = 0;
  static final int DELIMITED = 2;
  static final int FIELD_MAX = 15;

  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final String message;
  private final byte[] array;
  private final int end;
  private int position;

  private WireReader(String message, byte[] array, int from, int end) {
    this.message = message;
    this.array = array;
    this.position = from;
    this.end = end;
  }

  /** A reader of {@code bytes}, which errors call {@code message}. */
  public static WireReader of(String message, byte[] bytes) {
    return new WireReader(message, bytes, 0, bytes.length);
  }

  /** Whether the next field is this one, holding bytes or a message. */
  public boolean hasBytes(int field) {
    return position < end && array[position] == (field << 3 | DELIMITED);
  }

  /**
   * The number in this field, or 0 if the field isn't next.
   *
   * @throws MalformedException if it is more than {@code max}, or a zero that was written out
   */
  public long number(int field, long max) throws MalformedException {
    if (position == end || array[position] != (field << 3 | VARINT)) {
      return 0;
    }
    position++;
    long value = varint(field);
    if (value < 0 || value > max) {
      throw at(field, Long.toUnsignedString(value) + " is above " + max);
    }
    if (value == 0) {
      throw at(field, "a zero is left out, not written");
    }
    return value;
  }

  /** The bytes in this field, at most {@code max}; it has to be next. */
  public byte[] bytes(int field, int max) throws MalformedException {
    int length = delimited(field, max);
    byte[] value = new byte[length];
    System.arraycopy(array, position, value, 0, length);
    position += length;
    return value;
  }

  /** The identifier in this field, which has to be next. */
  public Id id(int field) throws MalformedException {
    int length = delimited(field, Id.BYTES_MAX);
    if (length == 0) {
      throw at(field, "an identifier has 1 to " + Id.BYTES_MAX + " bytes, not 0");
    }
    position += length;
    return Id.of(array, position - length, length);
  }

  /** The digest in this field, which has to be next. */
  public Digest digest(int field) throws MalformedException {
    run(field, 1);
    return digest();
  }

  /** The {@code count} digests in this field, which has to be next. */
  public Digest[] digests(int field, int count) throws MalformedException {
    run(field, count);
    Digest[] digests = new Digest[count];
    for (int i = 0; i < count; i++) {
      digests[i] = digest();
    }
    return digests;
  }

  private void run(int field, int count) throws MalformedException {
    int right = count * Digest.BYTES;
    int length = delimited(field, right);
    if (length != right) {
      throw at(field, length + " B where " + right + " are right");
    }
  }

  private Digest digest() {
    long high = (long) BIG_ENDIAN.get(array, position);
    long low = (long) BIG_ENDIAN.get(array, position + Long.BYTES);
    position += Digest.BYTES;
    return new Digest(high, low);
  }

  /** A reader of the message in this field, at most {@code max} bytes; it has to be next. */
  public WireReader message(int field, String name, int max) throws MalformedException {
    int length = delimited(field, max);
    position += length;
    return new WireReader(name, array, position - length, position);
  }

  /** Checks that the message ends here. */
  public void end() throws MalformedException {
    if (position < end) {
      throw new MalformedException(
          String.format(
              "%s: the field with tag 0x%02x is unknown, out of order or once too often",
              message, array[position]));
    }
  }

  /** A violation in this field, for a codec that finds its value wrong. */
  public MalformedException at(int field, String what) {
    return new MalformedException(message + ", field " + field + ": " + what);
  }

  private int delimited(int field, int max) throws MalformedException {
    if (!hasBytes(field)) {
      throw at(field, position == end ? "it is missing" : "it is missing, or not of bytes");
    }
    position++;
    long length = varint(field);
    if (length < 0 || length > max) {
      throw at(field, "length " + Long.toUnsignedString(length) + " is above " + max + " B");
    }
    if (length > end - position) {
      throw at(field, "length is " + length + ", but only " + (end - position) + " B follow");
    }
    return (int) length;
  }

  private long varint(int field) throws MalformedException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position == end) {
        throw at(field, "its varint is cut short");
      }
      byte b = array[position++];
      if (shift == 63 && (b & 0xfe) != 0) {
        break;
      }
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (b == 0 && shift > 0) {
          throw at(field, "its varint is not in its shortest form");
        }
        return value;
      }
    }
    throw at(field, "its varint is above 64 bits");
  }
}
