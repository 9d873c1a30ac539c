package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;

/**
 * The protobuf form of a {@link BlockFrame}: one of the fields 1, with or without 2, and 3 to 5.
 */
final class BlockCodec {
  private static final int GET_CID = 1;
  private static final int GET_OFFSET = 2;
  private static final int HEADER_SIZE = 3;
  private static final int CHUNK = 4;
  private static final int MISSING = 5;
  private static final int CAPACITY = 64;

  private BlockCodec() {}

  static Bytes encode(BlockFrame frame) {
    boolean chunked = frame instanceof BlockFrame.Chunk;
    FrameWriter out =
        new FrameWriter(CAPACITY + (chunked ? ((BlockFrame.Chunk) frame).bytes().length() : 0));
    if (frame instanceof BlockFrame.Get get) {
      out.bytes(GET_CID, get.cid().toBytes());
      if (get.offset() > 0) {
        out.number(GET_OFFSET, get.offset());
      }
    } else if (frame instanceof BlockFrame.Header header) {
      out.number(HEADER_SIZE, header.sizeBytes());
    } else if (frame instanceof BlockFrame.Chunk chunk) {
      out.bytes(CHUNK, chunk.bytes());
    } else {
      out.number(MISSING, 1);
    }
    return out.toBytes();
  }

  static BlockFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    ProtobufReader in = Fields.read("BlockFrame", encoded, limits.blockFrameBytesMax());
    Cid cid = null;
    long number = 0;
    Bytes chunk = Bytes.EMPTY;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, MISSING);
      switch (in.field()) {
        case GET_CID -> cid = cid(in);
        case GET_OFFSET, HEADER_SIZE -> number = Fields.number(in, 0L, limits.contentBytesMax());
        case CHUNK -> chunk = in.bytes(limits.blockChunkBytesMax());
        case MISSING -> Fields.number(in, 1, 1);
        default -> {}
      }
    }
    if (cid != null && (seen & ~(bit(GET_CID) | bit(GET_OFFSET))) == 0) {
      return new BlockFrame.Get(cid, number);
    }
    if (seen == bit(HEADER_SIZE)) {
      return new BlockFrame.Header(number);
    }
    if (seen == bit(CHUNK) && !chunk.isEmpty()) {
      return new BlockFrame.Chunk(chunk);
    }
    if (seen == bit(MISSING)) {
      return new BlockFrame.Missing();
    }
    throw new WireException(
        "BlockFrame: a CID in field 1 with or without an offset in 2, a size in 3, a chunk of at"
            + " least one byte in 4, or a 1 in 5 is right");
  }

  private static long bit(int field) {
    return 1L << field;
  }

  private static Cid cid(ProtobufReader in) throws WireException {
    try {
      return TaskCid.decode(in.bytes(TaskCid.BYTES));
    } catch (WireException wrong) {
      throw in.violation(wrong.getMessage());
    }
  }
}
