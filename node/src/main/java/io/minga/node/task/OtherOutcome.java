package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;

/**
 * An outcome that isn't a value inside the frame, where it lies in the frame. It is checked without
 * an object for it, since a frame may have thousands of a few bytes each.
 */
final class OtherOutcome {
  static final int FAILURE_KIND = 1;
  static final int FAILURE_TYPE = 2;
  static final int FAILURE_MESSAGE = 3;
  static final int FAILURE_STACK = 4;
  static final int CONTENT_CID = 5;
  static final int CONTENT_SIZE = 6;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private static final Outcome.Kind[] KINDS = Outcome.Kind.values();

  private final TaskLimits limits;
  private final Bytes source;
  private final int end;
  private int at;

  private OtherOutcome(TaskLimits limits, Bytes source, int from, int length) {
    this.limits = limits;
    this.source = source;
    this.at = from;
    this.end = from + length;
  }

  /** Checks one that {@code source} has there; what it finds right, {@link #read} can read. */
  static void check(TaskLimits limits, Bytes source, int from, int length) throws WireException {
    if (length == 2 && source.at(from) == FAILURE_KIND << 3 && source.at(from + 1) < 0x80) {
      return; // a failure of which there is nothing to say
    }
    new OtherOutcome(limits, source, from, length).check();
  }

  private void check() throws WireException {
    long seen = 0;
    while (at < end) {
      long tag = varint();
      long field = tag >>> 3;
      int wireType = (int) tag & 7;
      if (field < 1 || field > Integer.MAX_VALUE >> 2) {
        throw wrong("tag " + tag + " has no field number");
      }
      if (field > CONTENT_SIZE) {
        skip(wireType);
        continue;
      }
      if ((seen & 1L << field) != 0) {
        throw wrong("field " + field + " comes twice");
      }
      seen |= 1L << field;
      checkField((int) field, wireType);
    }
    boolean failure = Fields.has(seen, FAILURE_KIND) && seen < (1L << CONTENT_CID);
    if (!failure && seen != ((1L << CONTENT_CID) | (1L << CONTENT_SIZE))) {
      throw wrong("a failure's kind in field 1 and its texts, or a CID in 5 and its size in 6");
    }
  }

  private void checkField(int field, int wireType) throws WireException {
    int right = field == FAILURE_KIND || field == CONTENT_SIZE ? VARINT : DELIMITED;
    if (wireType != right) {
      throw wrong("field %d has wire type %d, not %d".formatted(field, wireType, right));
    }
    switch (field) {
      case FAILURE_KIND -> requireMost(field, varint(), Integer.MAX_VALUE);
      case CONTENT_SIZE -> requireMost(field, varint(), limits.contentBytesMax());
      case CONTENT_CID -> {
        int length = length(field, TaskCid.BYTES);
        if (!TaskCid.isOne(source, at, length, Cid.RAW)) {
          throw wrong("field 5 is no CID of 36 bytes with codec raw");
        }
        at += length;
      }
      case FAILURE_STACK -> text(field, limits.failureStackBytesMax());
      default -> text(field, limits.failureTextBytesMax());
    }
  }

  private void text(int field, int max) throws WireException {
    int length = length(field, max);
    if (!Utf8.isText(source, at, length)) {
      throw wrong("field " + field + " is not valid UTF-8");
    }
    at += length;
  }

  private int length(int field, int max) throws WireException {
    long length = varint();
    requireMost(field, length, Math.min(max, end - at));
    return (int) length;
  }

  private void requireMost(int field, long value, long max) throws WireException {
    if (value > max) {
      throw wrong("field %d: %d, where at most %d is right".formatted(field, value, max));
    }
  }

  private void skip(int wireType) throws WireException {
    long length =
        switch (wireType) {
          case VARINT -> {
            varint();
            yield 0;
          }
          case DELIMITED -> varint();
          case FIXED_64 -> Long.BYTES;
          case FIXED_32 -> Integer.BYTES;
          default -> throw wrong("wire type " + wireType);
        };
    if (length > end - at) {
      throw wrong("it is cut short");
    }
    at += (int) length;
  }

  private long varint() throws WireException {
    long value = ResultGroup.varint(source, at, end);
    at += ResultGroup.length(value);
    return value;
  }

  private static WireException wrong(String what) {
    return new WireException("Outcome: " + what);
  }

  /** The outcome, made anew, of which the check found nothing wrong. */
  static Outcome read(Bytes source, int from, int length) {
    try {
      return read(ProtobufReader.of("Outcome", source, from, length));
    } catch (WireException impossible) { // it was checked, and the bytes don't change
      throw new IllegalStateException(impossible);
    }
  }

  private static Outcome read(ProtobufReader in) throws WireException {
    Outcome.Kind kind = Outcome.Kind.OTHER;
    String type = "";
    String message = "";
    String stack = "";
    Cid cid = null;
    long sizeBytes = 0;
    while (in.next()) {
      switch (in.field()) {
        case FAILURE_KIND -> {
          int number = in.enumeration();
          kind = number < KINDS.length ? KINDS[number] : Outcome.Kind.OTHER;
        }
        case FAILURE_TYPE -> type = in.string(Integer.MAX_VALUE);
        case FAILURE_MESSAGE -> message = in.string(Integer.MAX_VALUE);
        case FAILURE_STACK -> stack = in.string(Integer.MAX_VALUE);
        case CONTENT_CID -> cid = Fields.cid(in, Cid.RAW);
        case CONTENT_SIZE -> sizeBytes = in.uint64();
        default -> {}
      }
    }
    return cid == null
        ? new Outcome.Failure(kind, type, message, stack)
        : new Outcome.Value(new Payload.Content(cid, sizeBytes));
  }
}
