package io.minga.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HandshakePayloadTest {
  private static final int MUXERS_MAX = NoiseOptions.DEFAULT.muxersMax();
  private static final String KEY = "0801122001";
  private static final String SIGNATURE = "a1a2a3";

  /** identity_key 1, identity_sig 2, extensions 4 {stream_muxers 2: /yamux/1.0.0}, by hand. */
  private static final String ENCODED =
      "0a05" + KEY + "1203" + SIGNATURE + "220e" + "120c2f79616d75782f312e302e30";

  private static final HandshakePayload PAYLOAD =
      new HandshakePayload(Bytes.fromHex(KEY), Bytes.fromHex(SIGNATURE), List.of("/yamux/1.0.0"));

  @Test
  void payload_hasTheSpecificationsFields() throws WireException {
    assertThat(PAYLOAD.encode().toHex()).isEqualTo(ENCODED);
    assertThat(decode(ENCODED)).isEqualTo(PAYLOAD);
  }

  @Test
  void payload_withoutMuxers_hasNoExtensions() throws WireException {
    HandshakePayload payload =
        new HandshakePayload(Bytes.fromHex(KEY), Bytes.fromHex(SIGNATURE), List.of());

    assertThat(payload.encode().toHex()).isEqualTo("0a05" + KEY + "1203" + SIGNATURE);
    assertThat(decode(payload.encode().toHex())).isEqualTo(payload);
    assertThat(decode(payload.encode().toHex() + "2200")).isEqualTo(payload);
  }

  @Test
  void payload_keepsTheOrderOfMuxers() throws WireException {
    HandshakePayload payload =
        new HandshakePayload(
            Bytes.fromHex(KEY), Bytes.fromHex(SIGNATURE), List.of("/b/1", "/a/1", "/c/1"));

    assertThat(decode(payload.encode().toHex())).isEqualTo(payload);
  }

  @Test
  void fieldsThatItDoesNotName_arePassedOver() throws WireException {
    // data 3 of earlier revisions, a varint and a fixed32 of the future, WebTransport's hashes
    String extensions = "220a" + "0a02abcd" + "1204" + "2f612f31";
    String unknown = "1a01ff" + "2805" + "3d01020304";

    assertThat(decode(unknown + "1203" + SIGNATURE + extensions + "0a05" + KEY).muxers())
        .containsExactly("/a/1");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "'', payload has no identity_key",
    "1203a1a2a3, payload has no identity_key",
    "0a050801122001, payload has no identity_sig",
    "0a0508011220010a0508011220011203a1a2a3, 'payload, field 1: identity_key is there twice'",
    "0a0508011220011203a1a2a31203a1a2a3, 'payload, field 2: identity_sig is there twice'",
    "0a0508011220011203a1a2a322002200, 'payload, field 4: extensions is there twice'",
  })
  void payload_thatIsWrong_isRefused(String payload, String sentence) {
    assertThatThrownBy(() -> decode(payload))
        .isInstanceOf(WireException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "0805, 'payload, field 1: '",
    "0b0c, 'payload, field 1: '",
    "0aff, 'payload, field 1: '",
    "0affffffff07, 'payload, field 1: '",
    "0a8008, 'payload, field 1: '",
    "0a0508011220010a, 'payload, field 1: '",
    "12ffffffff07, 'payload, field 2: '",
    "0a0508011220011203a1a2a322021001, 'payload''s extensions, field 2: '",
    "0a0508011220011203a1a2a3220412ff2f31, 'payload''s extensions, field 2: '",
    "0a0508011220011203a1a2a322031201ff, 'payload''s extensions, field 2: '",
    "2b2c, 'payload, field 5: '",
    "2c, 'payload, field 5: '",
    "00, 'payload: '",
  })
  void payload_thatIsNotItsProtobuf_isRefusedAtItsField(String payload, String place) {
    assertThatThrownBy(() -> decode(payload))
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith(place);
  }

  @Test
  void payload_cutAnywhere_isRefused() throws WireException {
    int extensionsAt = ENCODED.indexOf("220e") / 2;
    for (int length = 0; length < ENCODED.length() / 2; length++) {
      String cut = ENCODED.substring(0, 2 * length);
      if (length == extensionsAt) {
        assertThat(decode(cut).muxers()).isEmpty();
        continue;
      }
      assertThatThrownBy(() -> decode(cut)).isInstanceOf(WireException.class);
    }
  }

  @Test
  void muxers_overTheLimit_areRefused() throws WireException {
    String two = "0a05" + KEY + "1203" + SIGNATURE + "2206" + "120161" + "120162";
    byte[] payload = Bytes.fromHex(two).toByteArray();

    assertThat(HandshakePayload.decode(payload, 2).muxers()).containsExactly("a", "b");
    assertThatThrownBy(() -> HandshakePayload.decode(payload, 1))
        .isInstanceOf(WireException.class)
        .hasMessage("payload's extensions, field 2: more than 1 muxers are advertised");
  }

  @Test
  void signedMessage_isThePrefixAndTheStaticKey() {
    byte[] signed = HandshakePayload.signedMessage(new byte[] {1, 2});

    assertThat(new String(signed, StandardCharsets.ISO_8859_1))
        .isEqualTo("noise-libp2p-static-key:\u0001\u0002");
  }

  @Test
  void decode_survivesHostileBytes() {
    Hostile.fuzz(
        1,
        List.of(
            PAYLOAD.encode().toByteArray(),
            Bytes.fromHex(ENCODED + "1a01ff").toByteArray(),
            Bytes.fromHex("2206" + "120161" + "120162" + "0a05" + KEY + "1203" + SIGNATURE)
                .toByteArray()),
        input -> {
          HandshakePayload payload = HandshakePayload.decode(input, MUXERS_MAX);
          assertThat(HandshakePayload.decode(payload.encode().toByteArray(), MUXERS_MAX))
              .isEqualTo(payload);
          return payload;
        });
  }

  private static HandshakePayload decode(String hex) throws WireException {
    return HandshakePayload.decode(Bytes.fromHex(hex).toByteArray(), MUXERS_MAX);
  }
}
