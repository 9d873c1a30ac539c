package io.minga.node.task;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Acked;
import io.minga.node.task.WorkFrame.CancelTasks;
import io.minga.node.task.WorkFrame.Carried;
import io.minga.node.task.WorkFrame.Carry;
import io.minga.node.task.WorkFrame.Compare;
import io.minga.node.task.WorkFrame.Hello;
import io.minga.node.task.WorkFrame.Hold;
import io.minga.node.task.WorkFrame.Lease;
import io.minga.node.task.WorkFrame.Parked;
import io.minga.node.task.WorkFrame.Part;
import io.minga.node.task.WorkFrame.Push;
import io.minga.node.task.WorkFrame.Refusal;
import io.minga.node.task.WorkFrame.Renew;
import io.minga.node.task.WorkFrame.Results;
import io.minga.node.task.WorkFrame.Taken;
import io.minga.node.task.WorkFrame.Tell;
import io.minga.node.task.WorkFrame.Way;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf form of a {@link WorkFrame}: one of fifteen messages, of which all but the greeting
 * and those about ways and comparisons name their batches in field 1 or 2 and tasks of theirs in 3
 * or 4.
 */
final class WorkCodec {
  static final int RESULTS = 3;
  static final int RESULTS_GROUP = 1;
  static final int REF = 1;
  static final int CID = 2;
  static final int RUNS = 3;
  static final int BITMAP = 4;

  private static final int PUSH = 1;
  private static final int TAKEN = 2;
  private static final int ACKED = 4;
  private static final int CANCEL = 5;
  private static final int PARKED = 6;
  private static final int HELLO = 7;
  private static final int HOLD = 8;
  private static final int RENEW = 9;
  private static final int LEASE = 10;
  private static final int CARRY = 11;
  private static final int CARRIED = 12;
  private static final int WAY = 13;
  private static final int COMPARE = 14;
  private static final int TELL = 15;
  private static final int HELLO_NETWORK = 1;
  private static final int HELLO_REPORT = 2;
  private static final int PART = 1;
  private static final int PART_EPOCH = 5;
  private static final int PART_BYTES_MAX = 128;
  private static final int PUSH_BATCH = 2;
  private static final int PUSH_EPOCH = 5;
  private static final int PUSH_PATIENCE = 6;
  private static final int TAKEN_REFUSED_RUNS = 5;
  private static final int TAKEN_REFUSED_BITMAP = 6;
  private static final int TAKEN_REASON = 7;
  private static final int TAKEN_CREDIT = 8;
  private static final int TAKEN_EPOCH = 9;
  private static final int TAKEN_BYTES_MAX = 256;
  private static final int CAPACITY = 64;
  private static final Refusal[] REFUSALS = Refusal.values();

  private final TaskLimits limits;
  private final Bytes frame;

  WorkCodec(TaskLimits limits, Bytes frame) {
    this.limits = limits;
    this.frame = frame;
  }

  static Bytes encode(WorkFrame frame) {
    if (frame instanceof Results results) {
      return results.encode();
    }
    if (frame instanceof Push push) {
      return encodePush(push);
    }
    if (frame instanceof Carry carry) {
      return encode(CARRY, carry.to(), carry.frame());
    }
    if (frame instanceof Carried carried) {
      return encode(CARRIED, carried.from(), carried.frame());
    }
    FrameWriter out = new FrameWriter(CAPACITY);
    if (frame instanceof Taken taken) {
      writeTaken(out, taken);
    } else if (frame instanceof Acked acked) {
      writeParts(out, ACKED, acked.parts());
    } else if (frame instanceof CancelTasks cancel) {
      writeParts(out, CANCEL, cancel.parts());
    } else if (frame instanceof Parked parked) {
      writeParts(out, PARKED, parked.parts());
    } else if (frame instanceof Hello hello) {
      writeHello(out, hello);
    } else if (frame instanceof Hold hold) {
      int begun = out.begin(HOLD);
      HoldCodec.write(out, hold);
      out.end(begun);
    } else if (frame instanceof Renew renew) {
      int begun = out.begin(RENEW);
      LeaseCodec.write(out, renew);
      out.end(begun);
    } else if (frame instanceof Lease lease) {
      int begun = out.begin(LEASE);
      LeaseCodec.write(out, lease);
      out.end(begun);
    } else if (frame instanceof Way way) {
      int begun = out.begin(WAY);
      WayCodec.write(out, way);
      out.end(begun);
    } else if (frame instanceof Compare compare) {
      int begun = out.begin(COMPARE);
      CompareCodec.write(out, compare);
      out.end(begun);
    } else if (frame instanceof Tell tell) {
      int begun = out.begin(TELL);
      CompareCodec.write(out, tell);
      out.end(begun);
    }
    return out.toBytes();
  }

