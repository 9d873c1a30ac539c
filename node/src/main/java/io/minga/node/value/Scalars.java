package io.minga.node.value;

import io.minga.libp2p.wire.WireException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shapes of simple types. */
final class Scalars {
  /** How many bytes the text of a date, a duration or an id may have. */
  private static final int TEXT_BYTES_MAX = 64;

  private Scalars() {}

  /** The shape of a class, primitive or not, or null if it is not a simple one. */
  static @Nullable Shape<?> of(Class<?> type) {
    Shape<?> number = number(type);
    if (number != null) {
      return number;
    }
    if (type == String.class) {
      return new Text();
    } else if (type == Boolean.class || type == boolean.class) {
      return new Bool();
    } else if (type == Character.class || type == char.class) {
      return new Char();
    } else if (type == byte[].class) {
      return new Bytes();
    } else if (type == Void.class || type == void.class) {
      return new Nothing();
    } else if (type == UUID.class) {
      return new Parsed<>(UUID.class, Scalars::uuid);
    } else if (type == Instant.class) {
      return new Parsed<>(Instant.class, Instant::parse);
    } else if (type == Duration.class) {
      return new Parsed<>(Duration.class, Duration::parse);
    } else if (type == LocalDate.class) {
      return new Parsed<>(LocalDate.class, LocalDate::parse);
    } else if (type == LocalTime.class) {
      return new Parsed<>(LocalTime.class, LocalTime::parse);
    } else if (type == LocalDateTime.class) {
      return new Parsed<>(LocalDateTime.class, LocalDateTime::parse);
    } else if (type.isEnum()) {
      return new Constant(type);
    }
    return null;
  }

  private static @Nullable Shape<?> number(Class<?> type) {
    if (type == Long.class || type == long.class) {
      return new Int64();
    } else if (type == Integer.class || type == int.class) {
      return new Narrow<>(Integer.class, Integer.MIN_VALUE, Integer.MAX_VALUE, it -> (int) it);
    } else if (type == Short.class || type == short.class) {
      return new Narrow<>(Short.class, Short.MIN_VALUE, Short.MAX_VALUE, it -> (short) it);
    } else if (type == Byte.class || type == byte.class) {
      return new Narrow<>(Byte.class, Byte.MIN_VALUE, Byte.MAX_VALUE, it -> (byte) it);
    } else if (type == Double.class || type == double.class) {
      return new Float64();
    } else if (type == Float.class || type == float.class) {
      return new Float32();
    } else if (type == BigInteger.class) {
      return new Big();
    } else if (type == BigDecimal.class) {
      return new Decimal();
    }
    return null;
  }

  /** {@link UUID#fromString} takes shorter forms too, which would be other texts for one id. */
  private static UUID uuid(String text) {
    UUID id = UUID.fromString(text);
    if (!id.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException("not the form of 36 characters");
    }
    return id;
  }

  private static final class Int64 extends Shape<Long> {
    Int64() {
      super("Long");
    }

    @Override
    void write(CborWriter out, Long value) {
      out.integer(value);
    }

