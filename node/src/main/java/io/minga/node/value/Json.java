package io.minga.node.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Base64;

/**
 * JSON for the people who type values and read them: a text becomes the value that a function of
 * any type reads, and a value becomes a text.
 *
 * <p>Dates, durations and ids are texts in both. Bytes have no place in JSON: they are shown as
 * base64url (RFC 8949, section 6.1), and cannot be typed.
 */
public final class Json {
  private static final int NUMBER_LENGTH_MAX = 10_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Values.DEPTH_MAX)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxStringLength(Values.BYTES_MAX)
                  .maxDocumentLength(Values.BYTES_MAX)
                  .build())
          .build();

  private Json() {}

  /**
   * The value that {@code json} says, as a function takes it.
   *
   * @throws IllegalArgumentException if it is not one JSON value; the message says where it is
   *     wrong
   */
  public static byte[] toValue(String json) {
    try (JsonParser in = FACTORY.createParser(json)) {
      CborWriter out = new CborWriter(64);
      if (in.nextToken() == null) {
        throw new IllegalArgumentException("a JSON value is expected, but the text is empty");
      }
      write(in, out);
      if (in.nextToken() != null) {
        throw new IllegalArgumentException(
            "one JSON value is expected, but more follows" + place(in));
      }
      return out.bytes();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "no JSON: %s (line %d, column %d)"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new IllegalStateException(e); // from a text in memory
    }
  }

  private static String place(JsonParser in) {
    return " (line %d, column %d)"
        .formatted(in.currentTokenLocation().getLineNr(), in.currentTokenLocation().getColumnNr());
  }

  private static void write(JsonParser in, CborWriter out) throws IOException {
    switch (in.currentToken()) {
      case START_OBJECT -> writeMap(in, out);
      case START_ARRAY -> writeArray(in, out);
      case VALUE_STRING -> out.text(in.getText());
      case VALUE_NUMBER_INT -> out.integer(in.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> writeFraction(in.getText(), out);
      case VALUE_TRUE -> out.bool(true);
      case VALUE_FALSE -> out.bool(false);
      default -> out.nothing();
    }
  }

  private static void writeArray(JsonParser in, CborWriter out) throws IOException {
    int from = out.size();
    int count = 0;
    for (; in.nextToken() != JsonToken.END_ARRAY; count++) {
      write(in, out);
    }
    out.wrapArray(from, count);
  }

  private static void writeMap(JsonParser in, CborWriter out) throws IOException {
    int from = out.size();
    int[] starts = new int[8];
    int count = 0;
    for (; in.nextToken() != JsonToken.END_OBJECT; count++) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count] = out.size();
      out.text(in.currentName());
      in.nextToken();
      write(in, out);
    }
    out.sort(Arrays.copyOf(starts, count));
    out.wrapMap(from, count);
  }

  /** A float if it says the same in decimal, which is what it was read from; else a decimal. */
  private static void writeFraction(String literal, CborWriter out) {
    BigDecimal decimal;
    try {
      decimal = new BigDecimal(literal);
    } catch (NumberFormatException e) {
      throw new ValueException("a number's exponent is beyond all bounds");
    }
    double value = Double.parseDouble(literal);
    if (Double.isFinite(value) && BigDecimal.valueOf(value).compareTo(decimal) == 0) {
      out.floating(value);
    } else {
      out.decimal(decimal);
    }
  }

  /**
   * The text of a value, on one line.
   *
   * @param value the bytes of any value that is not in another encoding, such as protobuf
   * @throws WireException if they are not one
   */
  public static String ofValue(byte[] value) throws WireException {
    CborReader in = new CborReader(value);
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      read(in, out);
    } catch (IOException e) {
      throw new IllegalStateException(e); // into a text in memory
    }
    in.end();
    return text.toString();
  }

  private static void read(CborReader in, JsonGenerator out) throws WireException, IOException {
    if (in.tryNothing()) {
      out.writeNull();
      return;
    }
    switch (in.major()) {
      case Cbor.UNSIGNED, Cbor.NEGATIVE -> out.writeNumber(in.integer());
      case Cbor.BYTES -> out.writeString(base64(in.bytes(Values.BYTES_MAX)));
      case Cbor.TEXT -> out.writeString(in.text(Values.BYTES_MAX));
      case Cbor.ARRAY -> readArray(in, out);
      case Cbor.MAP -> readMap(in, out);
      case Cbor.TAG -> {
        if (in.tag() == Cbor.TAG_DECIMAL) {
          out.writeNumber(in.decimal());
        } else {
          out.writeNumber(in.integer());
        }
      }
      case Cbor.SIMPLE -> {
        if (in.isFloating()) {
          out.writeNumber(in.floating());
        } else {
          out.writeBoolean(in.bool());
        }
      }
      default -> throw in.expected("a value");
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void readArray(CborReader in, JsonGenerator out)
      throws WireException, IOException {
    out.writeStartArray();
    for (int left = in.enterArray(); left > 0; left--) {
      read(in, out);
    }
    in.leave();
    out.writeEndArray();
  }

  private static void readMap(CborReader in, JsonGenerator out) throws WireException, IOException {
    out.writeStartObject();
    int before = -1;
    int beforeEnd = -1;
    for (int left = in.enterMap(); left > 0; left--) {
      int begin = in.at();
      String key = key(in);
      in.checkOrder(before, beforeEnd, begin);
      before = begin;
      beforeEnd = in.at();
      out.writeFieldName(key);
      read(in, out);
    }
    in.leave();
    out.writeEndObject();
  }

  /** A key that is not a text is shown as what its JSON is. */
  private static String key(CborReader in) throws WireException, IOException {
    if (in.major() == Cbor.TEXT) {
      return in.text(Values.BYTES_MAX);
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      read(in, out);
    }
    return text.toString();
  }
}
