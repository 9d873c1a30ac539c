package io.minga.libp2p.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MultihashTest {
  /** The multihash specification's test cases for sha2-256; the content is text. */
  @ParameterizedTest
  @CsvSource({
    "431fb5d4c9b735ba1a34d0df045118806ae2336f2c,"
        + " 1220ffb31f07aa15348368c90c73a834dbf9f8710365860fa0fd4ddce9ac2782cc17",
    "2d6db2d7882fa8b7d56e74b8e24036deb475de8c94,"
        + " 12203afa34fba2f3572ac56d80f52002e8727dd95f17a2e7c9376a3147a96d3e78ac",
    "6c00022ba29d15926c4580332ded091e666f0ec5d9,"
        + " 1220ef387c6fea7ab702d470a9432c4cde44199c8d06c6eaa5a1f2c61cfb0b70a97f"
  })
  void sha256_vector_isTheMultihash(String content, String hex) throws WireException {
    Multihash multihash = Multihash.sha256(Bytes.utf8(content));
    assertThat(multihash.toBytes()).isEqualTo(Bytes.fromHex(hex));
    assertThat(Multihash.decode(Bytes.fromHex(hex))).isEqualTo(multihash);
    assertThat(multihash.matches(Bytes.utf8(content))).isTrue();
    assertThat(multihash.matches(Bytes.utf8(content + "0"))).isFalse();
  }

  @Test
  void equals_isOfFunctionAndDigest() {
    Multihash multihash = Multihash.sha256(Bytes.utf8("it"));
    assertThat(Multihash.sha256(Bytes.utf8("it")))
        .isEqualTo(multihash)
        .hasSameHashCodeAs(multihash);
    assertThat(Multihash.sha256(Bytes.utf8("at"))).isNotEqualTo(multihash);
    assertThat(Multihash.identity(multihash.digest())).isNotEqualTo(multihash);
  }

  @Test
  void identity_isTheContentItself() throws WireException {
    Multihash multihash = Multihash.identity(Bytes.of(1, 2));
    assertThat(multihash.toBytes()).isEqualTo(Bytes.of(0, 2, 1, 2));
    assertThat(Multihash.decode(Bytes.of(0, 2, 1, 2))).isEqualTo(multihash);
    assertThat(multihash.matches(Bytes.of(1, 2))).isTrue();
    assertThat(multihash.matches(Bytes.of(1, 3))).isFalse();
    assertThat(Multihash.decode(Bytes.of(0, 0)).digest()).isEqualTo(Bytes.EMPTY);
    assertThat(Multihash.identity(Bytes.copyOf(new byte[128])).toBytes().length()).isEqualTo(131);
  }

  @ParameterizedTest
  @CsvSource({
    "'', multihash: varint ends after 0 bytes without its last one",
    "12, multihash: varint ends after 0 bytes without its last one",
    "1220aabb, multihash digest of 32 B is cut short at 2 B",
    "120affb31f07aa15348368c9, 'sha2-256 multihash has 32 B, not 10'",
    "1221aabb, 'sha2-256 multihash has 32 B, not 33'",
    "00ffffffffffffffff7f, 'identity multihash has at most 128 B, not 9223372036854775807'",
    "008101, 'identity multihash has at most 128 B, not 129'",
    "00020102ff, 1 B follow after the end of the multihash",
    "1b20, multihash: multihash code 0x1b is neither 0x0 (identity) nor 0x12 (sha2-256)",
    "920020, multihash: varint of 2 bytes is not in its shortest form"
  })
  void decode_wrong_isRefusedWithTheReason(String hex, String message) {
    assertThatThrownBy(() -> Multihash.decode(Bytes.fromHex(hex)))
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  @Test
  void constructor_wrongLength_isOurMistake() {
    assertThatThrownBy(() -> new Multihash(Multihash.Function.SHA2_256, Bytes.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sha2-256 multihash has 32 B, not 1");
    assertThatThrownBy(() -> Multihash.identity(Bytes.copyOf(new byte[129])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void decode_buffer_leavesWhatFollows() throws WireException {
    ByteBuffer in = Bytes.of(0, 1, 7, 9).asReadOnlyBuffer();
    assertThat(Multihash.decode(in)).isEqualTo(Multihash.identity(Bytes.of(7)));
    assertThat(in.remaining()).isEqualTo(1);
  }

  @Test
  void decode_hostileInputs_encodeToTheSame() {
    List<byte[]> corpus =
        List.of(
            Multihash.sha256(Bytes.EMPTY).toBytes().toByteArray(),
            Multihash.identity(Bytes.copyOf(new byte[36])).toBytes().toByteArray());
    Hostile.fuzz(
        1,
        corpus,
        input -> {
          Multihash multihash = Multihash.decode(Bytes.copyOf(input));
          assertThat(multihash.toBytes()).isEqualTo(Bytes.copyOf(input));
          return multihash;
        });
  }
}
