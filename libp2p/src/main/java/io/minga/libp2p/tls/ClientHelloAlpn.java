package io.minga.libp2p.tls;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a ClientHello's application protocols mean for a listener (RFC 7301, RFC 8446 section
 * 4.1.2).
 *
 * <p>A listener has to refuse a dialer that offers application protocols of which it has none. Not
 * every TLS library can be told to, so the first flight is looked at before the library sees it.
 */
public enum ClientHelloAlpn {
  /** More bytes are needed to tell. */
  INCOMPLETE,
  /** A common protocol is offered, or none at all. */
  ACCEPTABLE,
  /** Protocols are offered, and none of them is ours. */
  NO_COMMON_PROTOCOL;

  /**
   * The longest ClientHello, in bytes without record headers; post-quantum ones have about 2 KiB.
   */
  public static final int LENGTH_MAX = 16 * 1024;

  /** The most records that a ClientHello may be spread over. */
  public static final int RECORDS_MAX = 16;

  private static final int HANDSHAKE_RECORD = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int ALPN_EXTENSION = 16;
  private static final int RECORD_HEADER_LENGTH = 5;
  private static final int RECORD_LENGTH_MAX = 16 * 1024;
  private static final int MESSAGE_HEADER_LENGTH = 4;
  private static final int VERSION_AND_RANDOM_LENGTH = 34;

  /**
   * Judges what a dialer sent so far.
   *
   * @param received from the first byte on; the position does not move
   * @param supported our protocols
   * @throws WireException if it is no ClientHello, malformed, too long or in too many records
   */
  public static ClientHelloAlpn judge(ByteBuffer received, List<Bytes> supported)
      throws WireException {
    byte[] header = new byte[MESSAGE_HEADER_LENGTH];
    if (gather(received, header) < header.length) {
      return INCOMPLETE;
    }
    if (header[0] != CLIENT_HELLO) {
      throw new WireException(
          "first TLS message is of type " + (header[0] & 0xff) + "; a ClientHello is of type 1");
    }
    int length = (header[1] & 0xff) << 16 | (header[2] & 0xff) << 8 | (header[3] & 0xff);
    if (length > LENGTH_MAX) {
      throw new WireException(
          "ClientHello is of " + length + " bytes; " + LENGTH_MAX + " are allowed");
    }
    int wholeLength = MESSAGE_HEADER_LENGTH + length;
    if (received.remaining() < RECORD_HEADER_LENGTH + wholeLength) {
      return INCOMPLETE;
    }
    byte[] message = new byte[wholeLength];
    if (gather(received, message) < wholeLength) {
      return INCOMPLETE;
    }
    return judgeBody(ByteBuffer.wrap(message, MESSAGE_HEADER_LENGTH, length), supported);
  }

  /** Copies the handshake bytes out of the records until {@code target} is full; says how many. */
  private static int gather(ByteBuffer received, byte[] target) throws WireException {
    ByteBuffer in = received.duplicate();
    int filled = 0;
    for (int records = 0; filled < target.length && in.hasRemaining(); records++) {
      int type = in.get() & 0xff;
      if (type != HANDSHAKE_RECORD) {
        throw new WireException(
            "TLS record " + records + " is of type " + type + "; a handshake record is of type 22");
      }
      if (records == RECORDS_MAX) {
        throw new WireException("ClientHello is in more than " + RECORDS_MAX + " TLS records");
      }
      if (in.remaining() < RECORD_HEADER_LENGTH - 1) {
        break;
      }
      int version = in.getShort() & 0xffff;
      int length = in.getShort() & 0xffff;
      if (version >> 8 != 3 || length == 0 || length > RECORD_LENGTH_MAX) {
        throw new WireException(
            "TLS record %d has version %04x and length %d; 03xx and 1 to %d are right"
                .formatted(records, version, length, RECORD_LENGTH_MAX));
      }
      int count = Math.min(Math.min(length, in.remaining()), target.length - filled);
      in.get(target, filled, count);
      filled += count;
      if (count < length && filled < target.length) {
        break;
      }
    }
    return filled;
  }

  private static ClientHelloAlpn judgeBody(ByteBuffer hello, List<Bytes> supported)
      throws WireException {
    take(hello, VERSION_AND_RANDOM_LENGTH, "version and random");
    take(hello, length8(hello, "session id"), "session id");
    take(hello, length16(hello, "cipher suites"), "cipher suites");
    take(hello, length8(hello, "compression methods"), "compression methods");
    if (!hello.hasRemaining()) {
      return ACCEPTABLE;
    }
    ByteBuffer extensions = take(hello, length16(hello, "extensions"), "extensions");
    requireEnd(hello, "extensions");
    ClientHelloAlpn verdict = ACCEPTABLE;
    boolean seen = false;
    while (extensions.hasRemaining()) {
      int type = length16(extensions, "extension");
      ByteBuffer content = take(extensions, length16(extensions, "extension"), "extension");
      if (type == ALPN_EXTENSION) {
        if (seen) {
          throw new WireException("ClientHello offers application protocols twice");
        }
        seen = true;
        verdict = judgeProtocols(content, supported);
      }
    }
    return verdict;
  }

  private static ClientHelloAlpn judgeProtocols(ByteBuffer content, List<Bytes> supported)
      throws WireException {
    String what = "application protocols";
    ByteBuffer names = take(content, length16(content, what), what);
    requireEnd(content, what);
    ClientHelloAlpn verdict = NO_COMMON_PROTOCOL;
    while (names.hasRemaining()) {
      ByteBuffer name = take(names, length8(names, what), what);
      if (supported.stream().anyMatch(ours -> ours.asReadOnlyBuffer().equals(name))) {
        verdict = ACCEPTABLE;
      }
    }
    return verdict;
  }

  private static int length8(ByteBuffer in, String what) throws WireException {
    return take(in, 1, what).get() & 0xff;
  }

  private static int length16(ByteBuffer in, String what) throws WireException {
    return take(in, 2, what).getShort() & 0xffff;
  }

  private static ByteBuffer take(ByteBuffer in, int length, String what) throws WireException {
    if (length > in.remaining()) {
      throw new WireException(
          "ClientHello ends in its %s: %d bytes are left of %d"
              .formatted(what, in.remaining(), length));
    }
    ByteBuffer taken = in.slice().limit(length);
    in.position(in.position() + length);
    return taken;
  }

  private static void requireEnd(ByteBuffer in, String what) throws WireException {
    if (in.hasRemaining()) {
      throw new WireException("ClientHello has " + in.remaining() + " bytes more than its " + what);
    }
  }
}
