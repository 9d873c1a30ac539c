package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import io.minga.node.task.FunctionName;
import org.jspecify.annotations.Nullable;

/**
 * What a function takes and gives: its codecs, which name it, and which of the two it was, in every
 * error.
 *
 * @param bytesMax how many bytes an argument or a result may have
 */
public record FunctionType<A extends @Nullable Object, R extends @Nullable Object>(
    FunctionName name, Codec<A> argument, Codec<R> result, int bytesMax) {
  /** Requires a limit that the codecs can keep. */
  public FunctionType {
    if (bytesMax < 1 || bytesMax > Values.BYTES_MAX) {
      throw new IllegalArgumentException(
          "a value's limit is 1 to %d B, not %d".formatted(Values.BYTES_MAX, bytesMax));
    }
  }

  /**
   * The bytes of an argument.
   *
   * @throws ValueException if it does not fit
   */
  public byte[] encodeArgument(A value) {
    return encode("argument", argument, value);
  }

  /**
   * The argument of these bytes.
   *
   * @throws WireException if they are not one
   */
  public A decodeArgument(byte[] bytes) throws WireException {
    return decode("argument", argument, bytes);
  }

  /**
   * The bytes of a result.
   *
   * @throws ValueException if it does not fit
   */
  public byte[] encodeResult(R value) {
    return encode("result", result, value);
  }

  /**
   * The result of these bytes.
   *
   * @throws WireException if they are not one
   */
  public R decodeResult(byte[] bytes) throws WireException {
    return decode("result", result, bytes);
  }

  private <T extends @Nullable Object> byte[] encode(String role, Codec<T> codec, T value) {
    byte[] bytes;
    try {
      bytes = codec.encode(value);
    } catch (ValueException e) {
      throw e.at(place(role, codec));
    }
    if (bytes.length > bytesMax) {
      throw new ValueException(
          "%s: it has %d B, but at most %d are carried"
              .formatted(place(role, codec), bytes.length, bytesMax));
    }
    return bytes;
  }

  private <T extends @Nullable Object> T decode(String role, Codec<T> codec, byte[] bytes)
      throws WireException {
    if (bytes.length > bytesMax) {
      throw new WireException(
          "%s: %d B came, but at most %d are carried"
              .formatted(place(role, codec), bytes.length, bytesMax));
    }
    try {
      return codec.decode(bytes);
    } catch (WireException e) {
      throw e.at(place(role, codec) + ", of " + bytes.length + " B");
    }
  }

  private String place(String role, Codec<?> codec) {
    return "function %s, %s of type %s".formatted(name, role, codec);
  }
}
