package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes protobuf fields one after the other into one array, which is used again for the next
 * message. Messages within are written in place, their lengths put before them at their end.
 */
final class FrameWriter {
  private static final int VARINT = 0;
  private static final int DELIMITED = 2;
  private static final int VARINT_BYTES_MAX = 10;

  private byte[] array;
  private int size;

  FrameWriter(int capacity) {
    this.array = new byte[capacity];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** A varint that belongs to no field of its own. */
  void varint(long value) {
    room(VARINT_BYTES_MAX);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      array[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[size++] = (byte) rest;
  }

  void number(int field, long value) {
    varint((field << 3) | VARINT);
    varint(value);
  }

  void bytes(int field, Bytes value) {
    delimited(field, value.length());
    value.writeTo(ByteBuffer.wrap(array, size, value.length()));
    size += value.length();
  }

  /** What was written to {@code part} so far. */
  void bytes(int field, FrameWriter part) {
    delimited(field, part.size);
    append(part);
  }

  /** The fields that were written to {@code part} so far. */
  void append(FrameWriter part) {
    room(part.size);
    System.arraycopy(part.array, 0, array, size, part.size);
    size += part.size;
  }

  /** Text, unless there is none. */
  void text(int field, String value) {
    if (!value.isEmpty()) {
      bytes(field, Utf8.encode(value));
    }
  }

  void indexes(int runsField, int bitmapField, IndexSet indexes) {
    byte[] encoded = indexes.toBytes();
    delimited(indexes.isShorterAsRuns() ? runsField : bitmapField, encoded.length);
    System.arraycopy(encoded, 0, array, size, encoded.length);
    size += encoded.length;
  }

  /** Bytes that belong to no field of their own. */
  void raw(Payload.Inline value) {
    int length = (int) value.sizeBytes();
    room(length);
    value.writeTo(ByteBuffer.wrap(array, size, length));
    size += length;
  }

  /** Begins a message within this one; what it returns, {@link #end} takes. */
  int begin(int field) {
    varint((field << 3) | DELIMITED);
    room(1);
    return ++size;
  }

  void end(int begun) {
    int length = size - begun;
    int more = length < 0x80 ? 0 : (31 - Integer.numberOfLeadingZeros(length)) / 7;
    room(more);
    System.arraycopy(array, begun, array, begun + more, length);
    size = begun - 1;
    varint(length);
    size += length;
  }

  private void delimited(int field, int length) {
    varint((field << 3) | DELIMITED);
    varint(length);
    room(length);
  }

  private void room(int needed) {
    if (needed > array.length - size) {
      array = Arrays.copyOf(array, Math.max(size + needed, 2 * array.length));
    }
  }

  Bytes toBytes() {
    return Bytes.copyOf(array, 0, size);
  }
}
