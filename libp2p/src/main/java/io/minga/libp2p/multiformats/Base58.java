package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.Arrays;

/**
 * Base58 with Bitcoin's alphabet: a number to the base 58, each leading zero byte as a {@code 1}.
 * It takes quadratic time, so both directions are bounded.
 */
public final class Base58 {
  /** The most bytes that can be encoded. */
  public static final int BYTES_MAX = 1024;

  /** The longest text that can be decoded. */
  public static final int TEXT_LENGTH_MAX = 1400;

  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final byte[] DIGITS = digits();

  private Base58() {}

  private static byte[] digits() {
    byte[] digits = new byte[128];
    Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      digits[ALPHABET.charAt(i)] = (byte) i;
    }
    return digits;
  }

  /** The text of {@code bytes}. */
  public static String encode(Bytes bytes) {
    if (bytes.length() > BYTES_MAX) {
      throw new IllegalArgumentException(
          "base58 is for at most " + BYTES_MAX + " B, not " + bytes.length());
    }
    int zeros = 0;
    while (zeros < bytes.length() && bytes.at(zeros) == 0) {
      zeros++;
    }
    // Digits grow from the right; a byte needs log 256 / log 58 < 1.366 of them.
    byte[] digits = new byte[(bytes.length() - zeros) * 1366 / 1000 + 1];
    int first = digits.length;
    for (int i = zeros; i < bytes.length(); i++) {
      first = multiplyAndAdd(digits, first, 58, 256, bytes.at(i));
    }
    StringBuilder text = new StringBuilder(zeros + digits.length - first);
    text.append("1".repeat(zeros));
    for (int i = first; i < digits.length; i++) {
      text.append(ALPHABET.charAt(digits[i]));
    }
    return text.toString();
  }

  /**
   * The bytes that {@code text} stands for.
   *
   * @throws WireException if it has a character that is not in the alphabet, or is too long
   */
  public static Bytes decode(String text) throws WireException {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new WireException(
          "base58 of " + text.length() + " characters is above " + TEXT_LENGTH_MAX);
    }
    int zeros = 0;
    while (zeros < text.length() && text.charAt(zeros) == '1') {
      zeros++;
    }
    byte[] bytes = new byte[text.length()];
    int first = bytes.length;
    for (int i = zeros; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < DIGITS.length ? DIGITS[c] : -1;
      if (digit < 0) {
        throw Quoted.notIn("base58btc (no 0, O, I, l)", text, i);
      }
      first = multiplyAndAdd(bytes, first, 256, 58, digit);
    }
    return Bytes.copyOf(bytes, first - zeros, bytes.length - first + zeros);
  }

  /**
   * Multiplies the number to the base {@code base}, whose digits start at {@code first}, by {@code
   * factor}, adds {@code carry}, and gives where its digits start now.
   */
  private static int multiplyAndAdd(byte[] number, int first, int base, int factor, int carry) {
    int rest = carry;
    int i = number.length - 1;
    for (; i >= first || rest > 0; i--) {
      rest += factor * (number[i] & 0xff);
      number[i] = (byte) (rest % base);
      rest /= base;
    }
    return i + 1;
  }
}
