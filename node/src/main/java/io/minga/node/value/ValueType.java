package io.minga.node.value;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its arguments, which a {@link Class} cannot say: {@code new
 * ValueType<List<Integer>>() {}}.
 */
public abstract class ValueType<T> {
  private final Type type;

  /** Takes the type from the declaration of the subclass. */
  protected ValueType() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType declared)) {
      throw new IllegalArgumentException(
          "a value type is written with its argument, as in new ValueType<List<Integer>>() {}");
    }
    this.type = declared.getActualTypeArguments()[0];
  }

  final Type type() {
    return type;
  }
}
