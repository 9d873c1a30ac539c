package io.minga.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DerTest {
  private record Numbers(BigInteger first, BigInteger second) {}

  @Test
  void decode_sequenceOfIntegers_givesThem() throws WireException {
    assertThat(decode("300602010202017f"))
        .isEqualTo(new Numbers(BigInteger.TWO, BigInteger.valueOf(127)));
    assertThat(decode("3007020200ff020100"))
        .isEqualTo(new Numbers(BigInteger.valueOf(255), BigInteger.ZERO));
  }

  @ParameterizedTest
  @CsvSource({
    "'', ends within an element",
    "30, ends within an element",
    "31060201020201ff, 'has tag 49, should have 48'",
    "3007020102020102, 'announces 7 bytes, 6 follow'",
    "300602010202010200, 1 bytes after its end",
    "3009020102020102020103, 3 bytes after its end",
    "30060201ff020102, negative or empty",
    "30050200020102, negative or empty",
    "300702020001020102, not in its shortest form",
    "3081060201020201ff, length is not in its shortest form",
    "308200060201020201ff, length is not in its shortest form",
    "30800201020201020000, length begins with 128",
    "30830000060201020201ff, length begins with 131",
    "30ff, length begins with 255",
    "3081, ends within an element",
  })
  void decode_notDer_saysWhatAndWhere(String hex, String message) {
    assertThatThrownBy(() -> decode(hex))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }

  static LongStream seeds() {
    return Seeds.seeds(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void decode_hostileInput_throwsNothingElse(long seed) {
    Hostile.fuzz(
        seed,
        List.of(
            KeyVectors.GO_ECDSA_SIGNATURE.toByteArray(),
            KeyVectors.GO_SECP256K1_SIGNATURE.toByteArray()),
        input -> decode(ByteBuffer.wrap(input)));
  }

  private static Numbers decode(String hex) throws WireException {
    return decode(Bytes.fromHex(hex).asReadOnlyBuffer());
  }

  private static Numbers decode(ByteBuffer in) throws WireException {
    Der outer = new Der(in);
    Der values = outer.sequence();
    outer.end();
    Numbers numbers = new Numbers(values.unsigned(), values.unsigned());
    values.end();
    return numbers;
  }
}
