package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the messages of this package have in common: fields that come once, and their values. */
final class Fields {
  /** The largest epoch of a claim. */
  static final int EPOCH_MAX = Integer.MAX_VALUE;

  private Fields() {}

  /** Refuses a message that is too long before anything of it is read. */
  static ProtobufReader read(String message, Bytes bytes, int max) throws WireException {
    if (bytes.length() > max) {
      throw new WireException(message + " of " + bytes.length() + " B is above " + max + " B");
    }
    return ProtobufReader.of(message, bytes);
  }

  /**
   * Notes the current field in {@code seen}, and refuses it if it was there before.
   *
   * @param last the last field that this version knows (≤ 63); what comes after is for later ones
   */
  static long once(ProtobufReader in, long seen, int last) throws WireException {
    if (in.field() > last) {
      return seen;
    }
    long bit = 1L << in.field();
    if ((seen & bit) != 0) {
      throw in.violation("comes twice");
    }
    return seen | bit;
  }

  static boolean has(long seen, int field) {
    return (seen & (1L << field)) != 0;
  }

  static void require(String message, long seen, int... fields) throws WireException {
    for (int field : fields) {
      if (!has(seen, field)) {
        throw new WireException(message + ": field " + field + " is missing");
      }
    }
  }

  /** The current field's number, from {@code min} to {@code max}. */
  static long number(ProtobufReader in, long min, long max) throws WireException {
    long value = in.uint64();
    if (value < min || value > max) {
      throw in.violation(
          Long.toUnsignedString(value) + " where " + min + " to " + max + " is right");
    }
    return value;
  }

  static int number(ProtobufReader in, int min, int max) throws WireException {
    return (int) number(in, (long) min, (long) max);
  }

  /** The current field's eight bytes, big-endian. */
  static long fixed64(ProtobufReader in) throws WireException {
    Bytes bytes = in.bytes(Long.BYTES);
    if (bytes.length() != Long.BYTES) {
      throw in.violation(bytes.length() + " B where 8 are right");
    }
    return bytes.asReadOnlyBuffer().getLong();
  }

  static Bytes fixed64(long value) {
    return Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
  }

  static PeerId peerId(ProtobufReader in) throws WireException {
    try {
      return PeerId.decode(in.bytes(PeerId.BYTES_MAX));
    } catch (WireException wrong) {
      throw in.violation(wrong.getMessage());
    }
  }

  /** A CID as {@link TaskCid} has it, with this codec. */
  static Cid cid(ProtobufReader in, long codec) throws WireException {
    try {
      return TaskCid.decode(in.bytes(TaskCid.BYTES), codec);
    } catch (WireException wrong) {
      throw in.violation(wrong.getMessage());
    }
  }

  static FunctionName function(ProtobufReader in) throws WireException {
    try {
      return new FunctionName(ascii(in.bytes(FunctionName.LENGTH_MAX)));
    } catch (IllegalArgumentException wrong) {
      throw in.violation(String.valueOf(wrong.getMessage()));
    }
  }

  static String label(ProtobufReader in, int max) throws WireException {
    String label = ascii(in.bytes(max));
    String problem = problemOf(label, max);
    if (problem != null) {
      throw in.violation("a label " + problem);
    }
    return label;
  }

  /** Checks what a user or a program calls {@code what}. */
  static void requireLabel(String what, String label, TaskLimits limits) {
    String problem = problemOf(label, limits.labelLengthMax());
    if (problem != null) {
      throw new IllegalArgumentException(what + " " + problem);
    }
  }

  private static @Nullable String problemOf(String label, int max) {
    if (label.isEmpty() || label.length() > max) {
      return "has 1 to " + max + " characters, not " + label.length();
    }
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (c <= ' ' || c > '~') {
        return "has visible ASCII characters, but number %d is U+%04X".formatted(i + 1, (int) c);
      }
    }
    return null;
  }

  /** Bytes above 127 become a character that no name may have. */
  private static String ascii(Bytes bytes) {
    return new String(bytes.toByteArray(), StandardCharsets.US_ASCII);
  }

  /** Writes indexes in their one form, the shorter of runs and bitmap; runs when equal. */
  static void writeIndexes(ProtobufWriter out, int runsField, int bitmapField, IndexSet indexes) {
    out.bytes(indexes.isShorterAsRuns() ? runsField : bitmapField, Bytes.copyOf(indexes.toBytes()));
  }

  /**
   * The current field's indexes, at least one.
   *
   * @param runsField the field that has runs; the current one has a bitmap if it is another
   * @param before what the other of the two fields held; only one of them comes
   */
  static IndexSet indexes(ProtobufReader in, int runsField, IndexSet before) throws WireException {
    byte[] bytes = in.bytes(IndexSet.BYTES_MAX).toByteArray();
    IndexSet indexes = IndexSet.decode(in.field() == runsField, bytes);
    if (indexes == null) {
      throw in.violation("indexes are not in their one form, the shorter of runs and bitmap");
    }
    if (!before.isEmpty()) {
      throw in.violation("indexes are either runs or a bitmap, not both");
    }
    return indexes;
  }

  /** Refuses a list that would grow above {@code max}. */
  static void requireRoom(ProtobufReader in, List<?> list, int max) throws WireException {
    if (list.size() >= max) {
      throw in.violation("comes more than " + max + " times");
    }
  }

  /** The number of a constant whose enumeration stands in the order of the wire. */
  @SuppressWarnings("EnumOrdinal")
  static int wireNumber(Enum<?> constant) {
    return constant.ordinal();
  }
}
