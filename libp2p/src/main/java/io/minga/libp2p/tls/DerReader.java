package io.minga.libp2p.tls;

import io.minga.libp2p.wire.WireException;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * A cursor over DER (X.690): definite lengths in their shortest form, low tag numbers, no element
 * that reaches past the one around it. It copies only what is asked for.
 *
 * <p>A certificate is read by hand and not by a general ASN.1 parser because the peer chooses every
 * byte of it: what isn't expected here is refused here, in words that say where it stands, and no
 * input makes the reader recurse or allocate more than the input is long.
 */
final class DerReader {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;

  private final byte[] bytes;
  private final int end;
  private int position;

  DerReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private DerReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** The tag of the explicitly tagged, constructed field {@code [number]}. */
  static int field(int number) {
    return 0xa0 | number;
  }

  /** Whether the next element is there and has {@code tag}. */
  boolean isNext(int tag) {
    return position < end && (bytes[position] & 0xff) == tag;
  }

  /** Enters the next element, which must have {@code tag}; this reader moves behind it. */
  DerReader enter(int tag, String name) throws WireException {
    int contentEnd = readHeader(tag, name);
    DerReader inner = new DerReader(bytes, position, contentEnd);
    position = contentEnd;
    return inner;
  }

  /** The content of the next element, which must have {@code tag}. */
  byte[] content(int tag, String name) throws WireException {
    int contentEnd = readHeader(tag, name);
    byte[] content = Arrays.copyOfRange(bytes, position, contentEnd);
    position = contentEnd;
    return content;
  }

  /** The next element whole, with tag and length; it must have {@code tag}. */
  byte[] element(int tag, String name) throws WireException {
    int start = position;
    position = readHeader(tag, name);
    return Arrays.copyOfRange(bytes, start, position);
  }

  /** Moves behind the next element, which must have {@code tag}. */
  void skip(int tag, String name) throws WireException {
    position = readHeader(tag, name);
  }

  /** The bytes of the next element, a BIT STRING with no unused bits. */
  byte[] bitString(String name) throws WireException {
    DerReader content = enter(BIT_STRING, name);
    if (content.position == content.end || bytes[content.position] != 0) {
      throw new WireException(name + " is not a bit string of whole bytes");
    }
    return Arrays.copyOfRange(bytes, content.position + 1, content.end);
  }

  /** The value of the next element, an INTEGER that is not negative and in its shortest form. */
  BigInteger unsignedInteger(String name) throws WireException {
    byte[] content = content(INTEGER, name);
    if (content.length == 0 || content[0] < 0) {
      throw new WireException(name + " is not an integer of 0 or more");
    }
    if (content.length > 1 && content[0] == 0 && content[1] >= 0) {
      throw new WireException(name + " is not in its shortest form");
    }
    return new BigInteger(content);
  }

  /** Requires that nothing is left. */
  void end(String name) throws WireException {
    if (position != end) {
      throw new WireException(
          name + " has " + (end - position) + " bytes more than what belongs there");
    }
  }

  /** Reads tag and length, leaves the position at the content, and returns where that ends. */
  private int readHeader(int tag, String name) throws WireException {
    if (position == end) {
      throw new WireException(name + " is missing");
    }
    int found = bytes[position] & 0xff;
    if (found != tag) {
      throw new WireException(
          "%s has the ASN.1 tag 0x%02x; 0x%02x belongs there".formatted(name, found, tag));
    }
    position++;
    int length = readLength(name);
    if (length > end - position) {
      throw new WireException(
          "%s says it is %d bytes long, and %d are left".formatted(name, length, end - position));
    }
    return position + length;
  }

  private int readLength(String name) throws WireException {
    int first = readLengthByte(name);
    if (first < 0x80) {
      return first;
    }
    int count = first - 0x80;
    if (count == 0 || count > 3) {
      throw new WireException(
          name + " has a length that is " + (count == 0 ? "indefinite" : "longer than 3 bytes"));
    }
    int length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | readLengthByte(name);
    }
    int shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    if (count != shortest) {
      throw new WireException(name + " has a length that is not in its shortest form");
    }
    return length;
  }

  private int readLengthByte(String name) throws WireException {
    if (position == end) {
      throw new WireException(name + " ends in its length");
    }
    return bytes[position++] & 0xff;
  }
}
