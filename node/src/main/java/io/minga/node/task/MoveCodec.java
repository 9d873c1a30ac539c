package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.MoveFrame.Accept;
import io.minga.node.task.MoveFrame.Decline;
import io.minga.node.task.MoveFrame.Lot;
import io.minga.node.task.MoveFrame.Offer;
import io.minga.node.task.MoveFrame.Part;
import io.minga.node.task.MoveFrame.Want;
import java.util.ArrayList;
import java.util.List;

/** The protobuf form of a {@link MoveFrame}: the exchange, and one of four messages. */
final class MoveCodec {
  private static final int EXCHANGE = 1;
  private static final int WANT = 2;
  private static final int OFFER = 3;
  private static final int ACCEPT = 4;
  private static final int DECLINE = 5;

  /** In a WANT its capacity, in a DECLINE what is free. */
  private static final int MICROS = 1;

  private static final int FUNCTION = 2;
  private static final int PART = 1;
  private static final int BATCH = 1;
  private static final int RUNS = 2;
  private static final int BITMAP = 3;
  private static final int SUBMITTER = 4;
  private static final int EPOCH = 5;
  private static final int WORK_MICROS = 6;
  private static final int ABOUT = 7;
  private static final int PART_BYTES_MAX = 160;
  private static final int CAPACITY = 128;

  private MoveCodec() {}

  static Bytes encode(MoveFrame frame) {
    FrameWriter out = new FrameWriter(CAPACITY);
    out.number(EXCHANGE, frame.exchange());
    if (frame instanceof Want want) {
      int begun = out.begin(WANT);
      out.number(MICROS, want.capacityMicros());
      want.functions().forEach(function -> out.text(FUNCTION, function.name()));
      out.end(begun);
    } else if (frame instanceof Offer offer) {
      int begun = out.begin(OFFER);
      offer.lots().forEach(lot -> writeLot(out, lot));
      out.end(begun);
    } else if (frame instanceof Accept accept) {
      int begun = out.begin(ACCEPT);
      accept.parts().forEach(part -> writePart(out, part));
      out.end(begun);
    } else if (frame instanceof Decline decline) {
      int begun = out.begin(DECLINE);
      out.number(MICROS, decline.freeMicros());
      out.end(begun);
    }
    return out.toBytes();
  }

  private static void writeLot(FrameWriter out, Lot lot) {
    int begun = out.begin(PART);
    out.bytes(BATCH, lot.batch().toBytes());
    out.indexes(RUNS, BITMAP, lot.indexes());
    out.bytes(SUBMITTER, lot.submitter().multihash());
    if (lot.epoch() > 1) {
      out.number(EPOCH, lot.epoch());
    }
    if (lot.workMicros() > 0) {
      out.number(WORK_MICROS, lot.workMicros());
    }
    Announcement about = lot.about();
    if (about != null) {
      out.bytes(ABOUT, about.encode(lot.submitter()));
    }
    out.end(begun);
  }

  private static void writePart(FrameWriter out, Part part) {
    int begun = out.begin(PART);
    out.bytes(BATCH, part.batch().toBytes());
    out.indexes(RUNS, BITMAP, part.indexes());
    out.end(begun);
  }

