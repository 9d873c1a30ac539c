package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Hold;
import io.minga.node.task.WorkFrame.Share;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The protobuf form of a {@link Hold}: the batch's CID, the giver, and shares. */
final class HoldCodec {
  /** Of each epoch there is one share, and a task moves a few times only. */
  static final int SHARES_MAX = 32;

  private static final int SHARE_BYTES_MAX = 64;
  static final int BYTES_MAX = 256 + SHARES_MAX * SHARE_BYTES_MAX;

  private static final int SHARE = 1;
  private static final int GIVER = 3;
  private static final int SHARE_EPOCH = 5;

  private HoldCodec() {}

  static void write(FrameWriter out, Hold hold) {
    for (Share share : hold.shares()) {
      int begun = out.begin(SHARE);
      out.indexes(WorkCodec.RUNS, WorkCodec.BITMAP, share.indexes());
      out.number(SHARE_EPOCH, share.epoch());
      out.end(begun);
    }
    out.bytes(WorkCodec.CID, hold.batch().toBytes());
    out.bytes(GIVER, hold.giver().multihash());
  }

  static Hold read(ProtobufReader in) throws WireException {
    Cid batch = null;
    PeerId giver = null;
    List<Share> shares = new ArrayList<>(1);
    long seen = 0;
    while (in.next()) {
      if (in.field() == SHARE) {
        Fields.requireRoom(in, shares, SHARES_MAX);
        shares.add(readShare(in.message("Share", SHARE_BYTES_MAX)));
        continue;
      }
      seen = Fields.once(in, seen, GIVER);
      switch (in.field()) {
        case WorkCodec.CID -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case GIVER -> giver = Fields.peerId(in);
        default -> {}
      }
    }
    if (batch == null || giver == null) {
      throw new WireException("Hold: a batch's CID in field 2 and a giver in 3 are right");
    }
    String problem = problemOf(shares);
    if (problem != null) {
      throw new WireException("Hold: " + problem);
    }
    return new Hold(batch, giver, shares);
  }

  private static Share readShare(ProtobufReader in) throws WireException {
    IndexSet indexes = IndexSet.EMPTY;
    int epoch = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, SHARE_EPOCH);
      switch (in.field()) {
        case WorkCodec.RUNS, WorkCodec.BITMAP ->
            indexes = Fields.indexes(in, WorkCodec.RUNS, indexes);
        case SHARE_EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        default -> {}
      }
    }
    if (epoch == 0 || indexes.isEmpty()) {
      throw new WireException("Share: indexes in field 3 or 4 and an epoch in 5 are right");
    }
    return new Share(epoch, indexes);
  }

  static @Nullable String problemOf(List<Share> shares) {
    if (shares.isEmpty()) {
      return "there is at least one share";
    }
    IndexSet before = IndexSet.EMPTY;
    for (Share share : shares) {
      if (!share.indexes().and(before).isEmpty()) {
        return "a task is in one share, but some of %s are in two".formatted(share.indexes());
      }
      before = before.or(share.indexes());
    }
    return null;
  }
}
