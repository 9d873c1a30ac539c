package io.minga.node.value;

import com.google.protobuf.MessageLite;
import io.minga.libp2p.wire.WireException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * The codecs of Java's types: simple ones, records, and arrays, collections, maps and optionals of
 * these by CBOR, protobuf messages in their own encoding.
 *
 * <p>Simple types are the primitives and their boxes, {@link String}, {@link java.math.BigInteger},
 * {@link java.math.BigDecimal}, {@code byte[]}, {@link java.util.UUID}, {@link java.time.Instant},
 * {@link java.time.Duration}, {@link java.time.LocalDate}, {@link java.time.LocalTime}, {@link
 * java.time.LocalDateTime}, enums and {@link Void}. The collections are {@link java.util.List},
 * {@link java.util.Collection}, {@link java.util.Set} and {@link java.util.Map}, which come back
 * unmodifiable. A type may contain itself, a value may not. References may be null, except members
 * of sets and keys of maps.
 */
public final class Values {
  /** How deep a value may nest. */
  public static final int DEPTH_MAX = 64;

  /** How many bytes a value may have, however it travels. */
  public static final int BYTES_MAX = 64 << 20;

  private Values() {}

  /**
   * The codec of a class without arguments.
   *
   * @throws IllegalArgumentException if values of it, or of one of its components, cannot be
   *     carried; the message says which and what could
   */
  @SuppressWarnings("unchecked") // the shape is made from the class
  public static <T extends @Nullable Object> Codec<T> codec(Class<T> type) {
    if (MessageLite.class.isAssignableFrom(type)) {
      return (Codec<T>) new ProtobufCodec<>(type.asSubclass(MessageLite.class));
    }
    return (Codec<T>) cbor(type);
  }

  /**
   * The codec of a type with arguments.
   *
   * @throws IllegalArgumentException as {@link #codec(Class)}
   */
  @SuppressWarnings("unchecked") // the shape is made from the type
  public static <T extends @Nullable Object> Codec<T> codec(ValueType<T> type) {
    return type.type() instanceof Class<?> plain
        ? (Codec<T>) codec(plain)
        : (Codec<T>) cbor(type.type());
  }

  private static Codec<?> cbor(Type type) {
    return new CborCodec<>(new Shapes().top(type));
  }

  /** A shape by itself. */
  private record CborCodec<T extends @Nullable Object>(Shape<T> shape) implements Codec<T> {
    @Override
    public byte[] encode(T value) {
      CborWriter out = new CborWriter(shape.bytesExpected());
      try {
        shape.write(out, value);
      } catch (ClassCastException e) {
        // Only an unchecked cast of the caller's brings us here.
        throw new ValueException(
            "a value of %s is wanted, but there is one of another class".formatted(shape));
      }
      return out.bytes();
    }

    @Override
    public T decode(byte[] bytes) throws WireException {
      CborReader in = new CborReader(bytes);
      T value = shape.read(in);
      in.end();
      return value;
    }

    @Override
    public String toString() {
      return shape.toString();
    }
  }
}
