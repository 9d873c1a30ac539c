package io.minga.libp2p.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HostileTest {
  private static final List<byte[]> CORPUS = List.of(new byte[] {3, 1, 2, 3});

  /** What the length-prefixed {@code input} holds, without regard to anything. */
  private static byte[] careless(byte[] input) throws WireException {
    ByteBuffer in = ByteBuffer.wrap(input);
    byte[] value = new byte[Math.toIntExact(Math.min(Uvarint.decode(in), 1 << 24))];
    if (value.length > in.remaining()) {
      throw new WireException("value is cut short");
    }
    in.get(value);
    return value;
  }

  @Test
  void fuzz_decoderThatBelievesALength_isFound() {
    assertThatThrownBy(() -> Hostile.fuzz(1, 20_000, CORPUS, HostileTest::careless))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("allocated")
        .hasMessageContaining("seed 1");
  }

  @Test
  void fuzz_decoderThatThrowsAnythingElse_isFound() {
    Hostile.Decoder decoder = input -> input[3];
    assertThatThrownBy(() -> Hostile.fuzz(1, 0, CORPUS, decoder))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("truncation to 0 bytes")
        .hasCauseInstanceOf(ArrayIndexOutOfBoundsException.class);
  }

  @Test
  void fuzz_decoderThatRefusesAll_isFound() {
    Hostile.Decoder decoder =
        input -> {
          throw new WireException("no");
        };
    assertThatThrownBy(() -> Hostile.fuzz(1, 0, CORPUS, decoder))
        .hasMessageContaining("inputs of the corpus that decode");
  }

  @Test
  void fuzz_sameSeed_givesTheSameInputs() {
    assertThat(inputsOf(7)).isEqualTo(inputsOf(7)).isNotEqualTo(inputsOf(8));
  }

  private static List<Bytes> inputsOf(long seed) {
    List<Bytes> inputs = new ArrayList<>();
    Hostile.fuzz(seed, 100, CORPUS, input -> inputs.add(Bytes.copyOf(input)));
    return inputs;
  }
}
