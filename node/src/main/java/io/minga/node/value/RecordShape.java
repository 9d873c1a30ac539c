package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A record, as a map from the names of its components, in the order of the names' bytes. A
 * component that is missing is refused unless it is an {@link Optional}; one that the record
 * doesn't have is refused always.
 */
final class RecordShape extends Shape<Record> {
  private final Constructor<?> constructor;
  private final boolean comparable;
  private Component[] components = {};

  /**
   * A shape that has no components before {@link #of} gives it some: its own shape may be among
   * them.
   */
  RecordShape(String name, Constructor<?> constructor) {
    super(name);
    this.constructor = constructor;
    this.comparable = Comparable.class.isAssignableFrom(constructor.getDeclaringClass());
  }

  /** Gives it its components, in the order of the constructor's parameters. */
  void of(List<Component> declared) {
    components = declared.toArray(Component[]::new);
    Arrays.sort(components, Comparator.comparing(it -> it.key, Arrays::compareUnsigned));
  }

  /** One component: its accessor, and what it holds. */
  static final class Component {
    private final String name;
    private final int parameter;
    private final Method accessor;
    private final Shape<@Nullable Object> shape;
    private final byte[] key;

    Component(String name, int parameter, Method accessor, Shape<@Nullable Object> shape) {
      CborWriter out = new CborWriter(16);
      out.text(name);
      this.name = name;
      this.parameter = parameter;
      this.accessor = accessor;
      this.shape = shape;
      this.key = out.bytes();
    }

    private boolean isOptional() {
      return accessor.getReturnType() == Optional.class;
    }

    private @Nullable Object get(Record value) {
      try {
        return accessor.invoke(value);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e); // it was made accessible when the shape was made
      } catch (IllegalArgumentException e) {
        throw new ClassCastException(); // another record, by an unchecked cast
      } catch (InvocationTargetException e) {
        throwIfError(e);
        throw new ValueException("its accessor threw " + e.getTargetException().getClass());
      }
    }
  }

  @Override
  @SuppressWarnings("NullAway") // it does not follow what a shape's type argument allows
  void write(CborWriter out, Record value) {
    out.enterMap(components.length);
    for (Component component : components) {
      out.item(component.key);
      try {
        component.shape.write(out, component.get(value));
      } catch (ValueException e) {
        throw e.at(component.name);
      }
    }
    out.leave();
  }

  @Override
  Record read(CborReader in) throws WireException {
    int count = in.enterMap();
    @Nullable Object[] arguments = new @Nullable Object[components.length];
    int found = 0;
    for (Component component : components) {
      if (found < count && in.tryItem(component.key)) {
        found++;
        arguments[component.parameter] = read(in, component);
      } else if (component.isOptional()) {
        arguments[component.parameter] = Optional.empty();
      } else {
        throw missing(in, found < count, component);
      }
    }
    if (found < count) {
      throw unknown(in);
    }
    in.leave();
    return create(arguments);
  }

  private @Nullable Object read(CborReader in, Component component) throws WireException {
    try {
      return component.shape.read(in);
    } catch (WireException e) {
      throw e.at(component.name);
    }
  }

  private Record create(@Nullable Object[] arguments) throws WireException {
    try {
      return (Record) constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throwIfError(e);
      throw new WireException(
          "the constructor of %s refused what came with %s"
              .formatted(this, e.getTargetException().getClass().getName()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e); // it was made accessible when the shape was made
    }
  }

  private WireException missing(CborReader in, boolean more, Component component)
      throws WireException {
    if (more) {
      int from = in.at();
      String name = in.text(Values.BYTES_MAX);
      if (Arrays.stream(components).noneMatch(it -> it.name.equals(name))) {
        return unknown(from);
      }
    }
    return new WireException(
        "%s has no %s, or it is not in its place before byte %d"
            .formatted(this, component.name, in.at()));
  }

  private WireException unknown(CborReader in) throws WireException {
    int from = in.at();
    in.text(Values.BYTES_MAX);
    return unknown(from);
  }

  private WireException unknown(int from) {
    return new WireException(
        "the key at byte %d is none of those of %s, which are %s"
            .formatted(
                from,
                this,
                Arrays.stream(components).map(it -> it.name).collect(Collectors.joining(", "))));
  }

  /** What only the JVM throws is no matter of values. */
  private static void throwIfError(InvocationTargetException e) {
    if (e.getTargetException() instanceof Error error) {
      throw error;
    }
  }

  @Override
  boolean isComparable() {
    return comparable;
  }
}
