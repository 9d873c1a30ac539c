package io.minga.cli.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** JSON as the commands read and write it: one value, strictly, within limits. */
public final class Json {
  private static final int DEPTH_MAX = 64;
  private static final int NUMBER_LENGTH_MAX = 10_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxNumberLength(NUMBER_LENGTH_MAX)
                          .maxStringLength(ControlOptions.DEFAULT.lineBytesMax())
                          .maxDocumentLength(ControlOptions.DEFAULT.lineBytesMax())
                          .build())
                  .build())
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException if it is not one; the message says where it is wrong
   */
  public static JsonNode parse(String text) {
    try {
      JsonNode value = MAPPER.readTree(text);
      if (value instanceof MissingNode) {
        throw new IllegalArgumentException("the text is empty");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(sentence(e), e);
    }
  }

  /** What {@code value}, a record perhaps, is in JSON. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** What {@code value}, a record perhaps, is in JSON, on one line. */
  public static String text(Object value) {
    return new String(bytes(value), StandardCharsets.UTF_8);
  }

  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // into memory
    }
  }

  /**
   * The record that a line is.
   *
   * @throws IllegalArgumentException if it is not one; the message says what is wrong
   */
  static <T> T read(byte[] line, Class<T> type) {
    try {
      return MAPPER.readValue(line, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(sentence(e), e);
    } catch (IOException e) {
      throw new IllegalStateException(e); // from memory
    }
  }

  static <T> T read(JsonNode value, Class<T> type) {
    try {
      return MAPPER.treeToValue(value, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(sentence(e), e);
    }
  }

  private static String sentence(JsonProcessingException e) {
    String words = e.getOriginalMessage().lines().findFirst().orElse("");
    return e.getLocation() == null
        ? words
        : "%s (line %d, column %d)"
            .formatted(words, e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }
}
