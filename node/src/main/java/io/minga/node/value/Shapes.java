package io.minga.node.value;

import com.google.protobuf.MessageLite;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the shape of one type, and of all that it is made of. */
final class Shapes {
  private static final int TYPE_DEPTH_MAX = 64;

  /** Records that were met: a type may contain itself. */
  private final Map<RecordType, RecordShape> records = new LinkedHashMap<>();

  private int depth;

  /** A record with the shapes of its arguments, which are equal when they are the same object. */
  private record RecordType(Class<?> type, List<Shape<?>> arguments) {}

  /** The shape of a value that is not part of another. */
  Shape<?> top(Type type) {
    return reference(type, Collections.emptyMap());
  }

  /** The shape of a type whose values may be null if it is not primitive. */
  private Shape<?> reference(Type type, Map<TypeVariable<?>, Shape<?>> bound) {
    Shape<?> shape = shape(type, bound);
    return type instanceof Class<?> plain && plain.isPrimitive() ? shape : shape.orNull();
  }

  private Shape<?> shape(Type type, Map<TypeVariable<?>, Shape<?>> bound) {
    if (++depth > TYPE_DEPTH_MAX) {
      throw new IllegalArgumentException(
          "a type nests deeper than %d levels, or without end".formatted(TYPE_DEPTH_MAX));
    }
    try {
      if (type instanceof Class<?> plain) {
        return ofClass(plain);
      } else if (type instanceof ParameterizedType generic) {
        return ofGeneric(generic, bound);
      } else if (type instanceof GenericArrayType array) {
        throw unsupported(array);
      } else if (type instanceof WildcardType wildcard) {
        return shape(wildcard.getUpperBounds()[0], bound);
      }
      Shape<?> argument = bound.get(type);
      if (argument == null) {
        throw new IllegalArgumentException(
            "%s stands for any type, but values need a certain one".formatted(type.getTypeName()));
      }
      return argument;
    } finally {
      depth--;
    }
  }

  @SuppressWarnings("unchecked") // an array of the component's type is filled with such
  private Shape<?> ofClass(Class<?> type) {
    Shape<?> scalar = Scalars.of(type);
    if (scalar != null) {
      return scalar;
    } else if (type == double[].class) {
      return new Containers.DoublesShape();
    } else if (type.isArray()) {
      Class<?> component = type.getComponentType();
      Shape<?> element = reference(component, Collections.emptyMap());
      return new Containers.ArrayShape(element + "[]", component, (Shape<Object>) element);
    } else if (type.isRecord() && type.getTypeParameters().length == 0) {
      return record(type, List.of());
    }
    throw unsupported(type);
  }

  private static IllegalArgumentException unsupported(Class<?> type) {
    String why =
        type.getTypeParameters().length > 0
            ? "lacks its type arguments; write new ValueType<%s<…>>() {}"
                .formatted(type.getSimpleName())
            : MessageLite.class.isAssignableFrom(type)
                ? "is a protobuf message, which can be a value but not a part of one"
                : "is not a simple type, an enum, a record, or a List, Set, Map, Optional or array";
    return new IllegalArgumentException("%s %s".formatted(type.getName(), why));
  }

  private static IllegalArgumentException unsupported(GenericArrayType array) {
    return new IllegalArgumentException(
        "%s is an array of a type with arguments; a List can be carried instead"
            .formatted(array.getTypeName()));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the shapes are made from the type's arguments
  private Shape<?> ofGeneric(ParameterizedType type, Map<TypeVariable<?>, Shape<?>> bound) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (raw == List.class || raw == Collection.class) {
      Shape element = reference(arguments[0], bound);
      return new Containers.ListShape("List<%s>".formatted(element), element);
    } else if (raw == Set.class) {
      Shape element = shape(arguments[0], bound);
      return new Containers.SetShape("Set<%s>".formatted(element), element);
    } else if (raw == Map.class) {
      Shape key = shape(arguments[0], bound);
      Shape value = reference(arguments[1], bound);
      return new Containers.MapShape("Map<%s, %s>".formatted(key, value), key, value);
    } else if (raw == Optional.class) {
      Shape value = shape(arguments[0], bound);
      if (value instanceof Containers.OptionalShape) {
        throw new IllegalArgumentException("an optional of an optional cannot be told from empty");
      }
      return new Containers.OptionalShape("Optional<%s>".formatted(value), value);
    } else if (raw.isRecord()) {
      List<Shape<?>> shapes = new ArrayList<>();
      for (Type argument : arguments) {
        shapes.add(shape(argument, bound));
      }
      return record(raw, shapes);
    }
    throw unsupported(raw);
  }

  private RecordShape record(Class<?> type, List<Shape<?>> arguments) {
    RecordType key = new RecordType(type, arguments);
    RecordShape known = records.get(key);
    if (known != null) {
      return known;
    }
    RecordComponent[] declared = type.getRecordComponents();
    RecordShape shape = new RecordShape(name(type, arguments), constructor(type, declared));
    records.put(key, shape);
    Map<TypeVariable<?>, Shape<?>> bound = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      bound.put(type.getTypeParameters()[i], arguments.get(i));
    }
    List<RecordShape.Component> components = new ArrayList<>();
    for (int i = 0; i < declared.length; i++) {
      components.add(component(type, i, declared[i], bound));
    }
    shape.of(components);
    return shape;
  }

  private static String name(Class<?> type, List<Shape<?>> arguments) {
    String name = type.getSimpleName();
    return arguments.isEmpty()
        ? name
        : arguments.stream()
            .map(Shape::toString)
            .collect(Collectors.joining(", ", name + "<", ">"));
  }

  @SuppressWarnings("unchecked") // an accessor gives values of the component's type
  private RecordShape.Component component(
      Class<?> type, int index, RecordComponent declared, Map<TypeVariable<?>, Shape<?>> bound) {
    Shape<?> shape;
    try {
      shape = reference(declared.getGenericType(), bound);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "component %s of %s: %s".formatted(declared.getName(), type.getName(), e.getMessage()),
          e);
    }
    Method accessor = declared.getAccessor();
    open(type, accessor.trySetAccessible());
    return new RecordShape.Component(
        declared.getName(), index, accessor, (Shape<@Nullable Object>) shape);
  }

  private static Constructor<?> constructor(Class<?> type, RecordComponent[] declared) {
    Class<?>[] parameters =
        Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(parameters);
      open(type, canonical.trySetAccessible());
      return canonical;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e); // every record has one
    }
  }

  private static void open(Class<?> type, boolean accessible) {
    if (!accessible) {
      throw new IllegalArgumentException(
          "%s is in a module that does not open %s"
              .formatted(type.getName(), type.getPackageName()));
    }
  }
}
