package io.minga.libp2p.multistream;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Messages as they stand on the wire: a uvarint that counts the text and its newline, the text in
 * UTF-8, {@code \n}.
 */
final class Message {
  /** {@code /multistream/1.0.0}, with which each side begins. */
  static final Bytes HEADER = encode("/multistream/1.0.0");

  /** {@code na}: the proposed protocol is not available. */
  static final Bytes NA = encode("na");

  /** {@code ls}: a question for the list of protocols, which peers need not answer. */
  static final Bytes LS = encode("ls");

  private Message() {}

  /** The proposal of {@code protocol}, which is also its acceptance. */
  static Bytes ofProtocol(String protocol) {
    if (protocol.isEmpty() || protocol.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(
          "a protocol name is at least one character long and has no newline: \""
              + protocol.replace("\n", "\\n")
              + "\"");
    }
    Bytes message = encode(protocol);
    if (isReserved(message)) {
      throw new IllegalArgumentException(
          "\"" + protocol + "\" can't name a protocol: it is a word of multistream itself");
    }
    return message;
  }

  /** Whether {@code message} is one of multistream's own, which never names a protocol. */
  static boolean isReserved(Bytes message) {
    return message.equals(LS) || message.equals(NA) || message.equals(HEADER);
  }

  /** The text of the complete {@code message}, without its newline. */
  static String text(Bytes message) throws WireException {
    int prefixLength = message.length() <= 0x80 ? 1 : 2;
    try {
      return message.slice(prefixLength, message.length() - 1).toUtf8();
    } catch (WireException e) {
      throw e.at("multistream message");
    }
  }

  private static Bytes encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = utf8.length + 1;
    if (length > MultistreamOptions.MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a protocol name takes at most "
              + (MultistreamOptions.MESSAGE_BYTES_MAX - 1)
              + " bytes, and this one takes "
              + utf8.length);
    }
    ByteBuffer message = ByteBuffer.allocate(Uvarint.length(length) + length);
    Uvarint.encode(length, message);
    message.put(utf8).put((byte) '\n');
    return Bytes.copyOf(message.array());
  }
}
