package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** Base32 (RFC 4648) in lower case and without padding; one text for every sequence of bytes. */
public final class Base32 {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Base32() {}

  /** The text of {@code bytes}. */
  public static String encode(Bytes bytes) {
    StringBuilder text = new StringBuilder((bytes.length() * 8 + 4) / 5);
    int buffer = 0;
    int bits = 0;
    for (int i = 0; i < bytes.length(); i++) {
      buffer = (buffer << 8 | bytes.at(i)) & 0xfff; // at most four bits were left
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(buffer >> bits & 31));
      }
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt(buffer << (5 - bits) & 31));
    }
    return text.toString();
  }

  /**
   * The bytes that {@code text} stands for.
   *
   * @throws WireException if it has a character that is not in the alphabet (upper case and padding
   *     among them), a length that no bytes have, or bits left over that are not zero
   */
  public static Bytes decode(String text) throws WireException {
    byte[] bytes = new byte[(int) (text.length() * 5L / 8)];
    int buffer = 0;
    int bits = 0;
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      buffer = (buffer << 5 | digit(text, i)) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[length++] = (byte) (buffer >> bits);
      }
    }
    if (bits >= 5) {
      throw new WireException("base32 of " + text.length() + " characters is cut short");
    }
    if ((buffer & ((1 << bits) - 1)) != 0) {
      throw new WireException("the last character of the base32 text has bits that nothing needs");
    }
    return Bytes.copyOf(bytes);
  }

  private static int digit(String text, int index) throws WireException {
    char c = text.charAt(index);
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    if (c >= '2' && c <= '7') {
      return c - '2' + 26;
    }
    throw Quoted.notIn("base32 (a-z and 2-7)", text, index);
  }
}
