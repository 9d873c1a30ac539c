package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.WireException;
import java.util.HexFormat;

/** Text from outside as it may stand in an error: short, and of visible characters only. */
final class Quoted {
  private static final int LENGTH_MAX = 160;

  private Quoted() {}

  /** {@code text} in quotes. */
  static String of(String text) {
    return "'" + shown(text) + "'";
  }

  /** {@code text} without quotes. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    int length = Math.min(text.length(), LENGTH_MAX);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7f) {
        shown.append(c);
      } else {
        shown.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return shown.append(length < text.length() ? "…" : "").toString();
  }

  /** The refusal of the character of {@code text} at {@code index}. */
  static WireException notIn(String alphabet, String text, int index) {
    String character = text.substring(index, index + 1);
    return new WireException(
        of(character) + " at position " + (index + 1) + " is not in the alphabet of " + alphabet);
  }
}
