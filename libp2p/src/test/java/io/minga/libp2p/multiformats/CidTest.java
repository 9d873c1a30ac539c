package io.minga.libp2p.multiformats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CidTest {
  private static final String V0 = "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n";
  private static final String V1 = "bafybeihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";

  /** The CID specification's example, in its base58 and, the same bytes, in base32. */
  @Test
  void parse_specification_isRawSha256() {
    Cid cid = Cid.parse("zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA");
    assertThat(cid)
        .isEqualTo(
            Cid.raw(
                new Multihash(
                    Multihash.Function.SHA2_256,
                    Bytes.fromHex(
                        "6e6ff7950a36187a801613426e858dce686cd7d7e3c0fc42ee0330072d245c95"))));
    assertThat(Cid.parse(cid.toString())).isEqualTo(cid);
    assertThat(cid.toString()).startsWith("bafkrei");
  }

  @Test
  void parse_version0_keepsItsVersionAndText() throws WireException {
    Cid cid = Cid.parse(V0);
    assertThat(cid.version()).isZero();
    assertThat(cid.codec()).isEqualTo(Cid.DAG_PB);
    assertThat(cid).hasToString(V0);
    assertThat(cid.toBytes()).isEqualTo(cid.multihash().toBytes());
    assertThat(Cid.decode(cid.toBytes())).isEqualTo(cid);
    Cid version1 = new Cid(1, cid.codec(), cid.multihash());
    assertThat(version1).hasToString(V1).isNotEqualTo(cid);
    assertThat(Cid.parse(V1)).isEqualTo(version1);
  }

  /** The empty content's CID, known from every IPFS tool. */
  @Test
  void raw_emptyContent_hasTheKnownCid() {
    assertThat(Cid.raw(Multihash.sha256(Bytes.EMPTY)))
        .hasToString("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'multibase text is empty, not even a prefix'",
    "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zIII, at position 44 is not in the alphabet",
    "QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1, 'version 0 has 46 characters, not 45'",
    "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n, 'has no multibase prefix, and starts with Qm'",
    "k2jmtxwoe2phm1hbqp0e7nufqf6umvuu2e9qd7ana7h411a0haqj6i2z, multibase prefix 'k' is none of",
    "f0255000101, 'CID: version is 1, or the bytes 12 20 and 32 more, not 2'",
    "f01550002010203, 1 B follow after the end of the multihash",
    "f0155, multihash: varint ends after 0 bytes",
    "f01, CID: varint ends after 0 bytes",
    "f015516207777, multihash code 0x16 is neither"
  })
  void parse_wrong_isRefusedWithTheReason(String text, String message) {
    assertThatThrownBy(() -> Cid.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is not a CID: ")
        .hasMessageContaining(message);
    assertThatThrownBy(() -> Cid.decodeText(text)).isInstanceOf(WireException.class);
  }

  @Test
  void parse_tooLong_isRefusedShortly() {
    assertThatThrownBy(() -> Cid.parse("b" + "a".repeat(100_000)))
        .hasMessageContaining("CID of 100001 characters is above 512")
        .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void constructor_impossibleVersion_isOurMistake() {
    Multihash hash = Multihash.identity(Bytes.EMPTY);
    assertThatThrownBy(() -> new Cid(2, Cid.RAW, hash))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Cid(0, Cid.DAG_PB, hash))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Cid(1, -1, hash)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void decode_hostileInputs_encodeToTheSame() {
    List<byte[]> corpus =
        List.of(
            Cid.parse(V0).toBytes().toByteArray(),
            Cid.parse(V1).toBytes().toByteArray(),
            new Cid(1, Cid.LIBP2P_KEY, Multihash.identity(Bytes.copyOf(new byte[36])))
                .toBytes()
                .toByteArray());
    Hostile.fuzz(
        1,
        corpus,
        input -> {
          Cid cid = Cid.decode(Bytes.copyOf(input));
          assertThat(cid.toBytes()).isEqualTo(Bytes.copyOf(input));
          assertThat(Cid.decodeText(cid.toString())).isEqualTo(cid);
          return cid;
        });
  }

  @Test
  void decodeText_hostileInputs_areRefusedOrRoundTrip() {
    List<byte[]> corpus = List.of(V0.getBytes(ISO_8859_1), V1.getBytes(ISO_8859_1));
    Hostile.fuzz(
        1,
        corpus,
        input -> {
          Cid cid = Cid.decodeText(new String(input, ISO_8859_1));
          assertThat(Cid.decode(cid.toBytes())).isEqualTo(cid);
          return cid;
        });
  }
}
