package io.minga.libp2p.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes one protobuf message, its fields in the order of the calls.
 *
 * <p>Every call writes its field, also a zero or an empty one: libp2p signs over these bytes, and
 * what proto3 would leave out, others put in. A codec that wants a field absent does not call.
 */
public final class ProtobufWriter {
  private static final int BUFFER_BYTES = 256;

  private final ByteArrayOutputStream sink = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(sink, BUFFER_BYTES);

  /** Writes bytes. */
  public ProtobufWriter bytes(int field, Bytes value) {
    return write(() -> out.writeByteArray(field, value.array()));
  }

  /** Writes text as UTF-8. */
  public ProtobufWriter string(int field, String value) {
    return bytes(field, Bytes.utf8(value));
  }

  /** Writes an unsigned 64-bit number as a varint. */
  public ProtobufWriter uint64(int field, long value) {
    return write(() -> out.writeUInt64(field, value));
  }

  /** Writes an enumeration constant's number (≥ 0). */
  public ProtobufWriter enumeration(int field, int number) {
    if (number < 0) {
      throw new IllegalArgumentException("an enumeration's number can't be negative: " + number);
    }
    return uint64(field, number);
  }

  /** Writes a truth as 0 or 1. */
  public ProtobufWriter bool(int field, boolean value) {
    return uint64(field, value ? 1 : 0);
  }

  /** Writes a message within this one; {@code nested} can go on afterwards without effect here. */
  public ProtobufWriter message(int field, ProtobufWriter nested) {
    return write(
        () -> {
          nested.out.flush();
          out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(nested.sink.size());
          out.flush();
          nested.sink.writeTo(sink);
        });
  }

  /** What was written so far. */
  public Bytes toBytes() {
    write(out::flush);
    return Bytes.owned(sink.toByteArray());
  }

  private interface Write {
    void run() throws IOException;
  }

  private ProtobufWriter write(Write write) {
    try {
      write.run();
    } catch (IOException impossible) { // the sink is memory
      throw new UncheckedIOException(impossible);
    }
    return this;
  }
}