  private static Bytes encode(int field, PeerId peer, Bytes frame) {
    FrameWriter out = new FrameWriter(CAPACITY + frame.length());
    int begun = out.begin(field);
    WayCodec.write(out, peer, frame);
    out.end(begun);
    return out.toBytes();
  }

  private static Bytes encodePush(Push push) {
    Batch batch = push.batch();
    FrameWriter out = new FrameWriter(CAPACITY + (batch == null ? 0 : batch.bytes().length()));
    int begun = out.begin(PUSH);
    out.number(REF, push.ref());
    if (batch != null) {
      out.bytes(PUSH_BATCH, batch.bytes());
    }
    if (batch == null || push.indexes().size() < batch.indexes()) {
      out.indexes(RUNS, BITMAP, push.indexes());
    }
    if (push.epoch() > 1) {
      out.number(PUSH_EPOCH, push.epoch());
    }
    if (push.patienceMicros() > 0) {
      out.number(PUSH_PATIENCE, push.patienceMicros());
    }
    out.end(begun);
    return out.toBytes();
  }

  private static void writeTaken(FrameWriter out, Taken taken) {
    int begun = out.begin(TAKEN);
    writeName(out, taken.batch());
    if (!taken.taken().isEmpty()) {
      out.indexes(RUNS, BITMAP, taken.taken());
    }
    Refusal reason = taken.reason();
    if (reason != null) {
      out.indexes(TAKEN_REFUSED_RUNS, TAKEN_REFUSED_BITMAP, taken.refused());
      out.number(TAKEN_REASON, Fields.wireNumber(reason));
    }
    if (taken.creditTasks() > 0) {
      out.number(TAKEN_CREDIT, taken.creditTasks());
    }
    if (taken.epoch() > 0) {
      out.number(TAKEN_EPOCH, taken.epoch());
    }
    out.end(begun);
  }

  private static void writeParts(FrameWriter out, int field, List<Part> parts) {
    int begun = out.begin(field);
    for (Part part : parts) {
      int begunPart = out.begin(PART);
      writeName(out, part.batch());
      out.indexes(RUNS, BITMAP, part.indexes());
      if (part.epoch() != 0) {
        out.number(PART_EPOCH, part.epoch());
      }
      out.end(begunPart);
    }
    out.end(begun);
  }

  private static void writeHello(FrameWriter out, Hello hello) {
    int begun = out.begin(HELLO);
    out.bytes(HELLO_NETWORK, Bytes.copyOf(hello.network().getBytes(StandardCharsets.UTF_8)));
    out.bytes(HELLO_REPORT, hello.report().write());
    out.end(begun);
  }

  static void writeName(FrameWriter out, BatchName name) {
    if (name instanceof BatchName.Ref ref) {
      out.number(REF, ref.number());
    } else if (name instanceof BatchName.ByCid byCid) {
      out.bytes(CID, byCid.cid().toBytes());
    }
  }

