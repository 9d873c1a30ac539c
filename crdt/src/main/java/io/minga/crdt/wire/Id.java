package io.minga.crdt.wire;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An identifier that nobody here looks into: a batch's CID, or a peer's id. Immutable, 1 to 64
 * bytes, ordered as unsigned bytes.
 */
public final class Id implements Comparable<Id> {
  /** The longest identifier, in bytes. */
  public static final int BYTES_MAX = 64;

  private final byte[] bytes;
  private final int hash;

  /** The first 8 bytes of the SHA-256, once somebody asked for them; 0 before. */
  private long key;

  private Id(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * The identifier with these bytes, which are copied.
   *
   * @throws IllegalArgumentException if there are none or more than {@link #BYTES_MAX}
   */
  public static Id of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  static Id of(byte[] bytes, int from, int length) {
    if (length < 1 || length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "an identifier has 1 to " + BYTES_MAX + " bytes, not " + length);
    }
    return new Id(Arrays.copyOfRange(bytes, from, from + length));
  }

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** The number of bytes. */
  public int length() {
    return bytes.length;
  }

  /**
   * The first 8 bytes of the identifier's SHA-256, big-endian: where it stands among all others,
   * evenly spread whatever the identifiers are.
   */
  public long key() {
    if (key == 0) {
      key = new Sha256().add(bytes).digest().high();
    }
    return key;
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Id other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Id that && hash == that.hash && Arrays.equals(bytes, that.bytes));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The bytes as lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
