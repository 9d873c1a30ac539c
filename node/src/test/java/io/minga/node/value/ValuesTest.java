package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.wire.WireException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {
  record Point(int x, long y) {}

  record Pair<A, B>(A first, B second) {}

  record Tree(String name, List<Tree> children) {}

  record Node<T>(T value, Optional<Node<T>> next) {}

  record Positive(int value) {
    Positive {
      if (value <= 0) {
        throw new IllegalArgumentException("secret " + value);
      }
    }
  }

  record Everything(
      byte small,
      short narrow,
      int plain,
      long wide,
      float single,
      double precise,
      boolean flag,
      char letter,
      @Nullable Integer boxed,
      @Nullable String text,
      BigInteger big,
      BigDecimal decimal,
      UUID id,
      Instant at,
      Duration during,
      LocalDate date,
      LocalTime time,
      LocalDateTime local,
      DayOfWeek day,
      Optional<String> maybe,
      List<Point> points,
      Set<String> names,
      Map<String, List<Integer>> groups) {}

  static Everything everything() {
    return new Everything(
        Byte.MIN_VALUE,
        Short.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        0.1f,
        Math.PI,
        true,
        '\u00e4',
        null,
        "\ud83d\ude00 text",
        BigInteger.TWO.pow(200).negate(),
        new BigDecimal("-12345678901234567890.1234567890"),
        new UUID(1, 2),
        Instant.ofEpochSecond(1_700_000_000, 123_456_789),
        Duration.ofMillis(-90_061_001),
        LocalDate.of(2024, 2, 29),
        LocalTime.of(23, 59, 59, 1),
        LocalDateTime.of(1, 1, 1, 0, 0),
        DayOfWeek.FRIDAY,
        Optional.of("there"),
        List.of(new Point(1, 2), new Point(-3, 1L << 40)),
        new LinkedHashSet<>(List.of("b", "a", "aa")),
        Map.of("odd", List.of(1, 3), "even", List.of(2)));
  }

  static Stream<Arguments> roundTrips() {
    List<@Nullable String> withNull = new ArrayList<>(Arrays.asList("a", null, "b"));
    Map<Point, @Nullable Double> byPoint = new LinkedHashMap<>();
    byPoint.put(new Point(2, 1), 0.5);
    byPoint.put(new Point(1, 2), null);
    return Stream.of(
        Arguments.of(Values.codec(Everything.class), everything()),
        Arguments.of(Values.codec(Integer.class), null),
        Arguments.of(Values.codec(long.class), Long.MIN_VALUE),
        Arguments.of(Values.codec(Character.class), 'x'),
        Arguments.of(Values.codec(String.class), "x".repeat(100_000)),
        Arguments.of(Values.codec(double[].class), new double[] {1, 0.1, -0.0, Double.NaN}),
        Arguments.of(Values.codec(int[].class), new int[] {1, -2, Integer.MAX_VALUE}),
        Arguments.of(Values.codec(String[].class), new @Nullable String[] {"a", null}),
        Arguments.of(Values.codec(byte[][].class), new byte[][] {{1}, {}}),
        Arguments.of(Values.codec(Point[].class), new Point[] {new Point(1, 1)}),
        Arguments.of(
            Values.codec(Tree.class),
            new Tree("root", List.of(new Tree("leaf", List.of()), new Tree("leaf", List.of())))),
        Arguments.of(Values.codec(new ValueType<List<String>>() {}), withNull),
        Arguments.of(Values.codec(new ValueType<Map<Point, Double>>() {}), byPoint),
        Arguments.of(Values.codec(new ValueType<Set<DayOfWeek>>() {}), Set.of(DayOfWeek.MONDAY)),
        Arguments.of(Values.codec(new ValueType<Optional<Integer>>() {}), Optional.empty()),
        Arguments.of(Values.codec(new ValueType<Optional<Integer>>() {}), Optional.of(5)),
        Arguments.of(
            Values.codec(new ValueType<Pair<Integer, Pair<String, Point>>>() {}),
            new Pair<>(1, new Pair<>("two", new Point(3, 4)))),
        Arguments.of(
            Values.codec(new ValueType<Node<List<Integer>>>() {}),
            new Node<>(List.of(1), Optional.of(new Node<>(List.<Integer>of(), Optional.empty())))));
  }

  @ParameterizedTest
  @MethodSource("roundTrips")
  <T> void everyType_comesBackEqual(Codec<T> codec, T value) throws WireException {
    byte[] bytes = codec.encode(value);

    assertThat(codec.decode(bytes)).isEqualTo(value);
    assertThat(codec.encode(codec.decode(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void equalMapsAndSets_haveEqualBytes_whateverTheirOrder(long seed) {
    Random random = new Random(Long.getLong("seed", seed));
    List<Integer> numbers = new ArrayList<>(IntStream.range(-500, 500).boxed().toList());
    byte[] set =
        Values.codec(new ValueType<Set<Integer>>() {}).encode(new LinkedHashSet<>(numbers));
    Map<Integer, Integer> squares = new LinkedHashMap<>();
    numbers.forEach(it -> squares.put(it, it * it));
    byte[] map = Values.codec(new ValueType<Map<Integer, Integer>>() {}).encode(squares);

    Collections.shuffle(numbers, random);
    Map<Integer, Integer> shuffled = new HashMap<>();
    numbers.forEach(it -> shuffled.put(it, it * it));

    assertThat(Values.codec(new ValueType<Set<Integer>>() {}).encode(new LinkedHashSet<>(numbers)))
        .as("seed %d", seed)
        .isEqualTo(set);
    assertThat(Values.codec(new ValueType<Map<Integer, Integer>>() {}).encode(shuffled))
        .as("seed %d", seed)
        .isEqualTo(map);
  }

  @Test
  void collections_comeBackUnmodifiable() throws WireException {
    Codec<List<Integer>> lists = Values.codec(new ValueType<List<Integer>>() {});
    List<Integer> list = lists.decode(lists.encode(List.of(1)));

    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> list.set(0, 2));
  }

  @Test
  void optionalComponent_mayBeMissing() throws WireException {
    Codec<Node<Integer>> codec = Values.codec(new ValueType<Node<Integer>>() {});

    assertThat(codec.decode(Json.toValue("{\"value\": 1}")))
        .isEqualTo(new Node<>(1, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8301     | 3 items are announced",
        "9bffffffffffffffff | 18446744073709551615 items",
        "9f01ff   | length of no bound",
        "81fa3f800000 | an integer is expected at byte 1, but there is a float",
        "811817   | byte 1 is not in its shortest form",
        "8101f6   | ends at byte 2, but 1 B follow",
        "82016161 | element 1: an integer is expected at byte 2, but there is a text",
        "811b8000000000000000 | from -2147483648 to 2147483647 is expected",
        "81c101   | but there is a tag",
        "81       | 1 items are announced",
        "''       | an array is expected at byte 0, but there is nothing more",
        "811a00   | cut off: 3 B more are missing",
        "81ff     | a simple value that has no use here"
      })
  void list_ofWrongBytes_isRefused(String hex, String message) {
    refused(Values.codec(new ValueType<List<Integer>>() {}), hex, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a26178016179     | y: an integer is expected at byte 6, but there is nothing more",
        "a1617801         | Point has no y",
        "a2617a016178     | key at byte 1 is none of those of Point",
        "a2617901617802   | Point has no x, or it is not in its place",
        "a3617801617902617a03 | key at byte 7 is none of those of Point, which are x, y",
        "a2617801617a02   | key at byte 4 is none of those of Point",
        "a26178f6617902   | x: an integer is expected at byte 3, but there is null",
        "a2617801617801   | Point has no y, or it is not in its place",
        "80               | a map is expected at byte 0, but there is an array"
      })
  void record_ofWrongBytes_isRefused(String hex, String message) {
    refused(Values.codec(Point.class), hex, message);
  }

  @Test
  void others_ofWrongBytes_areRefused() {
    refused(Values.codec(String.class), "62c328", "is not UTF-8");
    refused(Values.codec(String.class), "63eda080", "is not UTF-8");
    refused(Values.codec(String.class), "6461", "says that it has 4 B, but 1 follow");
    refused(Values.codec(Double.class), "fb3ff0000000000000", "not in its shortest form");
    refused(Values.codec(Double.class), "fa3f800000", "not in its shortest form");
    refused(Values.codec(Double.class), "f97e01", "not in its shortest form");
    refused(Values.codec(Double.class), "1b7fffffffffffffff", "an integer that none equals");
    refused(Values.codec(Float.class), "fb7e37e43c8800759c", "there is a larger one");
    refused(Values.codec(BigInteger.class), "c240", "not in its shortest form");
    refused(Values.codec(BigInteger.class), "c24101", "not in its shortest form");
    refused(Values.codec(BigDecimal.class), "c4821a7fffffff01", "from -10000 to 10000");
    refused(Values.codec(BigDecimal.class), "c48101", "not a pair");
    refused(Values.codec(BigDecimal.class), "f97c00", "no finite number");
    refused(Values.codec(UUID.class), "67312d312d312d31", "is no UUID");
    refused(Values.codec(Instant.class), "63646179", "is no Instant");
    refused(Values.codec(DayOfWeek.class), "63646179", "none of the 7 constants of DayOfWeek");
    refused(Values.codec(Void.class), "01", "null is expected");
    refused(Values.codec(char.class), "626161", "one character");
    refused(Values.codec(new ValueType<Set<Integer>>() {}), "820101", "is there already");
    refused(Values.codec(new ValueType<Map<Integer, Integer>>() {}), "a202000100", "should come");
    refused(Values.codec(new ValueType<Map<Integer, Integer>>() {}), "a201000100", "already");
    refused(Values.codec(new ValueType<Set<Integer>>() {}), "81f6", "there is null");
  }

  @Test
  void constructorThatRefuses_isNamed_withoutWhatItSays() {
    refused(
        Values.codec(Positive.class),
        "a16576616c756520",
        "the constructor of Positive refused what came with java.lang.IllegalArgumentException");
  }

  @Test
  void depth_isLimitedBothWays() {
    Tree deep = new Tree("", List.of());
    for (int i = 0; i < Values.DEPTH_MAX / 2; i++) {
      deep = new Tree("", List.of(deep));
    }
    Tree tooDeep = deep;

    assertThatExceptionOfType(ValueException.class)
        .isThrownBy(() -> Values.codec(Tree.class).encode(tooDeep))
        .withMessageContaining("nests deeper than 64 levels");
    refused(Values.codec(Tree.class), "81".repeat(1000), "a map is expected");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> Json.ofValue(HexFormat.of().parseHex("81".repeat(100_000) + "00")))
        .withMessageContaining("nests deeper than 64 levels");
  }

  @Test
  void values_thatTheTypeDoesNotHave_areRefused() {
    unfit(Values.codec(String.class), "a\ud800b", "half of a surrogate pair at character 1");
    unfit(
        Values.codec(new ValueType<Set<String>>() {}),
        new LinkedHashSet<>(Arrays.asList("a", null)),
        "a member is null");
    unfit(
        Values.codec(BigInteger.class),
        BigInteger.ONE.shiftLeft(1 << 20),
        "an integer has at most");
    unfit(Values.codec(BigDecimal.class), new BigDecimal("1e20000"), "exponent");
    unfit(
        Values.codec(new ValueType<List<BigDecimal>>() {}),
        List.of(BigDecimal.ONE, new BigDecimal("1e20000")),
        "element 1: ");
    unfit(
        Values.codec(new ValueType<List<byte[]>>() {}),
        Collections.nCopies(1025, new byte[64 << 10]),
        "takes more than 67108864 B");
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what a caller without generics does
  void valueOfAnotherClass_isRefused() {
    unfit((Codec) Values.codec(Long.class), "5", "a value of Long is wanted");
    unfit((Codec) Values.codec(Point.class), new Positive(1), "a value of Point is wanted");
    unfit(
        (Codec) Values.codec(new ValueType<List<Long>>() {}),
        List.of("5"),
        "of List<Long> is wanted");
  }

  record HasObject(Object any) {}

  record HasRaw(@SuppressWarnings("rawtypes") List raw) {}

  record HasTwice(Optional<Optional<String>> twice) {}

  record Endless<T>(Optional<Endless<List<T>>> next) {}

  @Test
  void types_thatCannotBeCarried_areRefusedWhenRegistered() {
    unsupported(HasObject.class, "component any of", "java.lang.Object is not a simple type");
    unsupported(HasRaw.class, "component raw of", "java.util.List lacks its type arguments");
    unsupported(HasTwice.class, "component twice of", "an optional of an optional");
    unsupported(Pair.class, "lacks its type arguments", "ValueType<Pair<…>>");
    unsupported(Thread.class, "java.lang.Thread", "is not a simple type");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.codec(new ValueType<Endless<Integer>>() {}))
        .withMessageContaining("without end");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.codec(new ValueType<List<?>>() {}))
        .withMessageContaining("java.lang.Object");
  }

  private static void unsupported(Class<?> type, String... messages) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Values.codec(type))
        .satisfies(e -> assertThat(e.getMessage()).contains(messages));
  }

  private static <T> void unfit(Codec<T> codec, T value, String message) {
    assertThatExceptionOfType(ValueException.class)
        .isThrownBy(() -> codec.encode(value))
        .withMessageContaining(message);
  }

  private static void refused(Codec<?> codec, String hex, String message) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> codec.decode(HexFormat.of().parseHex(hex)))
        .withMessageContaining(message);
  }
}
