package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * One type's place in a CBOR value: it writes an item, and reads what it would have written, or
 * what JSON has for it. Immutable once the types that it belongs to are all known.
 */
abstract class Shape<T extends @Nullable Object> {
  private final String name;

  Shape(String name) {
    this.name = name;
  }

  /** Writes one item. */
  abstract void write(CborWriter out, T value);

  /** Reads one item. */
  abstract T read(CborReader in) throws WireException;

  /** How many bytes a value of it is likely to have. */
  int bytesExpected() {
    return 64;
  }

  /** Whether its values order themselves, and so stay quick to find however they are chosen. */
  boolean isComparable() {
    return true;
  }

  /** What errors call it: the type's simple name, with its arguments. */
  @Override
  public final String toString() {
    return name;
  }

  /** This shape, or null. */
  Shape<@Nullable T> orNull() {
    return new OrNull<>(this);
  }

  private static final class OrNull<T extends @Nullable Object> extends Shape<@Nullable T> {
    private final Shape<T> shape;

    OrNull(Shape<T> shape) {
      super(shape.toString());
      this.shape = shape;
    }

    @Override
    void write(CborWriter out, @Nullable T value) {
      if (value == null) {
        out.nothing();
      } else {
        shape.write(out, value);
      }
    }

    @Override
    @SuppressWarnings("NullAway") // it does not see that the type argument allows null
    @Nullable T read(CborReader in) throws WireException {
      return in.tryNothing() ? null : shape.read(in);
    }

    @Override
    int bytesExpected() {
      return shape.bytesExpected();
    }

    @Override
    boolean isComparable() {
      return shape.isComparable();
    }

    @Override
    Shape<@Nullable T> orNull() {
      return this;
    }
  }
}
