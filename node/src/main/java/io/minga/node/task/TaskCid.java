package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/**
 * How things are named here: CIDs of version 1 by SHA-256, of 36 bytes, with codec {@link
 * #PROTOBUF} for tasks and batches and {@link Cid#RAW} for inputs and results.
 */
public final class TaskCid {
  /** The codec of protobuf messages (multicodec table). */
  public static final long PROTOBUF = 0x50;

  /** The length of every such CID's binary form, in bytes. */
  public static final int BYTES = 36;

  private static final int DIGEST_FROM = 4;

  private TaskCid() {}

  /** The name of a task or a batch that is encoded so. */
  public static Cid ofMessage(Bytes encoded) {
    return new Cid(1, PROTOBUF, Multihash.sha256(encoded));
  }

  /** The name of an input or a result that goes by CID. */
  public static Cid ofContent(Bytes content) {
    return Cid.raw(Multihash.sha256(content));
  }

  /**
   * The CID that {@code encoded} is.
   *
   * @param codec {@link #PROTOBUF} or {@link Cid#RAW}
   * @throws WireException if it is of another version, codec or hash function, or of none
   */
  public static Cid decode(Bytes encoded, long codec) throws WireException {
    if (!isOne(encoded, 0, encoded.length(), codec)) {
      throw new WireException(
          "a CID of 36 bytes begins with 01%02x1220 here, not one of %d B with %s"
              .formatted(
                  codec,
                  encoded.length(),
                  encoded.slice(0, Math.min(DIGEST_FROM, encoded.length())).toHex()));
    }
    Bytes digest = encoded.slice(DIGEST_FROM, BYTES);
    return new Cid(1, codec, new Multihash(Multihash.Function.SHA2_256, digest));
  }

  /**
   * The CID that {@code encoded} is, with either codec.
   *
   * @throws WireException if it is neither
   */
  public static Cid decode(Bytes encoded) throws WireException {
    boolean raw = isOne(encoded, 0, encoded.length(), Cid.RAW);
    return decode(encoded, raw ? Cid.RAW : PROTOBUF);
  }

  /** Whether {@code length} bytes of {@code in} from {@code from} are such a CID. */
  static boolean isOne(Bytes in, int from, int length, long codec) {
    return length == BYTES
        && in.at(from) == 1
        && in.at(from + 1) == codec
        && in.at(from + 2) == Multihash.Function.SHA2_256.code()
        && in.at(from + 3) == BYTES - DIGEST_FROM;
  }

  /** Checks that {@code cid} can go over the wire as a name with either codec. */
  static void require(Cid cid) {
    require(cid, cid.codec() == Cid.RAW ? Cid.RAW : PROTOBUF);
  }

  /** Checks that {@code cid} can go over the wire as a name with this codec. */
  static void require(Cid cid, long codec) {
    if (cid.version() != 1
        || cid.codec() != codec
        || cid.multihash().function() != Multihash.Function.SHA2_256) {
      throw new IllegalArgumentException(
          "a CID here is of version 1, codec 0x%x and sha2-256, unlike %s".formatted(codec, cid));
    }
  }
}
