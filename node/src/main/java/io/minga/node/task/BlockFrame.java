package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/**
 * What goes over a stream of {@value #PROTOCOL}, on which one peer asks another for blocks:
 * batches, inputs and results, by their CIDs.
 *
 * <p>Whoever opened the stream says {@link Get}. For each, in order, comes a {@link Header} and the
 * {@link Chunk}s from the offset to the block's end, or {@link Missing}. Whoever receives a block
 * hashes it and believes nothing before the hash is right.
 */
public sealed interface BlockFrame {
  /** The protocol of the streams that carry such frames. */
  String PROTOCOL = "/minga/block/1.0.0";

  /**
   * Asks for a block.
   *
   * @param offset how much of it is here already, in bytes
   */
  record Get(Cid cid, long offset) implements BlockFrame {
    /** Checks the CID and the offset. */
    public Get {
      TaskCid.require(cid);
      requireNotNegative(offset);
    }
  }

  /**
   * The block that was asked for follows.
   *
   * @param sizeBytes all of it; what follows is that less the offset
   */
  record Header(long sizeBytes) implements BlockFrame {
    /** Checks the size. */
    public Header {
      requireNotNegative(sizeBytes);
    }
  }

  /** The next bytes of the block, at least one. */
  record Chunk(Bytes bytes) implements BlockFrame {
    /** Checks that there is something. */
    public Chunk {
      if (bytes.isEmpty()) {
        throw new IllegalArgumentException("a chunk has at least one byte");
      }
    }
  }

  /** The block that was asked for is not to be had here, or ends before the offset. */
  record Missing() implements BlockFrame {}

  private static void requireNotNegative(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size or an offset can't be negative: " + bytes);
    }
  }

  /**
   * The bytes of the frame. Who sends it sees to the limit, {@link
   * TaskLimits#blockChunkBytesMax()}.
   */
  default Bytes encode() {
    return BlockCodec.encode(this);
  }

  /**
   * The frame that {@code encoded} is.
   *
   * @throws WireException if it is malformed or above a limit
   */
  static BlockFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    return BlockCodec.decode(limits, encoded);
  }
}
