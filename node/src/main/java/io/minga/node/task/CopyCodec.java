package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.CopyFrame.Declined;
import io.minga.node.task.CopyFrame.Ended;
import io.minga.node.task.CopyFrame.Have;
import io.minga.node.task.CopyFrame.Holders;
import io.minga.node.task.CopyFrame.Keep;
import io.minga.node.task.CopyFrame.Kept;
import io.minga.node.task.CopyFrame.Over;
import io.minga.node.task.CopyFrame.Part;
import io.minga.node.task.CopyFrame.Tried;
import io.minga.node.task.CopyFrame.Why;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf form of a {@link CopyFrame}: one of eleven messages, three of which {@link JobCodec}
 * has.
 */
final class CopyCodec {
  private static final int KEEP = 1;
  private static final int KEPT = 2;
  private static final int DECLINED = 3;
  private static final int HOLDERS = 4;
  private static final int ENDED = 5;
  private static final int HAVE = 6;
  private static final int OVER = 7;
  private static final int TRIED = 15;

  private static final int BATCH = 1;
  private static final int JOB = 2;
  private static final int TOTAL = 3;
  private static final int OFFSET = 4;
  private static final int HOLDER = 5;
  private static final int WHY = 2;
  private static final int ORIGIN = 2;
  private static final int RESULTS = 3;
  private static final int TRIES = 2;
  private static final int WANTS = 1;
  private static final int PART = 2;
  private static final int LINEAGE = 3;
  private static final int SIZE = 5;
  private static final int ENDED_RUNS = 6;
  private static final int ENDED_BITMAP = 7;
  private static final int CONFIRMED_RUNS = 8;
  private static final int CONFIRMED_BITMAP = 9;
  private static final int DIGEST = 10;

  private static final int PART_BYTES_MAX = 256;
  private static final int NAMES_BYTES_MAX = 1024;
  private static final int CAPACITY = 128;
  private static final Why[] WHYS = Why.values();

  private CopyCodec() {}

  static Bytes encode(CopyFrame frame) {
    FrameWriter out = new FrameWriter(CAPACITY);
    if (frame instanceof JobFrame about) {
      JobCodec.write(out, about);
      return out.toBytes();
    }
    int begun;
    if (frame instanceof Keep keep) {
      begun = out.begin(KEEP);
      out.bytes(BATCH, keep.batch().bytes());
      out.number(JOB, keep.job());
      out.number(TOTAL, keep.total());
      number(out, OFFSET, keep.offset());
      holders(out, keep.holders());
    } else if (frame instanceof Kept kept) {
      begun = out.begin(KEPT);
      out.bytes(BATCH, kept.batch().toBytes());
    } else if (frame instanceof Declined declined) {
      begun = out.begin(DECLINED);
      out.bytes(BATCH, declined.batch().toBytes());
      number(out, WHY, Fields.wireNumber(declined.why()));
    } else if (frame instanceof Holders of) {
      begun = out.begin(HOLDERS);
      out.bytes(BATCH, of.batch().toBytes());
      holders(out, of.holders());
    } else if (frame instanceof Ended ended) {
      begun = out.begin(ENDED);
      out.bytes(BATCH, ended.batch().toBytes());
      out.bytes(ORIGIN, ended.origin().multihash());
      out.bytes(RESULTS, ended.results().encode());
    } else if (frame instanceof Have have) {
      begun = out.begin(HAVE);
      number(out, WANTS, have.wants() ? 1 : 0);
      have.parts().forEach(part -> write(out, part));
    } else if (frame instanceof Tried tried) {
      begun = out.begin(TRIED);
      out.bytes(BATCH, tried.batch().toBytes());
      out.bytes(TRIES, tried.tries().encode());
    } else {
      begun = out.begin(OVER);
      ((Over) frame).batches().forEach(batch -> out.bytes(BATCH, batch.toBytes()));
    }
    out.end(begun);
    return out.toBytes();
  }

  private static void number(FrameWriter out, int field, long value) {
    if (value != 0) {
      out.number(field, value);
    }
  }

  private static void holders(FrameWriter out, List<PeerId> holders) {
    holders.forEach(holder -> out.bytes(HOLDER, holder.multihash()));
  }