  static MoveFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    ProtobufReader in = Fields.read("Move", encoded, limits.moveFrameBytesMax());
    long exchange = 0;
    int kind = 0;
    long micros = 0;
    List<FunctionName> functions = new ArrayList<>();
    List<Lot> lots = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, DECLINE);
      switch (in.field()) {
        case EXCHANGE -> exchange = Fields.number(in, 0L, Long.MAX_VALUE);
        case WANT, OFFER, ACCEPT, DECLINE -> {
          if (kind != 0) {
            throw in.violation("one of fields 2 to 5 is right, field " + kind + " came before");
          }
          kind = in.field();
          ProtobufReader nested = in.message("Move, field " + kind, limits.moveFrameBytesMax());
          switch (kind) {
            case OFFER -> readLots(limits, nested, lots);
            case ACCEPT -> readParts(nested, parts, limits.partsMax());
            case WANT -> micros = readMicros(nested, functions, limits.loadFunctionsMax());
            default -> micros = readMicros(nested, functions, 0);
          }
        }
        default -> {}
      }
    }
    Fields.require("Move", seen, EXCHANGE);
    return switch (kind) {
      case WANT -> new Want(exchange, micros, functions);
      case OFFER -> new Offer(exchange, lots);
      case ACCEPT -> new Accept(exchange, parts);
      case DECLINE -> new Decline(exchange, micros);
      default -> throw new WireException("Move: none of fields 2 to 5 is there");
    };
  }

  private static long readMicros(ProtobufReader in, List<FunctionName> functions, int functionsMax)
      throws WireException {
    long micros = 0;
    long seen = 0;
    while (in.next()) {
      if (in.field() == FUNCTION) {
        Fields.requireRoom(in, functions, functionsMax);
        functions.add(Fields.function(in));
        continue;
      }
      seen = Fields.once(in, seen, FUNCTION);
      if (in.field() == MICROS) {
        micros = Fields.number(in, 0L, Long.MAX_VALUE);
      }
    }
    return micros;
  }

  private static void readLots(TaskLimits limits, ProtobufReader in, List<Lot> lots)
      throws WireException {
    while (in.next()) {
      if (in.field() == PART) {
        Fields.requireRoom(in, lots, limits.partsMax());
        lots.add(readLot(limits, in.message("Lot", limits.moveFrameBytesMax())));
      }
    }
    if (lots.isEmpty()) {
      throw new WireException("Offer: field 1, a lot, is missing");
    }
    if (overlap(lots)) {
      throw new WireException("Offer: a task is in one lot, but some are in two");
    }
  }

  /** Whether a task is in two of these. */
  static boolean overlap(List<Lot> lots) {
    for (int i = 1; i < lots.size(); i++) {
      Lot lot = lots.get(i);
      for (Lot other : lots.subList(0, i)) {
        if (other.batch().equals(lot.batch()) && !other.indexes().and(lot.indexes()).isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  private static void readParts(ProtobufReader in, List<Part> parts, int max) throws WireException {
    while (in.next()) {
      if (in.field() == PART) {
        Fields.requireRoom(in, parts, max);
        parts.add(readPart(in.message("Part", PART_BYTES_MAX)));
      }
    }
    if (parts.isEmpty()) {
      throw new WireException("Accept: field 1, a part, is missing");
    }
  }

  private static Part readPart(ProtobufReader in) throws WireException {
    Cid batch = null;
    IndexSet indexes = IndexSet.EMPTY;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, BITMAP);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case RUNS, BITMAP -> indexes = Fields.indexes(in, RUNS, indexes);
        default -> {}
      }
    }
    if (batch == null || indexes.isEmpty()) {
      throw new WireException("Part: a batch in field 1 and indexes in 2 or 3 are right");
    }
    return new Part(batch, indexes);
  }

  private static Lot readLot(TaskLimits limits, ProtobufReader in) throws WireException {
    Cid batch = null;
    IndexSet indexes = IndexSet.EMPTY;
    PeerId submitter = null;
    int epoch = 1;
    long workMicros = 0;
    Bytes about = Bytes.EMPTY;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, ABOUT);
      switch (in.field()) {
        case BATCH -> batch = Fields.cid(in, TaskCid.PROTOBUF);
        case RUNS, BITMAP -> indexes = Fields.indexes(in, RUNS, indexes);
        case SUBMITTER -> submitter = Fields.peerId(in);
        case EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        case WORK_MICROS -> workMicros = Fields.number(in, 0L, Long.MAX_VALUE);
        case ABOUT -> about = in.bytes(limits.moveFrameBytesMax());
        default -> {}
      }
    }
    if (batch == null || submitter == null || indexes.isEmpty()) {
      throw new WireException(
          "Lot: a batch in field 1, indexes in 2 or 3 and a submitter in 4 are right");
    }
    if (!Fields.has(seen, ABOUT)) {
      return new Lot(batch, submitter, epoch, indexes, workMicros);
    }
    Announcement said = Announcement.decode(limits, about, submitter);
    if (!Lot.isOf(said, batch, submitter, indexes)) {
      throw new WireException("Lot: what field 7 says is not of its batch, submitter and indexes");
    }
    return new Lot(batch, submitter, epoch, indexes, workMicros, said);
  }
}
