package io.minga.libp2p.pnet;

import io.minga.libp2p.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * The 32-byte secret that all members of a private network share. It never shows itself in a
 * string; {@link #fingerprint()} names it.
 */
public final class PreSharedKey {
  /** The length of the key in bytes. */
  public static final int LENGTH = 32;

  private static final String HEADER = "/key/swarm/psk/1.0.0/";
  private static final byte[] FINGERPRINT_NONCE = "finprint".getBytes(StandardCharsets.US_ASCII);
  private static final int FINGERPRINT_LENGTH = 16;

  private final byte[] key;

  private PreSharedKey(byte[] key) {
    this.key = key;
  }

  /** The key that {@code secret}, 32 bytes, is. */
  public static PreSharedKey of(Bytes secret) {
    if (secret.length() != LENGTH) {
      throw new IllegalArgumentException(
          "a private network's key is " + LENGTH + " bytes long, not " + secret.length());
    }
    return new PreSharedKey(secret.toByteArray());
  }

  /**
   * Parses a {@code swarm.key} file: the line {@code /key/swarm/psk/1.0.0/}, a line with the
   * encoding ({@code /base16/}, {@code /base64/} or {@code /bin/}), and the key in it. Lines may
   * end in CR LF, and white space may follow the key's text.
   *
   * @throws IllegalArgumentException if it is anything else; says which line is wrong and what it
   *     should be, and never quotes it, for it might be the key
   */
  public static PreSharedKey parse(byte[] file) {
    int second = lineEnd(file, 0);
    if (!line(file, 0, second).equals(HEADER)) {
      throw new IllegalArgumentException(
          "line 1 of the private network's key file is not " + HEADER);
    }
    int third = lineEnd(file, second);
    String encoding = line(file, second, third);
    byte[] rest = Arrays.copyOfRange(file, third, file.length);
    return switch (encoding) {
      case "/base16/" -> new PreSharedKey(base16(text(rest)));
      case "/base64/" -> new PreSharedKey(base64(text(rest)));
      case "/bin/" -> new PreSharedKey(binary(rest));
      default ->
          throw new IllegalArgumentException(
              "line 2 of the private network's key file is none of /base16/, /base64/ and /bin/");
    };
  }

  /**
   * A public name of the key, 16 bytes, as other implementations show it: SHAKE-128 of the first 64
   * bytes of Salsa20's stream under the nonce {@code finprint}. It is in no specification.
   */
  public Bytes fingerprint() {
    Salsa20Engine salsa20 = new Salsa20Engine();
    salsa20.init(true, new ParametersWithIV(new KeyParameter(key), FINGERPRINT_NONCE));
    byte[] stream = new byte[64];
    salsa20.processBytes(stream, 0, stream.length, stream, 0);
    SHAKEDigest shake = new SHAKEDigest(128);
    shake.update(stream, 0, stream.length);
    byte[] fingerprint = new byte[FINGERPRINT_LENGTH];
    shake.doFinal(fingerprint, 0, fingerprint.length);
    return Bytes.copyOf(fingerprint);
  }

  /** The key itself, not a copy. */
  byte[] key() {
    return key;
  }

  @Override
  public String toString() {
    return "PreSharedKey[fingerprint=" + fingerprint().toHex() + "]";
  }

  /** Where the line that begins at {@code start} ends: after its newline or at the file's end. */
  private static int lineEnd(byte[] file, int start) {
    int end = start;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    return Math.min(end + 1, file.length);
  }

  private static String line(byte[] file, int start, int end) {
    return new String(file, start, end - start, StandardCharsets.ISO_8859_1)
        .replaceAll("[\r\n]+$", "");
  }

  private static String text(byte[] rest) {
    return new String(rest, StandardCharsets.ISO_8859_1).stripTrailing();
  }

  private static byte[] base16(String digits) {
    if (digits.length() != 2 * LENGTH || !digits.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(
          "line 3 of the private network's key file is not "
              + 2 * LENGTH
              + " hex digits and nothing else");
    }
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] base64(String digits) {
    try {
      byte[] decoded = Base64.getDecoder().decode(digits);
      if (decoded.length == LENGTH) {
        return decoded;
      }
    } catch (IllegalArgumentException e) {
      // Its message quotes characters of the key: ours below says it without.
    }
    throw new IllegalArgumentException(
        "line 3 of the private network's key file is not " + LENGTH + " bytes in base64");
  }

  private static byte[] binary(byte[] rest) {
    boolean newline = rest.length == LENGTH + 1 && rest[LENGTH] == '\n';
    if (rest.length != LENGTH && !newline) {
      throw new IllegalArgumentException(
          "after line 2 the private network's key file has "
              + rest.length
              + " bytes, and the key has "
              + LENGTH);
    }
    return Arrays.copyOf(rest, LENGTH);
  }
}