  WorkFrame decode() throws WireException {
    ProtobufReader in = Fields.read("WorkFrame", frame, limits.workFrameBytesMax());
    WorkFrame found = null;
    while (in.next()) {
      if (in.field() > TELL) {
        continue; // for later versions
      }
      if (found != null) {
        throw in.violation("one of fields 1 to 15 is right, another came before");
      }
      found =
          switch (in.field()) {
            case PUSH -> readPush(in.message("Push", limits.workFrameBytesMax()));
            case TAKEN -> readTaken(in.message("Taken", TAKEN_BYTES_MAX));
            case RESULTS -> readResults(in.message("Results", limits.workFrameBytesMax()));
            case ACKED -> new Acked(readParts(in.message("Acked", limits.workFrameBytesMax())));
            case CANCEL ->
                new CancelTasks(readParts(in.message("CancelTasks", limits.workFrameBytesMax())));
            case PARKED -> new Parked(readParts(in.message("Parked", limits.workFrameBytesMax())));
            case HOLD -> HoldCodec.read(in.message("Hold", HoldCodec.BYTES_MAX));
            case RENEW ->
                LeaseCodec.readRenew(in.message("Renew", limits.workFrameBytesMax()), limits);
            case LEASE ->
                LeaseCodec.readLease(in.message("Lease", limits.workFrameBytesMax()), limits);
            case CARRY ->
                WayCodec.readCarry(in.message("Carry", limits.workFrameBytesMax()), limits);
            case CARRIED ->
                WayCodec.readCarried(in.message("Carried", limits.workFrameBytesMax()), limits);
            case COMPARE -> CompareCodec.readCompare(in.message("Compare", CompareCodec.BYTES_MAX));
            case TELL ->
                CompareCodec.readTell(in.message("Tell", limits.workFrameBytesMax()), limits);
            case WAY -> WayCodec.readWay(in.message("Way", limits.workFrameBytesMax()), limits);
            default -> readHello(in.message("Hello", limits.workFrameBytesMax()));
          };
    }
    if (found == null) {
      throw new WireException("WorkFrame: none of fields 1 to 15 is there");
    }
    return found;
  }

