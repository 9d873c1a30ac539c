package io.minga.node.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.minga.libp2p.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ours against Jackson's CBOR: each reads what the other wrote. */
final class AnotherCborTest {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final CBORFactory another = new CBORFactory();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theyReadOurs_asTheJsonThatItWasTypedAs(long seed) throws IOException {
    long used = Long.getLong("seed", seed);
    Random random = new Random(used);
    for (int i = 0; i < 200; i++) {
      String json = json(random, 4);
      try (JsonParser in = another.createParser(Json.toValue(json))) {
        JsonNode theirs = new ObjectMapper(another).readTree(in);
        assertSame(theirs, JSON.readTree(json), "seed " + used);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void weReadTheirs(long seed) throws IOException, WireException {
    long used = Long.getLong("seed", seed);
    Random random = new Random(used);
    for (int i = 0; i < 1000; i++) {
      long wide = random.nextLong() >> random.nextInt(64);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (CBORGenerator out = another.createGenerator(bytes)) {
        out.writeStartArray(null, 3);
        out.writeNumber(wide);
        out.writeString("text \u6c34" + wide);
        out.writeBoolean(wide > 0);
        out.writeEndArray();
      }
      assertThat(Json.ofValue(bytes.toByteArray()))
          .as("seed %d", used)
          .isEqualTo("[%d,\"text \u6c34%d\",%b]".formatted(wide, wide, wide > 0));
    }
  }

  private static void assertSame(JsonNode theirs, JsonNode typed, String where) {
    if (typed.isNumber()) {
      assertThat(theirs.decimalValue()).as(where).isEqualByComparingTo(typed.decimalValue());
    } else if (typed.isContainerNode()) {
      assertThat(theirs.getNodeType()).as(where).isEqualTo(typed.getNodeType());
      assertThat(theirs.size()).as(where).isEqualTo(typed.size());
      for (int i = 0; typed.isArray() && i < typed.size(); i++) {
        assertSame(theirs.get(i), typed.get(i), where + "/" + i);
      }
      for (var entry : typed.properties()) {
        assertThat(theirs.has(entry.getKey())).as(where).isTrue();
        assertSame(theirs.get(entry.getKey()), entry.getValue(), where + "/" + entry.getKey());
      }
    } else {
      assertThat(theirs).as(where).isEqualTo(typed);
    }
  }

  private static String json(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> "null";
      case 1 -> Boolean.toString(random.nextBoolean());
      case 2 -> Long.toString(random.nextLong() >> random.nextInt(64));
      // Jackson takes a highest bit that is set for a sign, against section 3.4.3.
      case 3 -> new BigInteger(100, random).setBit(100).toString();
      case 4 -> Double.toString(random.nextGaussian());
      case 5 -> "\"" + "\u00fc".repeat(random.nextInt(30)) + random.nextInt() + "\"";
      case 6 -> {
        StringBuilder list = new StringBuilder("[");
        for (int i = random.nextInt(10); i > 0; i--) {
          list.append(json(random, depth - 1)).append(i > 1 ? "," : "");
        }
        yield list.append(']').toString();
      }
      default -> {
        StringBuilder map = new StringBuilder("{");
        for (int i = random.nextInt(10); i > 0; i--) {
          map.append("\"%x-%d\":".formatted(random.nextInt(1 << random.nextInt(20)), i));
          map.append(json(random, depth - 1)).append(i > 1 ? "," : "");
        }
        yield map.append('}').toString();
      }
    };
  }
}
