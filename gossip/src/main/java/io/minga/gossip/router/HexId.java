package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import io.minga.libp2p.wire.Bytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ids as py-libp2p 0.7 has them in IHAVE and IWANT: not the bytes, but their digits in hex. Whoever
 * doesn't know them asks for what it has each heartbeat, and py never gets what it asks for.
 */
final class HexId {
  private HexId() {}

  /** The id that {@code id} spells out in lower-case digits, or null if it is no such text. */
  static @Nullable MessageId spelled(MessageId id) {
    if (!isText(id)) {
      return null;
    }
    Bytes text = id.bytes();
    byte[] bytes = new byte[text.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (digit(text.at(2 * i)) << 4 | digit(text.at(2 * i + 1)));
    }
    return MessageId.of(Bytes.copyOf(bytes));
  }

  static boolean isText(MessageId id) {
    Bytes text = id.bytes();
    if (text.length() % 2 != 0) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (digit(text.at(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The text that spells {@code id}. */
  static MessageId textOf(MessageId id) {
    byte[] text = id.bytes().toHex().getBytes(StandardCharsets.US_ASCII);
    return MessageId.of(Bytes.copyOf(text));
  }

  private static int digit(int character) {
    if (character >= '0' && character <= '9') {
      return character - '0';
    }
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
  }
}
