package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The shapes of types that hold values of other types. */
final class Containers {
  /**
   * How many members or keys there may be whose class does not order them: with hashes that
   * collide, as a peer can choose them, finding one takes a look at all.
   */
  static final int UNORDERED_KEYS_MAX = 10_000;

  private Containers() {}

  /** A list, as an array. */
  static final class ListShape<E extends @Nullable Object> extends Shape<Collection<E>> {
    private final Shape<E> element;

    ListShape(String name, Shape<E> element) {
      super(name);
      this.element = element;
    }

    @Override
    void write(CborWriter out, Collection<E> value) {
      writeAll(out, element, value);
    }

    @Override
    @SuppressWarnings("unchecked") // what it is filled with is read as E
    List<E> read(CborReader in) throws WireException {
      int count = in.enterArray();
      @Nullable Object[] elements = new @Nullable Object[count];
      for (int i = 0; i < count; i++) {
        elements[i] = readElement(in, element, i);
      }
      in.leave();
      return (List<E>) Collections.unmodifiableList(Arrays.asList(elements));
    }

    @Override
    boolean isComparable() {
      return false;
    }
  }

  /** An array, as an array. */
  static final class ArrayShape extends Shape<Object> {
    private final Class<?> component;
    private final Shape<Object> element;

    ArrayShape(String name, Class<?> component, Shape<Object> element) {
      super(name);
      this.component = component;
      this.element = element;
    }

    @Override
    void write(CborWriter out, Object value) {
      int count = Array.getLength(value);
      out.enterArray(count);
      for (int i = 0; i < count; i++) {
        try {
          element.write(out, Array.get(value, i));
        } catch (ValueException e) {
          throw e.at("element " + i);
        }
      }
      out.leave();
    }

    @Override
    Object read(CborReader in) throws WireException {
      int count = in.enterArray();
      Object elements = Array.newInstance(component, count);
      for (int i = 0; i < count; i++) {
        Array.set(elements, i, readElement(in, element, i));
      }
      in.leave();
      return elements;
    }

    @Override
    boolean isComparable() {
      return false;
    }
  }

  /** An array of doubles, which are read and written without boxes. */
  static final class DoublesShape extends Shape<double[]> {
    DoublesShape() {
      super("double[]");
    }

    @Override
    void write(CborWriter out, double[] value) {
      out.enterArray(value.length);
      for (double element : value) {
        out.floating(element);
      }
      out.leave();
    }

    @Override
    double[] read(CborReader in) throws WireException {
      int count = in.enterArray();
      double[] elements = new double[count];
      for (int i = 0; i < count; i++) {
        elements[i] = in.floating();
      }
      in.leave();
      return elements;
    }

    @Override
    boolean isComparable() {
      return false;
    }
  }

  /** A set, as an array in the order of its members' bytes. */
  static final class SetShape<E> extends Shape<Set<E>> {
    private final Shape<E> element;

    SetShape(String name, Shape<E> element) {
      super(name);
      this.element = element;
    }

    @Override
    void write(CborWriter out, Set<E> value) {
      out.enterArray(value.size());
      int[] starts = new int[value.size()];
      int count = 0;
      for (E member : value) {
        starts[count++] = out.size();
        writeKey(out, element, member, "a member");
      }
      out.sort(starts);
      out.leave();
    }

    /** In any order, because it may come from JSON, which has no sets. */
    @Override
    Set<E> read(CborReader in) throws WireException {
      int count = in.enterArray();
      checkUnordered(element, count);
      Set<E> members = new LinkedHashSet<>(capacity(count));
      for (int i = 0; i < count; i++) {
        if (!members.add(readElement(in, element, i))) {
          throw new WireException("element %d of a set is there already".formatted(i));
        }
      }
      in.leave();
      return Collections.unmodifiableSet(members);
    }

    @Override
    boolean isComparable() {
      return false;
    }
  }

  /** A map, as a map in the order of its keys' bytes. */
  static final class MapShape<K, V extends @Nullable Object> extends Shape<Map<K, V>> {
    private final Shape<K> key;
    private final Shape<V> value;

