package io.minga.crdt.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes one message in protobuf's form; field numbers are 1 to 15, so that a tag is one byte. */
public final class WireWriter {
  private byte[] array = new byte[64];
  private int size;

  /** Writes a number (≥ 0) as a varint; a zero is left out, as it is what absence means. */
  public WireWriter number(int field, long value) {
    if (value != 0) {
      tag(field, WireReader.VARINT);
      varint(value);
    }
    return this;
  }

  /** Writes bytes, also none. */
  public WireWriter bytes(int field, byte[] value) {
    return bytes(field, value, value.length);
  }

  /** Writes an identifier. */
  public WireWriter id(int field, Id value) {
    return bytes(field, value.bytes());
  }

  /** Writes digests behind one another as one run of bytes. */
  public WireWriter digests(int field, Digest... digests) {
    ByteBuffer run = ByteBuffer.allocate(digests.length * Digest.BYTES);
    for (Digest digest : digests) {
      run.putLong(digest.high()).putLong(digest.low());
    }
    return bytes(field, run.array());
  }

  /** Writes a message within this one. */
  public WireWriter message(int field, WireWriter nested) {
    return bytes(field, nested.array, nested.size);
  }

  /** How many bytes there are. */
  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(array, size);
  }

  private WireWriter bytes(int field, byte[] value, int length) {
    tag(field, WireReader.DELIMITED);
    varint(length);
    room(length);
    System.arraycopy(value, 0, array, size, length);
    size += length;
    return this;
  }

  private void tag(int field, int wireType) {
    if (field < 1 || field > WireReader.FIELD_MAX) {
      throw new IllegalArgumentException("field numbers here are 1 to 15, not " + field);
    }
    room(1);
    array[size++] = (byte) (field << 3 | wireType);
  }

  private void varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a number can't be negative: " + value);
    }
    room(10);
    long rest = value;
    while (rest >= 0x80) {
      array[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[size++] = (byte) rest;
  }

  private void room(int more) {
    if (array.length - size < more) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, size + more));
    }
  }
}
