package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.minga.libp2p.wire.Hostile;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HostileValuesTest {
  private static final List<String> NESTED =
      List.of("81818100", "a16161a0", "9b7fffffffffffffff", "c48220c2490100000000000000ff");

  @Test
  void record_isReadOrRefused_andReadAlikeTwice() {
    Codec<ValuesTest.Everything> codec = Values.codec(ValuesTest.Everything.class);

    Hostile.fuzz(
        1,
        List.of(codec.encode(ValuesTest.everything()), hex(NESTED.get(2))),
        input -> {
          ValuesTest.Everything value = codec.decode(input);
          assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
          return value;
        });
  }

  @Test
  void collections_areReadOrRefused() {
    Codec<Map<List<Integer>, Set<Double>>> codec =
        Values.codec(new ValueType<Map<List<Integer>, Set<Double>>>() {});

    Hostile.fuzz(
        2,
        List.of(
            codec.encode(Map.of(List.of(1, 2), Set.of(0.1, 2.0), List.of(), Set.of(1e300))),
            codec.encode(Map.of()),
            hex(NESTED.get(1))),
        codec::decode);
  }

  @Test
  void tree_isReadOrRefused_andItsBytesAreTheOnlyOnes() {
    Codec<ValuesTest.Tree> codec = Values.codec(ValuesTest.Tree.class);
    ValuesTest.Tree leaf = new ValuesTest.Tree("leaf", List.of());

    Hostile.fuzz(
        3,
        List.of(
            codec.encode(leaf), codec.encode(new ValuesTest.Tree("\u00e9", List.of(leaf, leaf)))),
        input -> {
          ValuesTest.Tree value = codec.decode(input);
          assertThat(codec.encode(value)).isEqualTo(input);
          return value;
        });
  }

  @Test
  void doubles_areReadOrRefused() {
    Codec<double[]> codec = Values.codec(double[].class);

    Hostile.fuzz(
        4,
        List.of(codec.encode(new double[] {1.5, 0.1, 1e9f, -0.0}), hex("83182a20f97c00")),
        codec::decode);
  }

  @Test
  void anyValue_isShownOrRefused() {
    Hostile.fuzz(
        5,
        List.of(
            Values.codec(ValuesTest.Everything.class).encode(ValuesTest.everything()),
            hex(NESTED.get(0)),
            hex(NESTED.get(1)),
            hex(NESTED.get(3))),
        Json::ofValue);
  }

  @Test
  void protobuf_isReadOrRefused() {
    Codec<Struct> codec = Values.codec(Struct.class);
    Struct struct =
        Struct.newBuilder()
            .putFields("name", Value.newBuilder().setStringValue("x").build())
            .putFields("size", Value.newBuilder().setNumberValue(5).build())
            .build();

    Hostile.fuzz(6, List.of(codec.encode(struct)), codec::decode);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
