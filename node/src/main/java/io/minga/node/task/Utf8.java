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

  /**
   * Whether {@code length} bytes of {@code in} from {@code from} are well-formed (Unicode, 3.9).
   */
  static boolean isText(Bytes in, int from, int length) {
    int end = from + length;
    for (int at = from; at < end; ) {
      int first = in.at(at++);
      if (first < 0x80) {
        continue;
      }
      int more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
      if (more == 0 || end - at < more) {
        return false;
      }
      int second = in.at(at);
      int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80; // what is shorter otherwise
      int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf; // surrogates, beyond 10ffff
      if (second < least || second > most) {
        return false;
      }
      for (int i = 1; i < more; i++) {
        if ((in.at(at + i) & 0xc0) != 0x80) {
          return false;
        }
      }
      at += more;
    }
    return true;
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
