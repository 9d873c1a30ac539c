package io.minga.libp2p.yamux;

import java.nio.ByteBuffer;

/**
 * The 12 bytes before each frame as a pair of primitives, so that none is allocated: {@code head}
 * is version, type, flags and stream id (8, 8, 16 and 32 bits), {@code length} the rest (yamux
 * specification, Framing). All big-endian.
 */
public final class FrameHeader {
  /** The size of a header, in bytes. */
  public static final int BYTES = 12;

  static final int DATA = 0;
  static final int WINDOW_UPDATE = 1;
  static final int PING = 2;
  static final int GO_AWAY = 3;

  static final int SYN = 1;
  static final int ACK = 2;
  static final int FIN = 4;
  static final int RST = 8;

  private FrameHeader() {}

  static long head(int type, int flags, int streamId) {
    return (long) type << 48 | (long) flags << 32 | Integer.toUnsignedLong(streamId);
  }

  static int version(long head) {
    return (int) (head >>> 56);
  }

  static int type(long head) {
    return (int) (head >>> 48) & 0xff;
  }

  static int flags(long head) {
    return (int) (head >>> 32) & 0xffff;
  }

  static int streamId(long head) {
    return (int) head;
  }

  /** Puts the 12 bytes at the position of {@code out}, which is big-endian. */
  public static void encode(long head, int length, ByteBuffer out) {
    out.putLong(head).putInt(length);
  }

  /** The header in words, for messages and logs: {@code DATA SYN|FIN stream 1 length 5}. */
  static String describe(long head, int length) {
    int type = type(head);
    String name =
        switch (type) {
          case DATA -> "DATA";
          case WINDOW_UPDATE -> "WINDOW_UPDATE";
          case PING -> "PING";
          case GO_AWAY -> "GO_AWAY";
          default -> "type " + type;
        };
    return name
        + flagNames(flags(head))
        + " stream "
        + Integer.toUnsignedString(streamId(head))
        + " length "
        + Integer.toUnsignedString(length);
  }

  private static String flagNames(int flags) {
    StringBuilder names = new StringBuilder();
    String[] all = {"SYN", "ACK", "FIN", "RST"};
    for (int bit = 0; bit < all.length; bit++) {
      if ((flags & 1 << bit) != 0) {
        names.append(names.isEmpty() ? ' ' : '|').append(all[bit]);
      }
    }
    return names.toString();
  }
}
