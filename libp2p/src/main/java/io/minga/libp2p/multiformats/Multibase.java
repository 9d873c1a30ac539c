package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.Base64;
import java.util.HexFormat;

/** A base of text that names itself by the text's first character (multibase). */
public enum Multibase {
  /** Hexadecimal in lower case. */
  BASE16('f') {
    @Override
    String encodeDigits(Bytes bytes) {
      return bytes.toHex();
    }

    @Override
    Bytes decodeDigits(String text) throws WireException {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (!HexFormat.isHexDigit(c) || Character.isUpperCase(c)) {
          throw Quoted.notIn("base16 (0-9 and a-f)", text, i);
        }
      }
      if (text.length() % 2 != 0) {
        throw new WireException("base16 of " + text.length() + " characters is cut short");
      }
      return Bytes.fromHex(text);
    }
  },

  /** Base32 in lower case without padding, CIDv1's own. */
  BASE32('b') {
    @Override
    String encodeDigits(Bytes bytes) {
      return Base32.encode(bytes);
    }

    @Override
    Bytes decodeDigits(String text) throws WireException {
      return Base32.decode(text);
    }
  },

  /** Base58 with Bitcoin's alphabet. */
  BASE58_BTC('z') {
    @Override
    String encodeDigits(Bytes bytes) {
      return Base58.encode(bytes);
    }

    @Override
    Bytes decodeDigits(String text) throws WireException {
      return Base58.decode(text);
    }
  },

  /** Base64 without padding. */
  BASE64('m') {
    @Override
    String encodeDigits(Bytes bytes) {
      return Base64.getEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    @Override
    Bytes decodeDigits(String text) throws WireException {
      return decodeBase64(this, Base64.getDecoder(), text);
    }
  },

  /** Base64 for URLs without padding, that of a multiaddr's certificate hashes. */
  BASE64_URL('u') {
    @Override
    String encodeDigits(Bytes bytes) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    @Override
    Bytes decodeDigits(String text) throws WireException {
      return decodeBase64(this, Base64.getUrlDecoder(), text);
    }
  };

  private final char prefix;

  Multibase(char prefix) {
    this.prefix = prefix;
  }

  abstract String encodeDigits(Bytes bytes);

  abstract Bytes decodeDigits(String text) throws WireException;

  /** The text of {@code bytes} in this base, its prefix in front. */
  public String encode(Bytes bytes) {
    return prefix + encodeDigits(bytes);
  }

  /**
   * The bytes that {@code text}, in whichever base its prefix names, stands for.
   *
   * @throws WireException if there is no prefix, one that is not known here, or if the rest is not
   *     what the base gives for any bytes
   */
  public static Bytes decode(String text) throws WireException {
    if (text.isEmpty()) {
      throw new WireException("multibase text is empty, not even a prefix");
    }
    char prefix = text.charAt(0);
    for (Multibase base : values()) {
      if (base.prefix == prefix) {
        return base.decodeDigits(text.substring(1));
      }
    }
    throw new WireException(
        "multibase prefix "
            + Quoted.of(text.substring(0, 1))
            + " is none of b (base32), z (base58btc), f (base16), m and u (base64)");
  }

  /** Java's decoder lets padding and stray last bits pass; only the one text is right here. */
  private static Bytes decodeBase64(Multibase base, Base64.Decoder decoder, String text)
      throws WireException {
    try {
      Bytes bytes = Bytes.copyOf(decoder.decode(text));
      if (base.encodeDigits(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException malformed) {
      // said below, in one sentence for all that can be wrong
    }
    throw new WireException(
        base == BASE64
            ? "text is not base64 (A-Z, a-z, 0-9, + and /, no padding, no stray last bits)"
            : "text is not base64url (A-Z, a-z, 0-9, - and _, no padding, no stray last bits)");
  }
}