  private static void write(FrameWriter out, Part part) {
    int begun = out.begin(PART);
    out.bytes(BATCH, part.batch().toBytes());
    out.number(JOB, part.job());
    out.bytes(LINEAGE, Fields.fixed64(part.lineage()));
    number(out, OFFSET, part.offset());
    out.number(SIZE, part.size());
    if (!part.ended().isEmpty()) {
      out.indexes(ENDED_RUNS, ENDED_BITMAP, part.ended());
    }
    if (!part.confirmed().isEmpty()) {
      out.indexes(CONFIRMED_RUNS, CONFIRMED_BITMAP, part.confirmed());
    }
    if (part.digest() != 0) {
      out.bytes(DIGEST, Fields.fixed64(part.digest()));
    }
    out.end(begun);
  }

  static CopyFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    ProtobufReader in = Fields.read("Copy", encoded, limits.copyFrameBytesMax());
    CopyFrame found = null;
    while (in.next()) {
      if (in.field() > JobCodec.ENDS && in.field() != TRIED) {
        continue; // for later versions
      }
      if (found != null) {
        throw in.violation("one of fields 1 to 10 and 15 is right, another came before");
      }
      int max = limits.copyFrameBytesMax();
      found =
          switch (in.field()) {
            case KEEP -> readKeep(limits, in.message("Keep", max));
            case KEPT -> new Kept(readBatch(in.message("Kept", PART_BYTES_MAX)));
            case DECLINED -> readDeclined(in.message("Declined", PART_BYTES_MAX));
            case HOLDERS -> readHolders(in.message("Holders", NAMES_BYTES_MAX));
            case ENDED -> readEnded(limits, in.message("Ended", max));
            case HAVE -> readHave(limits, in.message("Have", max));
            case OVER -> readOver(limits, in.message("Over", max));
            case TRIED -> readTried(in.message("Tried", max));
            default -> JobCodec.read(limits, in);
          };
    }
    if (found == null) {
      throw new WireException("Copy: none of fields 1 to 10 and 15 is there");
    }
    return found;
  }

  private static Keep readKeep(TaskLimits limits, ProtobufReader in) throws WireException {
    Batch batch = null;
    long job = 0;
    long total = 0;
    long offset = 0;
    List<PeerId> holders = new ArrayList<>(2);
    long seen = 0;
    while (in.next()) {
      if (in.field() == HOLDER) {
        addHolder(in, holders);
        continue;
      }
      seen = Fields.once(in, seen, OFFSET);
      switch (in.field()) {
        case BATCH -> batch = Batch.decode(limits, in.bytes(limits.batchBytesMax()));
        case JOB -> job = Fields.number(in, 1L, Long.MAX_VALUE);
        case TOTAL -> total = Fields.number(in, 1L, Long.MAX_VALUE);
        case OFFSET -> offset = Fields.number(in, 0L, Long.MAX_VALUE);
        default -> {}
      }
    }
    if (batch == null || !Keep.isWithin(job, total, offset, batch.size())) {
      throw new WireException(
          "Keep: job %d, total %d, offset %d, and a batch within them are right"
              .formatted(job, total, offset));
    }
    return new Keep(job, total, offset, holders, batch);
  }

  private static void addHolder(ProtobufReader in, List<PeerId> holders) throws WireException {
    Fields.requireRoom(in, holders, CopyFrame.HOLDERS_MAX);
    PeerId holder = Fields.peerId(in);
    if (holders.contains(holder)) {
      throw in.violation("a peer comes twice");
    }
    holders.add(holder);
  }

  private static Cid requireBatch(String message, @Nullable Cid batch) throws WireException {
    if (batch == null) {
      throw new WireException(message + ": field 1, a batch's CID, is missing");
    }
    return batch;
  }

  private static Cid readBatch(ProtobufReader in) throws WireException {
    Cid batch = null;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, BATCH);
      if (in.field() == BATCH) {
        batch = Fields.cid(in, TaskCid.PROTOBUF);
      }
    }
    return requireBatch("Kept", batch);
  }

  private static Declined readDeclined(ProtobufReader in) throws WireException {
    Cid batch = null;
    Why why = Why.OTHER;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, WHY);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case WHY -> {
          long number = Fields.number(in, 0L, Long.MAX_VALUE);
          why = number < WHYS.length ? WHYS[(int) number] : Why.OTHER;
        }
        default -> {}
      }
    }
    return new Declined(requireBatch("Declined", batch), why);
  }

  private static Holders readHolders(ProtobufReader in) throws WireException {
    Cid batch = null;
    List<PeerId> holders = new ArrayList<>(2);
    long seen = 0;
    while (in.next()) {
      if (in.field() == HOLDER) {
        addHolder(in, holders);
        continue;
      }
      seen = Fields.once(in, seen, BATCH);
      if (in.field() == BATCH) {
        batch = Fields.cid(in, TaskCid.PROTOBUF);
      }
    }
    return new Holders(requireBatch("Holders", batch), holders);
  }

  private static Ended readEnded(TaskLimits limits, ProtobufReader in) throws WireException {
    Cid batch = null;
    PeerId origin = null;
    WorkFrame.Results results = null;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, RESULTS);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case ORIGIN -> origin = Fields.peerId(in);
        case RESULTS -> results = readResults(limits, in);
        default -> {}
      }
    }
    if (batch == null || origin == null || results == null) {
      throw new WireException(
          "Ended: a batch's CID in field 1, a peer in 2 and results in 3 are right");
    }
    return new Ended(batch, origin, results);
  }

  static WorkFrame.Results readResults(TaskLimits limits, ProtobufReader in) throws WireException {
    Bytes frame = in.bytes(limits.workFrameBytesMax());
    if (!(WorkFrame.decode(limits, frame) instanceof WorkFrame.Results results)) {
      throw in.violation("a frame of results is right");
    }
    return results;
  }

  private static Have readHave(TaskLimits limits, ProtobufReader in) throws WireException {
    boolean wants = false;
    List<Part> parts = new ArrayList<>();
    long seen = 0;
    while (in.next()) {
      if (in.field() == PART) {
        Fields.requireRoom(in, parts, limits.partsMax());
        parts.add(readPart(in.message("Part", PART_BYTES_MAX)));
        continue;
      }
      seen = Fields.once(in, seen, WANTS);
      if (in.field() == WANTS) {
        wants = in.bool();
      }
    }
    if (parts.isEmpty()) {
      throw new WireException("Have: field 2, a part, is missing");
    }
    return new Have(wants, parts);
  }

  private static Part readPart(ProtobufReader in) throws WireException {
    Cid batch = null;
    long lineage = 0;
    long job = 0;
    long offset = 0;
    int size = 0;
    IndexSet ended = IndexSet.EMPTY;
    IndexSet confirmed = IndexSet.EMPTY;
    long digest = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, DIGEST);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case JOB -> job = Fields.number(in, 1L, Long.MAX_VALUE);
        case LINEAGE -> lineage = Fields.fixed64(in);
        case OFFSET -> offset = Fields.number(in, 0L, Long.MAX_VALUE);
        case SIZE -> size = Fields.number(in, 1, TaskRef.BATCH_TASKS_MAX);
        case ENDED_RUNS, ENDED_BITMAP -> ended = Fields.indexes(in, ENDED_RUNS, ended);
        case CONFIRMED_RUNS, CONFIRMED_BITMAP ->
            confirmed = Fields.indexes(in, CONFIRMED_RUNS, confirmed);
        case DIGEST -> digest = Fields.fixed64(in);
        default -> {}
      }
    }
    Fields.require("Part", seen, BATCH, JOB, LINEAGE, SIZE);
    if (!Part.isRight(job, offset, size, ended, confirmed)) {
      throw new WireException(
          "Part: of a batch of %d at %d, ended %s and confirmed %s can't be"
              .formatted(size, offset, ended, confirmed));
    }
    return new Part(
        requireBatch("Part", batch), lineage, job, offset, size, ended, confirmed, digest);
  }

  private static Tried readTried(ProtobufReader in) throws WireException {
    Cid batch = null;
    Tries tries = null;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, TRIES);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case TRIES -> tries = Tries.decode(in.bytes(Tries.BYTES_MAX));
        default -> {}
      }
    }
    if (tries == null) {
      throw new WireException("Tried: field 2, what is known of tasks, is missing");
    }
    return new Tried(requireBatch("Tried", batch), tries);
  }

  private static Over readOver(TaskLimits limits, ProtobufReader in) throws WireException {
    List<Cid> batches = new ArrayList<>();
    while (in.next()) {
      if (in.field() == BATCH) {
        Fields.requireRoom(in, batches, limits.partsMax());
        batches.add(Fields.cid(in, TaskCid.PROTOBUF));
      }
    }
    if (batches.isEmpty()) {
      throw new WireException("Over: field 1, a batch's CID, is missing");
    }
    return new Over(batches);
  }
}
