package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one type become bytes and come back. Safe for any thread. Equal values should
 * have equal bytes: the bytes of a memoizable call are what it is known by.
 */
public interface Codec<T extends @Nullable Object> {
  /**
   * The bytes of {@code value}; the caller may keep them.
   *
   * @throws ValueException if the type cannot carry it
   */
  byte[] encode(T value);

  /**
   * The value of {@code bytes}, all of them.
   *
   * @param bytes from a peer; they are not changed, and the value may share them
   * @throws WireException if they are not such a value
   */
  T decode(byte[] bytes) throws WireException;
}
