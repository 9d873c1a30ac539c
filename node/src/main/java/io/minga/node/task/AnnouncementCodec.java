package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf form of an {@link Announcement}. If the batch is inside, it speaks for itself;
 * otherwise the fields 2, 3, 5, 6 and 9 to 12 say what it is.
 */
final class AnnouncementCodec {
  private static final int BATCH = 1;
  private static final int SIZE = 2;
  private static final int INDEXES = 3;
  private static final int BLOCK = 4;
  private static final int FUNCTION = 5;
  private static final int REQUIRES = 6;
  private static final int COST_MILLIS = 7;
  private static final int HINT = 8;
  private static final int LINEAGE = 9;
  private static final int SEQUENCE = 10;
  private static final int EXPIRES_AT = 11;
  private static final int SUBMITTER = 12;
  private static final int HINT_OWNER = 1;
  private static final int HINT_RUNS = 2;
  private static final int HINT_BITMAP = 3;
  private static final int HINT_BYTES_MAX = 128;
  private static final int[] FACTS = {SIZE, INDEXES, FUNCTION, LINEAGE, SEQUENCE, EXPIRES_AT};
  private static final int[] ONLY_WITHOUT_BLOCK = {
    SIZE, INDEXES, FUNCTION, REQUIRES, LINEAGE, SEQUENCE, EXPIRES_AT, SUBMITTER
  };

  private final TaskLimits limits;
  private @Nullable Cid batch;
  private PeerId submitter;
  private long lineage;
  private long sequence;
  private long expiresAtMillis;
  private int sizeBytes;
  private int indexes;
  private final List<FunctionName> functions = new ArrayList<>(1);
  private Requirements requires = Requirements.NONE;
  private long costMillis;
  private final List<Announcement.Hint> hints = new ArrayList<>(1);
  private @Nullable Batch block;

  private AnnouncementCodec(TaskLimits limits, PeerId signer) {
    this.limits = limits;
    this.submitter = signer;
  }

  static Bytes encode(Announcement it, PeerId signer) {
    ProtobufWriter out = new ProtobufWriter().bytes(BATCH, it.batch().toBytes());
    Batch block = it.block();
    if (block != null) {
      out.bytes(BLOCK, block.bytes());
    } else {
      encodeFacts(out, it, signer);
    }
    if (it.costMillis() > 0) {
      out.uint64(COST_MILLIS, it.costMillis());
    }
    for (Announcement.Hint hint : it.hints()) {
      ProtobufWriter nested = new ProtobufWriter().bytes(HINT_OWNER, hint.owner().multihash());
      Fields.writeIndexes(nested, HINT_RUNS, HINT_BITMAP, hint.indexes());
      out.message(HINT, nested);
    }
    return out.toBytes();
  }

  private static void encodeFacts(ProtobufWriter out, Announcement it, PeerId signer) {
    out.uint64(SIZE, it.sizeBytes()).uint64(INDEXES, it.indexes());
    for (FunctionName function : it.functions()) {
      out.string(FUNCTION, function.name());
    }
    if (!it.requires().equals(Requirements.NONE)) {
      out.message(REQUIRES, it.requires().write());
    }
    out.bytes(LINEAGE, Fields.fixed64(it.lineage()))
        .uint64(SEQUENCE, it.sequence())
        .uint64(EXPIRES_AT, it.expiresAtMillis());
    if (!signer.equals(it.submitter())) {
      out.bytes(SUBMITTER, it.submitter().multihash());
    }
  }

  static Announcement decode(TaskLimits limits, Bytes encoded, PeerId signer) throws WireException {
    ProtobufReader in = Fields.read("Announcement", encoded, limits.gossipBytesMax());
    return new AnnouncementCodec(limits, signer).read(in);
  }

  private Announcement read(ProtobufReader in) throws WireException {
    long seen = 0;
    while (in.next()) {
      boolean repeated = in.field() == FUNCTION || in.field() == HINT;
      seen = repeated ? seen | (1L << in.field()) : Fields.once(in, seen, SUBMITTER);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case SIZE -> sizeBytes = Fields.number(in, 1, limits.batchBytesMax());
        case INDEXES -> indexes = Fields.number(in, 1, limits.batchTasksMax());
        case BLOCK -> block = readBlock(in);
        case FUNCTION -> readFunction(in);
        case REQUIRES ->
            requires =
                Requirements.read(in.message("Requirements", Requirements.BYTES_MAX), limits);
        case COST_MILLIS -> costMillis = Fields.number(in, 0L, Long.MAX_VALUE);
        case HINT -> readHint(in);
        case LINEAGE -> lineage = Fields.fixed64(in);
        case SEQUENCE -> sequence = Fields.number(in, 0L, Long.MAX_VALUE);
        case EXPIRES_AT -> expiresAtMillis = Fields.number(in, 0L, Long.MAX_VALUE);
        case SUBMITTER -> submitter = Fields.peerId(in);
        default -> {}
      }
    }
    Fields.require("Announcement", seen, BATCH);
    Batch inside = block;
    if (inside == null) {
      Fields.require("Announcement", seen, FACTS);
    } else {
      readFacts(inside, seen);
    }
    String problem = Announcement.problemOf(hints, indexes);
    if (problem != null) {
      throw new WireException("Announcement: " + problem);
    }
    return announcement();
  }

  private Batch readBlock(ProtobufReader in) throws WireException {
    return Batch.decode(limits, in.bytes(limits.inlineBlockBytesMax()));
  }

  private void readFacts(Batch inside, long seen) throws WireException {
    for (int field : ONLY_WITHOUT_BLOCK) {
      if (Fields.has(seen, field)) {
        throw new WireException(
            "Announcement: field " + field + " is not with the batch itself, in field 4");
      }
    }
    if (!inside.cid().equals(batch)) {
      throw new WireException("Announcement: field 4 has another batch than field 1 names");
    }
    submitter = inside.header().submitter();
    lineage = inside.header().lineage();
    sequence = inside.header().sequence();
    expiresAtMillis = inside.header().expiresAtMillis();
    sizeBytes = inside.bytes().length();
    indexes = inside.indexes();
    functions.addAll(inside.functions());
    requires = inside.header().policy().requires();
  }

  private void readFunction(ProtobufReader in) throws WireException {
    Fields.requireRoom(in, functions, limits.batchFunctionsMax());
    FunctionName function = Fields.function(in);
    if (functions.contains(function)) {
      throw in.violation("a function comes twice");
    }
    functions.add(function);
  }

  private void readHint(ProtobufReader in) throws WireException {
    Fields.requireRoom(in, hints, limits.hintsMax());
    ProtobufReader hint = in.message("Hint", HINT_BYTES_MAX);
    PeerId owner = submitter;
    IndexSet hinted = IndexSet.EMPTY;
    long seen = 0;
    while (hint.next()) {
      seen = Fields.once(hint, seen, HINT_BITMAP);
      switch (hint.field()) {
        case HINT_OWNER -> owner = Fields.peerId(hint);
        case HINT_RUNS, HINT_BITMAP -> hinted = Fields.indexes(hint, HINT_RUNS, hinted);
        default -> {}
      }
    }
    Fields.require("Hint", seen, HINT_OWNER);
    hints.add(new Announcement.Hint(owner, hinted));
  }

  private Announcement announcement() {
    if (batch == null) { // it is required, so this is for the compiler
      throw new IllegalStateException("no batch");
    }
    return new Announcement(
        batch,
        submitter,
        lineage,
        sequence,
        expiresAtMillis,
        sizeBytes,
        indexes,
        functions,
        requires,
        costMillis,
        hints,
        block);
  }
}
