package io.minga.libp2p.identity;

import io.minga.libp2p.identity.PublicKey.KeyType;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;

/**
 * The message around public and private keys alike: type, then data, and nothing else (libp2p
 * peer-ids, Keys). Peers hash these bytes, so there is one encoding of a key, and it has the type
 * even where that is RSA's zero.
 */
record KeyProtobuf(KeyType type, Bytes data) {
  private static final int TAG_TYPE = 0x08;
  private static final int TAG_DATA = 0x12;

  /** Decodes {@code protobuf}, which errors call {@code what}. */
  static KeyProtobuf decode(String what, Bytes protobuf) throws WireException {
    ByteBuffer in = protobuf.asReadOnlyBuffer();
    expect(in, TAG_TYPE, what, "the key's type");
    KeyType type = type(what, Uvarint.decode(in));
    expect(in, TAG_DATA, what, "the key's data");
    long length = Uvarint.decode(in);
    if (length != in.remaining()) {
      throw new WireException(
          what + " announces " + length + " bytes of data, " + in.remaining() + " follow");
    }
    return new KeyProtobuf(type, Bytes.copyOf(in));
  }

  private static KeyType type(String what, long number) throws WireException {
    for (KeyType type : KeyType.values()) {
      if (type.number() == number) {
        return type;
      }
    }
    throw new WireException(what + " has type " + number + ", should have one of 0 to 3");
  }

  private static void expect(ByteBuffer in, int tag, String what, String field)
      throws WireException {
    if (!in.hasRemaining()) {
      throw new WireException(what + " ends before " + field);
    }
    int found = in.get() & 0xff;
    if (found != tag) {
      throw new WireException(
          what + " has tag " + found + " where " + field + " should have " + tag);
    }
  }

  Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(3 + Uvarint.length(data.length()) + data.length());
    out.put((byte) TAG_TYPE).put((byte) type.number()).put((byte) TAG_DATA);
    Uvarint.encode(data.length(), out);
    out.put(data.asReadOnlyBuffer());
    return Bytes.copyOf(out.array());
  }
}
