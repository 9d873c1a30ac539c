package io.minga.libp2p.multiformats;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The name of a piece of content: its multihash and the codec that reads it (CID). Version 0 is a
 * bare sha2-256 multihash of dag-pb content, written in base58 ({@code Qm…}); version 1 is uvarint
 * 1, uvarint codec, multihash, written in base32 ({@code b…}).
 */
public record Cid(int version, long codec, Multihash multihash) implements Comparable<Cid> {
  /** The codec of plain bytes. */
  public static final long RAW = 0x55;

  /** The codec of a MerkleDAG node, version 0's only one. */
  public static final long DAG_PB = 0x70;

  /** The codec of a peer's public key: a CID with it is a peer id. */
  public static final long LIBP2P_KEY = 0x72;

  /** The longest text that is parsed. */
  public static final int TEXT_LENGTH_MAX = 512;

  private static final int V0_LENGTH = 34;
  private static final int V0_TEXT_LENGTH = 46;
  private static final Bytes V0_PREFIX = Bytes.of(0x12, 0x20);

  /** A CID of version 0 or 1. */
  public Cid {
    if (version != 0 && version != 1) {
      throw new IllegalArgumentException("a CID's version is 0 or 1, not " + version);
    }
    if (codec < 0) {
      throw new IllegalArgumentException("a CID's codec can't be negative: " + codec);
    }
    if (version == 0 && (codec != DAG_PB || multihash.function() != Multihash.Function.SHA2_256)) {
      throw new IllegalArgumentException("a CID of version 0 is of dag-pb content by sha2-256");
    }
  }

  /** The CID of version 1 of plain bytes that have this multihash. */
  public static Cid raw(Multihash multihash) {
    return new Cid(1, RAW, multihash);
  }

  /**
   * Parses the text form that a user typed, of either version.
   *
   * @throws IllegalArgumentException if it is not a CID; the message says why
   */
  public static Cid parse(String text) {
    try {
      return decodeText(text);
    } catch (WireException wrong) {
      throw new IllegalArgumentException(Quoted.of(text) + " is not a CID: " + wrong.getMessage());
    }
  }

  /** Reads the text form that a peer sent, of either version. */
  public static Cid decodeText(String text) throws WireException {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new WireException(
          "CID of " + text.length() + " characters is above " + TEXT_LENGTH_MAX);
    }
    if (text.startsWith("Qm")) {
      if (text.length() != V0_TEXT_LENGTH) {
        throw new WireException(
            "a CID of version 0 has " + V0_TEXT_LENGTH + " characters, not " + text.length());
      }
      return decode(Base58.decode(text));
    }
    Cid cid = decode(Multibase.decode(text));
    if (cid.version == 0) {
      throw new WireException("a CID of version 0 has no multibase prefix, and starts with Qm");
    }
    return cid;
  }

  /**
   * The CID that {@code encoded} is, all of it.
   *
   * @throws WireException if it is not one, or bytes are left over
   */
  public static Cid decode(Bytes encoded) throws WireException {
    if (encoded.length() == V0_LENGTH && encoded.startsWith(V0_PREFIX)) {
      return new Cid(0, DAG_PB, Multihash.decode(encoded));
    }
    ByteBuffer in = encoded.asReadOnlyBuffer();
    long version;
    long codec;
    try {
      version = Uvarint.decode(in);
      if (version != 1) {
        throw new WireException("version is 1, or the bytes 12 20 and 32 more, not " + version);
      }
      codec = Uvarint.decode(in);
    } catch (WireException wrong) {
      throw wrong.at("CID");
    }
    return new Cid(1, codec, Multihash.decode(Bytes.copyOf(in)));
  }

  /** The binary form. */
  public Bytes toBytes() {
    return version == 0
        ? multihash.toBytes()
        : Uvarint.encode(1).concat(Uvarint.encode(codec)).concat(multihash.toBytes());
  }

  /** What is looked up by its CID is mostly asked for by the very same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Cid its
            && version == its.version
            && codec == its.codec
            && multihash.equals(its.multihash));
  }

  @Override
  public int hashCode() {
    return multihash.hashCode();
  }

  /** In the order of the binary forms. */
  @Override
  public int compareTo(Cid other) {
    return toBytes().compareTo(other.toBytes());
  }

  /** The text form: base58 for version 0, multibase base32 for version 1. */
  @Override
  public String toString() {
    return version == 0 ? multihash.toBase58() : Multibase.BASE32.encode(toBytes());
  }
}
