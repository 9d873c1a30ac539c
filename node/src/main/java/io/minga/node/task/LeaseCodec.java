package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.WorkFrame.Lease;
import io.minga.node.task.WorkFrame.Renew;
import io.minga.node.task.WorkFrame.Tokens;
import java.util.ArrayList;
import java.util.List;

/** The protobuf forms of {@link Renew} and {@link Lease}: a number, tokens, and a time. */
final class LeaseCodec {
  private static final int NUMBER = 1;
  private static final int TOKENS = 2;
  private static final int MILLIS = 3;
  private static final int TOKENS_EPOCH = 5;
  private static final int TOKENS_LEASED = 6;
  private static final int TOKENS_BYTES_MAX = 128;

  private LeaseCodec() {}

  static void write(FrameWriter out, Renew renew) {
    out.number(NUMBER, renew.number());
    write(out, renew.tokens());
  }

  static void write(FrameWriter out, Lease lease) {
    out.number(NUMBER, lease.number());
    write(out, lease.tokens());
    out.number(MILLIS, lease.millis());
  }

  private static void write(FrameWriter out, List<Tokens> all) {
    for (Tokens tokens : all) {
      int begun = out.begin(TOKENS);
      WorkCodec.writeName(out, tokens.batch());
      out.indexes(WorkCodec.RUNS, WorkCodec.BITMAP, tokens.indexes());
      out.number(TOKENS_EPOCH, tokens.epoch());
      if (tokens.leased()) {
        out.number(TOKENS_LEASED, 1);
      }
      out.end(begun);
    }
  }

  static Renew readRenew(ProtobufReader in, TaskLimits limits) throws WireException {
    Read read = read("Renew", in, limits);
    if (read.tokens.isEmpty()) {
      throw new WireException("Renew: field 2, tokens, is missing");
    }
    return new Renew(read.number, read.tokens);
  }

  static Lease readLease(ProtobufReader in, TaskLimits limits) throws WireException {
    Read read = read("Lease", in, limits);
    if (read.millis == 0) {
      throw new WireException("Lease: field 3 is missing");
    }
    return new Lease(read.number, read.millis, read.tokens);
  }

  private record Read(long number, long millis, List<Tokens> tokens) {}

  private static Read read(String message, ProtobufReader in, TaskLimits limits)
      throws WireException {
    long number = 0;
    long millis = 0;
    List<Tokens> tokens = new ArrayList<>(1);
    long seen = 0;
    while (in.next()) {
      if (in.field() == TOKENS) {
        Fields.requireRoom(in, tokens, limits.partsMax());
        tokens.add(readTokens(in.message("Tokens", TOKENS_BYTES_MAX)));
        continue;
      }
      seen = Fields.once(in, seen, MILLIS);
      switch (in.field()) {
        case NUMBER -> number = Fields.number(in, 1L, Long.MAX_VALUE);
        case MILLIS -> millis = Fields.number(in, 1L, Lease.MILLIS_MAX);
        default -> {}
      }
    }
    Fields.require(message, seen, NUMBER);
    return new Read(number, millis, tokens);
  }

  private static Tokens readTokens(ProtobufReader in) throws WireException {
    BatchName name = null;
    IndexSet indexes = IndexSet.EMPTY;
    int epoch = 0;
    boolean leased = false;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, TOKENS_LEASED);
      switch (in.field()) {
        case WorkCodec.REF, WorkCodec.CID -> name = WorkCodec.readName(in, name);
        case WorkCodec.RUNS, WorkCodec.BITMAP ->
            indexes = Fields.indexes(in, WorkCodec.RUNS, indexes);
        case TOKENS_EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        case TOKENS_LEASED -> leased = in.bool();
        default -> {}
      }
    }
    if (epoch == 0 || indexes.isEmpty()) {
      throw new WireException("Tokens: indexes in field 3 or 4 and an epoch in 5 are right");
    }
    return new Tokens(WorkCodec.requireName("Tokens", name), epoch, leased, indexes);
  }
}
