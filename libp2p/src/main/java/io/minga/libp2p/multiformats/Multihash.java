package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A digest that says which function gave it: uvarint code, uvarint length, digest (multihash). Only
 * the two functions that peer ids and our CIDs use are known.
 */
public record Multihash(Function function, Bytes digest) implements Comparable<Multihash> {
  /** The most bytes that an identity multihash may carry. */
  public static final int IDENTITY_BYTES_MAX = 128;

  private static final int SHA2_256_BYTES = 32;

  /** Only copied: to look for an implementation takes longer than to hash a short batch. */
  private static final MessageDigest FRESH_SHA256 = freshSha256();

  /** A hash function, by its code in the multicodec table. */
  public enum Function {
    /** No hashing: the digest is the content itself, of at most 128 bytes. */
    IDENTITY(0x00),
    /** SHA-256, of 32 bytes. */
    SHA2_256(0x12);

    private final int code;

    Function(int code) {
      this.code = code;
    }

    /** The code on the wire. */
    public int code() {
      return code;
    }

    private static Function ofCode(long code) throws WireException {
      for (Function function : values()) {
        if (function.code == code) {
          return function;
        }
      }
      throw new WireException(
          "multihash code 0x"
              + Long.toHexString(code)
              + " is neither 0x0 (identity) nor 0x12 (sha2-256)");
    }
  }

  /** A digest by {@code function}, whose length must be right for it. */
  public Multihash {
    if (!fits(function, digest.length())) {
      throw new IllegalArgumentException(wrongLength(function, digest.length()));
    }
  }

  /**
   * Of a digest four of its bytes, which are as good as a hash of all of them, and sooner there.
   */
  @Override
  public int hashCode() {
    if (function == Function.IDENTITY) {
      return digest.hashCode();
    }
    int hash = 0;
    for (int i = SHA2_256_BYTES - Integer.BYTES; i < SHA2_256_BYTES; i++) {
      hash = hash << Byte.SIZE | digest.at(i);
    }
    return hash;
  }

  /** Sooner there than what a record has by itself: it is asked for each task. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Multihash its
            && function == its.function
            && digest.equals(its.digest));
  }

  /** The multihash that is {@code content} itself. */
  public static Multihash identity(Bytes content) {
    return new Multihash(Function.IDENTITY, content);
  }

  /** The multihash of {@code content} by SHA-256. */
  public static Multihash sha256(Bytes content) {
    try {
      MessageDigest sha256 = (MessageDigest) FRESH_SHA256.clone();
      content.digest(sha256);
      return new Multihash(Function.SHA2_256, Bytes.copyOf(sha256.digest()));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this platform's SHA-256 can't be copied", e);
    }
  }

  private static MessageDigest freshSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) { // every Java platform has SHA-256
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * The multihash that {@code encoded} is, all of it.
   *
   * @throws WireException if the function is not known, the length is wrong for it, or bytes are
   *     missing or left over
   */
  public static Multihash decode(Bytes encoded) throws WireException {
    ByteBuffer in = encoded.asReadOnlyBuffer();
    Multihash multihash = decode(in);
    if (in.hasRemaining()) {
      throw new WireException(in.remaining() + " B follow after the end of the multihash");
    }
    return multihash;
  }

  /** Reads one multihash from the position of {@code in}, as {@link #decode(Bytes)} does. */
  public static Multihash decode(ByteBuffer in) throws WireException {
    Function function;
    long length;
    try {
      function = Function.ofCode(Uvarint.decode(in));
      length = Uvarint.decode(in);
    } catch (WireException wrong) {
      throw wrong.at("multihash");
    }
    if (!fits(function, length)) {
      throw new WireException(wrongLength(function, length));
    }
    if (length > in.remaining()) {
      throw new WireException(
          "multihash digest of " + length + " B is cut short at " + in.remaining() + " B");
    }
    byte[] digest = new byte[(int) length];
    in.get(digest);
    return new Multihash(function, Bytes.copyOf(digest));
  }

  /** The binary form. */
  public Bytes toBytes() {
    return Uvarint.encode(function.code).concat(Uvarint.encode(digest.length())).concat(digest);
  }

  /** Whether this is the multihash of {@code content}. */
  public boolean matches(Bytes content) {
    return switch (function) {
      case IDENTITY -> digest.equals(content);
      case SHA2_256 -> equals(sha256(content));
    };
  }

  /** The binary form in base58, as peer ids are written. */
  public String toBase58() {
    return Base58.encode(toBytes());
  }

  /** In the order of the binary forms. */
  @Override
  public int compareTo(Multihash other) {
    return toBytes().compareTo(other.toBytes());
  }

  private static boolean fits(Function function, long length) {
    return switch (function) {
      case IDENTITY -> length <= IDENTITY_BYTES_MAX;
      case SHA2_256 -> length == SHA2_256_BYTES;
    };
  }

  private static String wrongLength(Function function, long length) {
    return switch (function) {
      case IDENTITY -> "identity multihash has at most " + IDENTITY_BYTES_MAX + " B, not " + length;
      case SHA2_256 -> "sha2-256 multihash has " + SHA2_256_BYTES + " B, not " + length;
    };
  }
}