  private Hello readHello(ProtobufReader in) throws WireException {
    String network = "";
    LoadReport report = null;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, HELLO_REPORT);
      switch (in.field()) {
        case HELLO_NETWORK -> network = Fields.label(in, limits.labelLengthMax());
        case HELLO_REPORT -> report = LoadReport.decode(limits, in.bytes(limits.gossipBytesMax()));
        default -> {}
      }
    }
    Fields.require("Hello", seen, HELLO_NETWORK, HELLO_REPORT);
    if (report == null) {
      throw new IllegalStateException("its field was there");
    }
    return new Hello(network, report);
  }

  private Push readPush(ProtobufReader in) throws WireException {
    long ref = 0;
    Batch batch = null;
    IndexSet indexes = IndexSet.EMPTY;
    int epoch = 1;
    long patienceMicros = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, PUSH_PATIENCE);
      switch (in.field()) {
        case REF -> ref = Fields.number(in, 1L, Long.MAX_VALUE);
        case PUSH_BATCH -> batch = Batch.decode(limits, in.bytes(limits.batchBytesMax()));
        case RUNS, BITMAP -> indexes = Fields.indexes(in, RUNS, indexes);
        case PUSH_EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        case PUSH_PATIENCE -> patienceMicros = Fields.number(in, 1L, Long.MAX_VALUE);
        default -> {}
      }
    }
    Fields.require("Push", seen, REF);
    if (batch == null) {
      if (indexes.isEmpty()) {
        throw new WireException("Push: a batch in field 2, indexes in 3 or 4, or both are right");
      }
    } else if (indexes.isEmpty()) {
      indexes = IndexSet.range(0, batch.indexes());
    } else if (indexes.last() >= batch.indexes()) {
      throw new WireException(
          "Push: index %d of a batch with %d".formatted(indexes.last(), batch.indexes()));
    }
    return new Push(ref, batch, indexes, epoch, patienceMicros);
  }

  private static Taken readTaken(ProtobufReader in) throws WireException {
    BatchName name = null;
    IndexSet taken = IndexSet.EMPTY;
    IndexSet refused = IndexSet.EMPTY;
    Refusal reason = null;
    long creditTasks = 0;
    int epoch = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, TAKEN_EPOCH);
      switch (in.field()) {
        case REF, CID -> name = readName(in, name);
        case RUNS, BITMAP -> taken = Fields.indexes(in, RUNS, taken);
        case TAKEN_REFUSED_RUNS, TAKEN_REFUSED_BITMAP ->
            refused = Fields.indexes(in, TAKEN_REFUSED_RUNS, refused);
        case TAKEN_REASON -> {
          int number = in.enumeration();
          reason = number < REFUSALS.length ? REFUSALS[number] : Refusal.OTHER;
        }
        case TAKEN_CREDIT -> creditTasks = Fields.number(in, 0L, Long.MAX_VALUE);
        case TAKEN_EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        default -> {}
      }
    }
    String problem = Taken.problemOf(taken, refused, reason);
    if (problem != null) {
      throw new WireException("Taken: " + problem);
    }
    return new Taken(requireName("Taken", name), taken, refused, reason, creditTasks, epoch);
  }

  private Results readResults(ProtobufReader in) throws WireException {
    List<ResultGroup> groups = new ArrayList<>(1);
    while (in.next()) {
      if (in.field() == RESULTS_GROUP) {
        Fields.requireRoom(in, groups, limits.partsMax());
        ProtobufReader group = in.message("Results, group", limits.workFrameBytesMax());
        groups.add(ResultGroup.read(limits, frame, group));
      }
    }
    if (groups.isEmpty()) {
      throw new WireException("Results: field 1, a group, is missing");
    }
    return new Results(frame, groups);
  }

  private List<Part> readParts(ProtobufReader in) throws WireException {
    List<Part> parts = new ArrayList<>(1);
    while (in.next()) {
      if (in.field() == PART) {
        Fields.requireRoom(in, parts, limits.partsMax());
        parts.add(readPart(in.message("Part", PART_BYTES_MAX)));
      }
    }
    if (parts.isEmpty()) {
      throw new WireException("Acked, CancelTasks or Parked: field 1, a part, is missing");
    }
    return parts;
  }

  private static Part readPart(ProtobufReader in) throws WireException {
    BatchName name = null;
    IndexSet indexes = IndexSet.EMPTY;
    int epoch = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, PART_EPOCH);
      switch (in.field()) {
        case REF, CID -> name = readName(in, name);
        case RUNS, BITMAP -> indexes = Fields.indexes(in, RUNS, indexes);
        case PART_EPOCH -> epoch = Fields.number(in, 1, ClaimDelta.EPOCH_MAX);
        default -> {}
      }
    }
    if (indexes.isEmpty()) {
      throw new WireException("Part: indexes in field 3 or 4 are missing");
    }
    return new Part(requireName("Part", name), indexes, epoch);
  }

  /** The batch's name in the current field; {@code before} is what the other field held. */
  static BatchName readName(ProtobufReader in, @Nullable BatchName before) throws WireException {
    if (before != null) {
      throw in.violation("a batch has its number or its CID, not both");
    }
    if (in.field() == REF) {
      return new BatchName.Ref(Fields.number(in, 1L, Long.MAX_VALUE));
    }
    Cid cid = Fields.cid(in, TaskCid.PROTOBUF);
    return new BatchName.ByCid(cid);
  }

  static BatchName requireName(String message, @Nullable BatchName name) throws WireException {
    if (name == null) {
      throw new WireException(message + ": a batch's number in field 1 or its CID in 2 is missing");
    }
    return name;
  }
}
