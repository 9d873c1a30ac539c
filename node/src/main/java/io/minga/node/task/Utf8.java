package io.minga.node.task;

import io.minga.libp2p.wire.Bytes;
import java.nio.charset.StandardCharsets;

/** Text of programs, which may be too long, and no text at all. */
final class Utf8 {
  private static final String CUT = "…";
  private static final int CUT_BYTES = 3;
  private static final int BYTES_A_CHAR_MAX = 3;

  private Utf8() {}

  /** The bytes of any text; a surrogate without its other half becomes '?'. */
  static Bytes encode(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  /** No less than what {@code text} takes. */
  static int bytesMost(String text) {
    return BYTES_A_CHAR_MAX * text.length();
  }

  /** As much of {@code text} as fits into {@code bytesMax}, with … at its end if that isn't all. */
  static String cut(String text, int bytesMax) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= bytesMax) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    int room = bytesMax - CUT_BYTES;
    if (room < 0) {
      return "";
    }
    while (room > 0 && (bytes[room] & 0xc0) == 0x80) { // within a character
      room--;
    }
    return new String(bytes, 0, room, StandardCharsets.UTF_8) + CUT;
  }
}
