package io.minga.libp2p.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

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
    return new Bytes(Arrays.copyOfRange(source, offset, offset + length));
  }

  /** The remaining bytes of {@code source}, copied; the buffer's position does not move. */
  public static Bytes copyOf(ByteBuffer source) {
    byte[] copy = new byte[source.remaining()];
    source.duplicate().get(copy);
    return new Bytes(copy);
  }

  /** The bytes that {@code hex}, an even number of hex digits, spells. */
  public static Bytes fromHex(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
  }

  /** The number of bytes. */
  public int length() {
    return array.length;
  }

  /** The byte at {@code index}, from 0 to 255. */
  public int at(int index) {
    return array[index] & 0xff;
  }

  /** The bytes from {@code from} up to but without {@code to}. */
  public Bytes slice(int from, int to) {
    return new Bytes(Arrays.copyOfRange(array, from, to));
  }

  /** These bytes followed by {@code next}. */
  public Bytes concat(Bytes next) {
    byte[] joined = Arrays.copyOf(array, array.length + next.array.length);
    System.arraycopy(next.array, 0, joined, array.length, next.array.length);
    return new Bytes(joined);
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return array.clone();
  }

  /** A read-only view of the bytes. */
  public ByteBuffer asReadOnlyBuffer() {
    return ByteBuffer.wrap(array).asReadOnlyBuffer();
  }

  /** The bytes as lower-case hex digits. */
  public String toHex() {
    return HexFormat.of().formatHex(array);
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
