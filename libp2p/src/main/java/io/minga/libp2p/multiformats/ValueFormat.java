package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;

/** How the value of a multiaddr's component looks as bytes and as text. */
enum ValueFormat {
  NONE(0) {
    @Override
    Bytes decodeText(String text) {
      throw new IllegalStateException("no value to read");
    }

    @Override
    String toText(Bytes value) {
      throw new IllegalStateException("no value to write");
    }
  },

  IP4(4) {
    @Override
    Bytes decodeText(String text) throws WireException {
      return IpText.parseIp4(text);
    }

    @Override
    String toText(Bytes value) {
      return IpText.formatIp4(value);
    }
  },

  IP6(16) {
    @Override
    Bytes decodeText(String text) throws WireException {
      return IpText.parseIp6(text);
    }

    @Override
    String toText(Bytes value) {
      return IpText.formatIp6(value);
    }
  },

  PORT(2) {
    @Override
    Bytes decodeText(String text) throws WireException {
      if (!isDecimal(text)) {
        throw new WireException(
            "port " + Quoted.of(text) + " is not a number of 0 to 65535 without leading zeros");
      }
      if (text.length() > 5 || Integer.parseInt(text) > 65535) {
        throw new WireException("port " + Quoted.shown(text) + " is above 65535");
      }
      int port = Integer.parseInt(text);
      return Bytes.of(port >> 8, port & 0xff);
    }

    @Override
    String toText(Bytes value) {
      return Integer.toString(value.at(0) << 8 | value.at(1));
    }
  },

  UINT64(8) {
    @Override
    Bytes decodeText(String text) throws WireException {
      try {
        if (isDecimal(text)) {
          ByteBuffer value = ByteBuffer.allocate(8).putLong(0, Long.parseUnsignedLong(text));
          return Bytes.copyOf(value);
        }
      } catch (NumberFormatException tooLarge) {
        // said below
      }
      throw new WireException(
          Quoted.of(text) + " is not a number of 0 to 2^64-1 without leading zeros");
    }

    @Override
    String toText(Bytes value) {
      return Long.toUnsignedString(value.asReadOnlyBuffer().getLong());
    }
  },

  /** A DNS name, an interface's name: visible text without slashes. */
  NAME(ValueFormat.VARIABLE) {
    @Override
    Bytes decodeText(String text) throws WireException {
      checkVisible(text); // so it has no unpaired surrogate either
      Bytes value = Bytes.utf8(text);
      check(value);
      return value;
    }

    @Override
    String toText(Bytes value) throws WireException {
      return value.toUtf8();
    }

    @Override
    void check(Bytes value) throws WireException {
      if (value.isEmpty() || value.length() > NAME_BYTES_MAX) {
        throw new WireException(
            "name has 1 to " + NAME_BYTES_MAX + " B of UTF-8, not " + value.length());
      }
      checkVisible(value.toUtf8());
    }

    private void checkVisible(String text) throws WireException {
      for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
        int c = text.codePointAt(i);
        if (c == '/' || !isVisible(c)) {
          throw new WireException(
              "name " + Quoted.of(text) + " has a slash, a space or an invisible character");
        }
      }
    }
  },

  /** A peer id: a multihash as bytes; base58 or, also read, a CID of a libp2p key as text. */
  PEER_ID(ValueFormat.VARIABLE) {
    @Override
    Bytes decodeText(String text) throws WireException {
      if (text.startsWith("1") || text.startsWith("Qm")) {
        Bytes value = Base58.decode(text);
        check(value);
        return value;
      }
      Cid cid = Cid.decodeText(text);
      if (cid.codec() != Cid.LIBP2P_KEY) {
        throw new WireException(
            "CID has codec 0x" + Long.toHexString(cid.codec()) + ", not 0x72, that of a peer id");
      }
      return cid.multihash().toBytes();
    }

    @Override
    String toText(Bytes value) {
      return Base58.encode(value);
    }

    @Override
    void check(Bytes value) throws WireException {
      Multihash.decode(value);
    }
  },

  /** The hash of a certificate: a multihash as bytes, in any base as text. */
  CERTIFICATE_HASH(ValueFormat.VARIABLE) {
    @Override
    Bytes decodeText(String text) throws WireException {
      Bytes value = Multibase.decode(text);
      check(value);
      return value;
    }

    @Override
    String toText(Bytes value) {
      return Multibase.BASE64_URL.encode(value);
    }

    @Override
    void check(Bytes value) throws WireException {
      Multihash.decode(value);
    }
  };

  /** The size of a value that carries its length in front. */
  static final int VARIABLE = -1;

  private static final int NAME_BYTES_MAX = 255;

  private final int size;

  ValueFormat(int size) {
    this.size = size;
  }

  /** The value's size in bytes, or {@link #VARIABLE}. */
  int size() {
    return size;
  }

  /** The bytes of the value that {@code text} spells; they pass {@link #check}. */
  abstract Bytes decodeText(String text) throws WireException;

  /** The one text of {@code value}, which passes {@link #check}. */
  abstract String toText(Bytes value) throws WireException;

  /** Refuses bytes, of the right size, that are no value. */
  void check(Bytes value) throws WireException {}

  private static boolean isDecimal(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && (text.length() == 1 || text.charAt(0) != '0');
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
