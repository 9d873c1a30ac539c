package io.minga.libp2p.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** An immutable sequence of bytes, ordered as unsigned and compared by content. */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** The bytes of {@code source}, copied. */
  public static Bytes copyOf(byte[] source) {
    return source.length == 0 ? EMPTY : new Bytes(source.clone());
  }

  /** {@code length} bytes of {@code source} from {@code offset}, copied. */
  public static Bytes copyOf(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    return owned(Arrays.copyOfRange(source, offset, offset + length));
  }

  /** The remaining bytes of {@code source}, copied; the buffer's position does not move. */
  public static Bytes copyOf(ByteBuffer source) {
    byte[] copy = new byte[source.remaining()];
    source.get(source.position(), copy);
    return owned(copy);
  }

  /** The bytes with these values, each from 0 to 255. */
  public static Bytes of(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] > 0xff) {
        throw new IllegalArgumentException("a byte is 0 to 255, not " + values[i] + ", at " + i);
      }
      bytes[i] = (byte) values[i];
    }
    return owned(bytes);
  }

  /** The bytes that {@code text}, which has no unpaired surrogate, is in UTF-8. */
  public static Bytes utf8(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return utf8WithSurrogates(text);
      }
    }
    return owned(text.getBytes(StandardCharsets.UTF_8)); // much sooner done than by an encoder
  }

  private static Bytes utf8WithSurrogates(String text) {
    try {
      return copyOf(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)));
    } catch (CharacterCodingException unpaired) {
      throw new IllegalArgumentException("text has an unpaired surrogate, so no UTF-8", unpaired);
    }
  }

  /** The bytes that {@code hex}, an even number of hex digits, spells. */
  public static Bytes fromHex(String hex) {
    return owned(HexFormat.of().parseHex(hex));
  }

  /** {@code array} itself, which nobody changes from now on. */
  static Bytes owned(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** Has a digest, which doesn't change it, take the array in. */
  public void digest(MessageDigest digest) {
    digest.update(array); // a buffer that can't be written to would be copied piece by piece
  }

  /** The array itself, for readers in this package, which don't change it. */
  byte[] array() {
    return array;
  }

  /** The number of bytes. */
  public int length() {
    return array.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return array.length == 0;
  }

  /** The byte at {@code index}, from 0 to 255. */
  public int at(int index) {
    return array[index] & 0xff;
  }

  /** The bytes from {@code from} up to but without {@code to}. */
  public Bytes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, array.length);
    return from == 0 && to == array.length ? this : owned(Arrays.copyOfRange(array, from, to));
  }

  /** Whether the first bytes are those of {@code prefix}. */
  public boolean startsWith(Bytes prefix) {
    int length = prefix.array.length;
    return length <= array.length && Arrays.equals(array, 0, length, prefix.array, 0, length);
  }

  /** These bytes followed by {@code next}. */
  public Bytes concat(Bytes next) {
    byte[] joined = Arrays.copyOf(array, array.length + next.array.length);
    System.arraycopy(next.array, 0, joined, array.length, next.array.length);
    return owned(joined);
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return array.clone();
  }

  /** A copy of the bytes from {@code from} up to but without {@code to}. */
  public byte[] toByteArray(int from, int to) {
    Objects.checkFromToIndex(from, to, array.length);
    return Arrays.copyOfRange(array, from, to);
  }

  /** Writes the bytes at the position of {@code out}. */
  public void writeTo(ByteBuffer out) {
    out.put(array);
  }

  /** A read-only view of the bytes. */
  public ByteBuffer asReadOnlyBuffer() {
    return ByteBuffer.wrap(array).asReadOnlyBuffer();
  }

  /** The bytes as lower-case hex digits. */
  public String toHex() {
    return HexFormat.of().formatHex(array);
  }

  /**
   * The text that the bytes are in UTF-8.
   *
   * @throws WireException if they are not the UTF-8 of any text; nothing is replaced
   */
  public String toUtf8() throws WireException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(array)).toString();
    } catch (CharacterCodingException malformed) {
      throw new WireException("text of " + array.length + " B is not valid UTF-8");
    }
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(array, other.array);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return array.length <= 32
        ? toHex()
        : HexFormat.of().formatHex(array, 0, 32) + "… (" + array.length + " B)";
  }
}
