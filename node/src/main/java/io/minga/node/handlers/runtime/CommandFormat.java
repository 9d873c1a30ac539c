package io.minga.node.handlers.runtime;

import io.minga.libp2p.wire.WireException;
import io.minga.node.handlers.HandlerException;
import io.minga.node.value.Codec;
import io.minga.node.value.Json;
import io.minga.node.value.Values;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** How a task's input becomes what a program reads, and what it writes becomes the result. */
public enum CommandFormat {
  /** As they are. */
  BYTES {
    @Override
    byte[] toProgram(byte[] input) {
      return input;
    }

    @Override
    byte[] toResult(byte[] output) {
      return output;
    }
  },

  /**
   * As values: a text is given to the program in UTF-8 and bytes as they are, anything else as
   * JSON. What it writes is a text if it is one in UTF-8, and else bytes.
   */
  VALUES {
    @Override
    byte[] toProgram(byte[] input) {
      return switch (major(input)) {
        case 2 -> decode(BINARY, input);
        case 3 -> decode(TEXT, input).getBytes(StandardCharsets.UTF_8);
        default -> json(input);
      };
    }

    @Override
    byte[] toResult(byte[] output) {
      try {
        return TEXT.encode(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(output)).toString());
      } catch (CharacterCodingException noText) {
        return BINARY.encode(output);
      }
    }
  };

  private static final Codec<String> TEXT = Values.codec(String.class);
  private static final Codec<byte[]> BINARY = Values.codec(byte[].class);

  abstract byte[] toProgram(byte[] input);

  abstract byte[] toResult(byte[] output);

  /** The major type of a CBOR item: 2 is bytes, 3 is text (RFC 8949, 3.1). */
  private static int major(byte[] input) {
    return input.length == 0 ? -1 : (input[0] & 0xff) >> 5;
  }

  private static byte[] json(byte[] input) {
    try {
      return Json.ofValue(input).getBytes(StandardCharsets.UTF_8);
    } catch (WireException noValue) {
      throw HandlerException.badInput("the input is no value: " + noValue.getMessage());
    }
  }

  private static <T> T decode(Codec<T> codec, byte[] input) {
    try {
      return codec.decode(input);
    } catch (WireException noValue) {
      throw HandlerException.badInput("the input is no value: " + noValue.getMessage());
    }
  }
}