    MapShape(String name, Shape<K> key, Shape<V> value) {
      super(name);
      this.key = key;
      this.value = value;
    }

    @Override
    void write(CborWriter out, Map<K, V> map) {
      out.enterMap(map.size());
      int[] starts = new int[map.size()];
      int count = 0;
      for (Map.Entry<K, V> entry : map.entrySet()) {
        starts[count++] = out.size();
        writeKey(out, key, entry.getKey(), "a key");
        try {
          value.write(out, entry.getValue());
        } catch (ValueException e) {
          throw e.at("the value of a key");
        }
      }
      out.sort(starts);
      out.leave();
    }

    @Override
    Map<K, V> read(CborReader in) throws WireException {
      int count = in.enterMap();
      checkUnordered(key, count);
      Map<K, V> map = new LinkedHashMap<>(capacity(count));
      int before = -1;
      int beforeEnd = -1;
      for (int i = 0; i < count; i++) {
        int begin = in.at();
        K nextKey = key.read(in);
        in.checkOrder(before, beforeEnd, begin);
        before = begin;
        beforeEnd = in.at();
        map.put(nextKey, readElement(in, value, i));
      }
      in.leave();
      if (map.size() != count) {
        throw new WireException("of a map's %d keys some are equal".formatted(count));
      }
      return Collections.unmodifiableMap(map);
    }

    @Override
    boolean isComparable() {
      return false;
    }
  }

  /** An optional, as its value or null. */
  static final class OptionalShape<T> extends Shape<Optional<T>> {
    private final Shape<T> value;

    OptionalShape(String name, Shape<T> value) {
      super(name);
      this.value = value;
    }

    @Override
    void write(CborWriter out, Optional<T> optional) {
      if (optional == null) {
        throw new ValueException("an optional is null; one without a value is empty");
      }
      if (optional.isPresent()) {
        value.write(out, optional.get());
      } else {
        out.nothing();
      }
    }

    @Override
    Optional<T> read(CborReader in) throws WireException {
      return in.tryNothing() ? Optional.empty() : Optional.of(value.read(in));
    }

    /** Null would come back as empty, so it is not taken. */
    @Override
    Shape<@Nullable Optional<T>> orNull() {
      return widen(this);
    }

    @Override
    boolean isComparable() {
      return false;
    }

    @SuppressWarnings("unchecked") // what it does not take it refuses with a NullPointerException
    private static <T> Shape<@Nullable Optional<T>> widen(Shape<Optional<T>> shape) {
      return (Shape<@Nullable Optional<T>>) (Shape<?>) shape;
    }
  }

  private static <E extends @Nullable Object> void writeAll(
      CborWriter out, Shape<E> element, Collection<E> values) {
    int count = values.size();
    out.enterArray(count);
    int i = 0;
    for (E value : values) {
      try {
        element.write(out, value);
      } catch (ValueException e) {
        throw e.at("element " + i);
      }
      i++;
    }
    if (i != count) {
      throw new ValueException(
          "a collection said that it had %d elements and gave %d".formatted(count, i));
    }
    out.leave();
  }

  private static <E extends @Nullable Object> E readElement(CborReader in, Shape<E> element, int i)
      throws WireException {
    try {
      return element.read(in);
    } catch (WireException e) {
      throw e.at("element " + i);
    }
  }

  private static <K> void writeKey(CborWriter out, Shape<K> shape, @Nullable K key, String what) {
    if (key == null) {
      throw new ValueException(what + " is null");
    }
    try {
      shape.write(out, key);
    } catch (ValueException e) {
      throw e.at(what);
    }
  }

  private static void checkUnordered(Shape<?> key, int count) throws WireException {
    if (!key.isComparable() && count > UNORDERED_KEYS_MAX) {
      throw new WireException(
          "a set or map of %s has at most %d members, not %d"
              .formatted(key, UNORDERED_KEYS_MAX, count));
    }
  }

  /** What a hash table is made with, so that {@code count} fit without growing. */
  private static int capacity(int count) {
    return (int) Math.min(1L << 30, count * 4L / 3 + 1);
  }
}
