package io.minga.libp2p.pnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PreSharedKeyTest {
  private static final String HEADER = "/key/swarm/psk/1.0.0/\n";

  /** A key and its fingerprint as kubo prints it (rust-libp2p, pnet). */
  private static final String KEY =
      "6189c5cf0b87fb800c1a9feeda73c6ab5e998db48fb9e6a978575c770ceef683";

  private static final String FINGERPRINT = "45fc986bbc9388a11d939df26f730f0c";

  @Test
  void fingerprint_isThatOfOtherImplementations() {
    assertThat(parse(HEADER + "/base16/\n" + KEY).fingerprint().toHex()).isEqualTo(FINGERPRINT);
  }

  @Test
  void keyFile_inEveryEncoding_isTheSameKey() {
    byte[] raw = Bytes.fromHex(KEY).toByteArray();
    String base64 = Base64.getEncoder().encodeToString(raw);
    byte[] binary =
        Bytes.copyOf((HEADER + "/bin/\n").getBytes(StandardCharsets.US_ASCII))
            .concat(Bytes.copyOf(raw))
            .toByteArray();
    List<PreSharedKey> keys =
        List.of(
            parse(HEADER + "/base16/\n" + KEY),
            parse(HEADER + "/base16/\n" + KEY + "\n"),
            parse(HEADER + "/base16/\n" + KEY.toUpperCase(java.util.Locale.ROOT) + " \r\n\n"),
            parse("/key/swarm/psk/1.0.0/\r\n/base16/\r\n" + KEY + "\r\n"),
            parse(HEADER + "/base64/\n" + base64 + "\n"),
            PreSharedKey.parse(binary),
            PreSharedKey.parse(Bytes.copyOf(binary).concat(Bytes.fromHex("0a")).toByteArray()),
            PreSharedKey.of(Bytes.copyOf(raw)));

    assertThat(keys).allSatisfy(key -> assertThat(key.key()).isEqualTo(raw));
  }

  @Test
  void toString_showsTheFingerprintAndNotTheKey() {
    assertThat(parse(HEADER + "/base16/\n" + KEY))
        .hasToString("PreSharedKey[fingerprint=" + FINGERPRINT + "]");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "'', line 1 of the private network's key file is not /key/swarm/psk/1.0.0/",
    "secret, line 1 of the private network's key file is not /key/swarm/psk/1.0.0/",
    "'/key/swarm/psk/2.0.0/N/base16/N', line 1 of the private network's key file is not"
        + " /key/swarm/psk/1.0.0/",
    "' /key/swarm/psk/1.0.0/N/base16/N', line 1 of the private network's key file is not"
        + " /key/swarm/psk/1.0.0/",
    "/key/swarm/psk/1.0.0/, 'line 2 of the private network''s key file is none of /base16/,"
        + " /base64/ and /bin/'",
    "/key/swarm/psk/1.0.0/N/base32/Nsecret, 'line 2 of the private network''s key file is none"
        + " of /base16/, /base64/ and /bin/'",
    "/key/swarm/psk/1.0.0/N/base16/Nsecret, line 3 of the private network's key file is not 64 hex"
        + " digits and nothing else",
    "/key/swarm/psk/1.0.0/N/base16/, line 3 of the private network's key file is not 64 hex"
        + " digits and nothing else",
    "/key/swarm/psk/1.0.0/N/base64/Nsecret, line 3 of the private network's key file is not 32"
        + " bytes in base64",
    "/key/swarm/psk/1.0.0/N/base64/Nc2VjcmV0, line 3 of the private network's key file is not 32"
        + " bytes in base64",
    "/key/swarm/psk/1.0.0/N/bin/Nsecret, 'after line 2 the private network''s key file has 6"
        + " bytes, and the key has 32'",
  })
  void keyFile_thatIsWrong_isRefusedInOneSentenceWithoutItsContent(String file, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(file.replace('N', '\n')))
        .withMessage(sentence)
        .withMessageNotContaining("secret")
        .withNoCause();
  }

  @Test
  void keyFile_cutAnywhere_isRefused() {
    String file = HEADER + "/base16/\n" + KEY;
    for (int length = 0; length < file.length(); length++) {
      String cut = file.substring(0, length);
      assertThatIllegalArgumentException().isThrownBy(() -> parse(cut));
    }
  }

  @Test
  void secret_ofAnotherLength_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PreSharedKey.of(Bytes.fromHex("00")))
        .withMessage("a private network's key is 32 bytes long, not 1");
  }

  private static PreSharedKey parse(String file) {
    return PreSharedKey.parse(file.getBytes(StandardCharsets.US_ASCII));
  }
}