    @Override
    Long read(CborReader in) throws WireException {
      return in.integer(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Override
    int bytesExpected() {
      return 9;
    }
  }

  private interface FromLong<T> {
    T of(long value);
  }

  private static final class Narrow<T extends Number> extends Shape<T> {
    private final long min;
    private final long max;
    private final FromLong<T> narrow;

    Narrow(Class<T> type, long min, long max, FromLong<T> narrow) {
      super(type.getSimpleName());
      this.min = min;
      this.max = max;
      this.narrow = narrow;
    }

    @Override
    void write(CborWriter out, T value) {
      out.integer(value.longValue());
    }

    @Override
    T read(CborReader in) throws WireException {
      return narrow.of(in.integer(min, max));
    }

    @Override
    int bytesExpected() {
      return 9;
    }
  }

  private static final class Float64 extends Shape<Double> {
    Float64() {
      super("Double");
    }

    @Override
    void write(CborWriter out, Double value) {
      out.floating(value);
    }

    @Override
    Double read(CborReader in) throws WireException {
      return in.floating();
    }

    @Override
    int bytesExpected() {
      return 9;
    }
  }

  private static final class Float32 extends Shape<Float> {
    Float32() {
      super("Float");
    }

    @Override
    void write(CborWriter out, Float value) {
      out.floating(value);
    }

    /** Rounds, as the literal 0.1f does: JSON knows no floats of 32 bits. */
    @Override
    Float read(CborReader in) throws WireException {
      int from = in.at();
      double value = in.floating();
      if (Float.isInfinite((float) value) && !Double.isInfinite(value)) {
        throw new WireException(
            "a float of 32 bits is expected at byte %d, but there is a larger one".formatted(from));
      }
      return (float) value;
    }

    @Override
    int bytesExpected() {
      return 9;
    }
  }

  private static final class Big extends Shape<BigInteger> {
    Big() {
      super("BigInteger");
    }

    @Override
    void write(CborWriter out, BigInteger value) {
      out.integer(value);
    }

    @Override
    BigInteger read(CborReader in) throws WireException {
      return in.integer();
    }
  }

  private static final class Decimal extends Shape<BigDecimal> {
    Decimal() {
      super("BigDecimal");
    }

    @Override
    void write(CborWriter out, BigDecimal value) {
      out.decimal(value);
    }

    @Override
    BigDecimal read(CborReader in) throws WireException {
      return in.decimal();
    }
  }

  private static final class Text extends Shape<String> {
    Text() {
      super("String");
    }

    @Override
    void write(CborWriter out, String value) {
      out.text(value);
    }

    @Override
    String read(CborReader in) throws WireException {
      return in.text(Values.BYTES_MAX);
    }
  }

  private static final class Bool extends Shape<Boolean> {
    Bool() {
      super("Boolean");
    }

    @Override
    void write(CborWriter out, Boolean value) {
      out.bool(value);
    }

    @Override
    Boolean read(CborReader in) throws WireException {
      return in.bool();
    }
  }

  private static final class Char extends Shape<Character> {
    Char() {
      super("Character");
    }

    @Override
    void write(CborWriter out, Character value) {
      out.text(value.toString());
    }

    @Override
    Character read(CborReader in) throws WireException {
      int from = in.at();
      String text = in.text(Values.BYTES_MAX);
      if (text.length() != 1) {
        throw new WireException(
            "a text of one character is expected at byte %d, not of %d"
                .formatted(from, text.length()));
      }
      return text.charAt(0);
    }
  }

  private static final class Bytes extends Shape<byte[]> {
    Bytes() {
      super("byte[]");
    }

    @Override
    void write(CborWriter out, byte[] value) {
      out.bytes(value);
    }

    @Override
    byte[] read(CborReader in) throws WireException {
      return in.bytes(Values.BYTES_MAX);
    }

    @Override
    boolean isComparable() {
      return false;
    }
  }

  private static final class Nothing extends Shape<@Nullable Void> {
    Nothing() {
      super("Void");
    }

    @Override
    void write(CborWriter out, @Nullable Void value) {
      out.nothing();
    }

    @Override
    @SuppressWarnings("NullAway") // it does not see that the type argument allows null
    @Nullable Void read(CborReader in) throws WireException {
      if (!in.tryNothing()) {
        throw in.expected("null");
      }
      return null;
    }

    @Override
    Shape<@Nullable Void> orNull() {
      return this;
    }
  }

  /** A type of the JDK whose own text is its form here, so that JSON has it too. */
  private static final class Parsed<T> extends Shape<T> {
    private final Function<String, T> parse;

    Parsed(Class<T> type, Function<String, T> parse) {
      super(type.getSimpleName());
      this.parse = parse;
    }

    @Override
    void write(CborWriter out, T value) {
      out.text(value.toString());
    }

    @Override
    T read(CborReader in) throws WireException {
      int from = in.at();
      String text = in.text(TEXT_BYTES_MAX);
      try {
        return parse.apply(text);
      } catch (DateTimeException | IllegalArgumentException e) {
        throw new WireException("the text at byte %d is no %s".formatted(from, this));
      }
    }
  }

  /** An enum's constant, by its name. */
  private static final class Constant extends Shape<Enum<?>> {
    private final Enum<?>[] constants;
    private final byte[][] encoded;

    Constant(Class<?> type) {
      super(type.getSimpleName());
      this.constants = (Enum<?>[]) type.getEnumConstants();
      this.encoded = new byte[constants.length][];
      for (int i = 0; i < constants.length; i++) {
        CborWriter out = new CborWriter(16);
        out.text(constants[i].name());
        encoded[i] = out.bytes();
      }
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // the index of a table that this process made
    void write(CborWriter out, Enum<?> value) {
      out.item(encoded[value.ordinal()]);
    }

    @Override
    Enum<?> read(CborReader in) throws WireException {
      for (int i = 0; i < encoded.length; i++) {
        if (in.tryItem(encoded[i])) {
          return constants[i];
        }
      }
      int from = in.at();
      in.text(Values.BYTES_MAX);
      throw new WireException(
          "the text at byte %d is none of the %d constants of %s"
              .formatted(from, constants.length, this));
    }
  }
}
