package io.minga.libp2p.identity;

import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** A strict reader of the little ASN.1 that keys and signatures have: DER only, no BER. */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int SEQUENCE = 0x30;

  private final ByteBuffer in;

  Der(ByteBuffer in) {
    this.in = in;
  }

  /** The contents of the next element, which must have {@code tag}. */
  ByteBuffer element(int tag) throws WireException {
    int found = next();
    if (found != tag) {
      throw new WireException("ASN.1 element has tag " + found + ", should have " + tag);
    }
    int length = length();
    if (length > in.remaining()) {
      throw new WireException(
          "ASN.1 element announces " + length + " bytes, " + in.remaining() + " follow");
    }
    ByteBuffer contents = in.slice(in.position(), length);
    in.position(in.position() + length);
    return contents;
  }

  /** The elements within the next one, a sequence. */
  Der sequence() throws WireException {
    return new Der(element(SEQUENCE));
  }

  /** The next element, an integer that isn't negative, in its shortest form. */
  BigInteger unsigned() throws WireException {
    ByteBuffer contents = element(INTEGER);
    byte[] bytes = new byte[contents.remaining()];
    contents.get(bytes);
    if (bytes.length == 0 || bytes[0] < 0) {
      throw new WireException("ASN.1 integer is negative or empty, should be positive");
    }
    if (bytes.length > 1 && bytes[0] == 0 && bytes[1] >= 0) {
      throw new WireException("ASN.1 integer is not in its shortest form");
    }
    return new BigInteger(bytes);
  }

  /** Requires that nothing is left. */
  void end() throws WireException {
    if (in.hasRemaining()) {
      throw new WireException("ASN.1 structure has " + in.remaining() + " bytes after its end");
    }
  }

  /** Lengths of at most two bytes, which is more than any key has, in their shortest form. */
  private int length() throws WireException {
    int first = next();
    if (first < 0x80) {
      return first;
    }
    int length;
    if (first == 0x81) {
      length = next();
    } else if (first == 0x82) {
      length = next() << 8 | next();
    } else {
      throw new WireException("ASN.1 length begins with " + first + ", a key's with at most 130");
    }
    if (length < 0x80 || (first == 0x82 && length < 0x100)) {
      throw new WireException("ASN.1 length is not in its shortest form");
    }
    return length;
  }

  private int next() throws WireException {
    if (!in.hasRemaining()) {
      throw new WireException("ASN.1 structure ends within an element");
    }
    return in.get() & 0xff;
  }
}
