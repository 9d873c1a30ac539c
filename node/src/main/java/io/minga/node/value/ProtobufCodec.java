package io.minga.node.value;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * A protobuf message in its own encoding, with maps in order, so that equal ones are equal bytes.
 */
final class ProtobufCodec<T extends MessageLite> implements Codec<T> {
  private final Class<T> type;
  private final T instance;

  ProtobufCodec(Class<T> type) {
    this.type = type;
    try {
      this.instance = type.cast(type.getMethod("getDefaultInstance").invoke(null));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalArgumentException(
          type.getName() + " is not a generated protobuf message: it has no getDefaultInstance()",
          e);
    }
  }

  @Override
  public byte[] encode(T value) {
    int size = value.getSerializedSize();
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      value.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e); // into memory of the size that it asked for
    }
    return out.spaceLeft() == 0 ? bytes : Arrays.copyOf(bytes, size - out.spaceLeft());
  }

  @Override
  @SuppressWarnings("unchecked") // the parser of an instance parses instances
  public T decode(byte[] bytes) throws WireException {
    try {
      return (T) instance.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("no %s: %s".formatted(type.getSimpleName(), e.getMessage()));
    }
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
