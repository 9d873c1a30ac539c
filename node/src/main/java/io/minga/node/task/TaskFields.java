package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the fields of one encoded task lie in the message that holds it. Used again for the next
 * one, so that a batch is checked without an object for each of its tasks.
 */
final class TaskFields {
  static final int FUNCTION = 1;
  static final int INPUT = 2;
  static final int INPUT_CID = 3;
  static final int INPUT_SIZE = 4;
  static final int SALT = 5;
  static final int PARENT = 6;
  static final int PARENT_BATCH = 1;
  static final int PARENT_INDEX = 2;

  private static final int PARENT_BYTES_MAX = 64;
  private static final int DELIMITED = 2;
  private static final int VARINT = 0;

  private final Bytes source;
  private int functionFrom;
  private int functionLength;
  private int inputFrom;
  private int inputLength;
  private int cidFrom;
  private long contentBytes;
  private long salt;
  private long seen;
  private int parents;

  TaskFields(Bytes source) {
    this.source = source;
  }

  /** Finds and checks the fields of the task that {@code in}, a reader of the source, is at. */
  TaskFields find(ProtobufReader in, TaskLimits limits) throws WireException {
    seen = 0;
    parents = 0;
    inputFrom = 0;
    inputLength = 0;
    while (in.next()) {
      if (in.field() != PARENT) {
        seen = Fields.once(in, seen, PARENT);
      }
      switch (in.field()) {
        case FUNCTION -> findFunction(in);
        case INPUT -> {
          inputLength = in.skipBytes(limits.inputBytesMax());
          inputFrom = in.position() - inputLength;
        }
        case INPUT_CID -> cidFrom = findCid(in, Cid.RAW);
        case INPUT_SIZE -> contentBytes = Fields.number(in, 0, limits.contentBytesMax());
        case SALT -> findSalt(in);
        case PARENT -> findParent(in, limits);
        default -> {}
      }
    }
    Fields.require("Task", seen, FUNCTION);
    boolean byCid = Fields.has(seen, INPUT_CID);
    if (byCid != Fields.has(seen, INPUT_SIZE) || (byCid && Fields.has(seen, INPUT))) {
      throw new WireException("Task: the input is in field 2, or its CID in 3 and its size in 4");
    }
    return this;
  }

  private void findFunction(ProtobufReader in) throws WireException {
    functionLength = in.skipBytes(FunctionName.LENGTH_MAX);
    functionFrom = in.position() - functionLength;
    if (functionLength == 0) {
      throw in.violation("a function's name has 1 to " + FunctionName.LENGTH_MAX + " characters");
    }
    for (int i = functionFrom; i < functionFrom + functionLength; i++) {
      if (!FunctionName.isAllowed((char) source.at(i))) {
        throw in.violation(
            "a function's name has a-z, 0-9, '.', '_', '/' and '-', not byte 0x%02x"
                .formatted(source.at(i)));
      }
    }
  }

  private int findCid(ProtobufReader in, long codec) throws WireException {
    int length = in.skipBytes(TaskCid.BYTES);
    int from = in.position() - length;
    if (!TaskCid.isOne(source, from, length, codec)) {
      throw in.violation("a CID of 36 bytes begins with 01%02x1220 here".formatted(codec));
    }
    return from;
  }

  private void findSalt(ProtobufReader in) throws WireException {
    int length = in.skipBytes(Long.BYTES);
    if (length != Long.BYTES) {
      throw in.violation(length + " B where 8 are right");
    }
    salt = 0;
    for (int i = in.position() - length; i < in.position(); i++) {
      salt = (salt << Byte.SIZE) | source.at(i);
    }
  }

  private void findParent(ProtobufReader in, TaskLimits limits) throws WireException {
    if (++parents > limits.parentsMax()) {
      throw in.violation("comes more than " + limits.parentsMax() + " times");
    }
    ProtobufReader parent = in.message("Task parent", PARENT_BYTES_MAX);
    long found = 0;
    while (parent.next()) {
      found = Fields.once(parent, found, PARENT_INDEX);
      switch (parent.field()) {
        case PARENT_BATCH -> findCid(parent, TaskCid.PROTOBUF);
        case PARENT_INDEX -> Fields.number(parent, 0, TaskRef.BATCH_TASKS_MAX - 1);
        default -> {}
      }
    }
    Fields.require("Task parent", found, PARENT_BATCH, PARENT_INDEX);
  }

  /** Where the input's length stands, which is before the input; 0 if it is empty, -1 if by CID. */
  int inputAt() {
    if (Fields.has(seen, INPUT_CID)) {
      return Batch.BY_CID;
    }
    return inputLength == 0 ? 0 : inputFrom - Uvarint.length(inputLength);
  }

  boolean salted() {
    return Fields.has(seen, SALT);
  }

  long salt() {
    return salt;
  }

  int parents() {
    return parents;
  }

  /** Whether the function is that of these bytes. */
  boolean isFunction(FunctionName function) {
    String name = function.name();
    if (name.length() != functionLength) {
      return false;
    }
    for (int i = 0; i < functionLength; i++) {
      if (source.at(functionFrom + i) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  FunctionName function() {
    Bytes name = source.slice(functionFrom, functionFrom + functionLength);
    return new FunctionName(new String(name.toByteArray(), StandardCharsets.US_ASCII));
  }

  Payload input() throws WireException {
    if (!Fields.has(seen, INPUT_CID)) {
      return new Payload.Inline(source, inputFrom, inputLength);
    }
    Bytes cid = source.slice(cidFrom, cidFrom + TaskCid.BYTES);
    return new Payload.Content(TaskCid.decode(cid, Cid.RAW), contentBytes);
  }

  /** The parents of a task that was found right. */
  static List<TaskRef> parents(ProtobufReader in) throws WireException {
    List<TaskRef> parents = new ArrayList<>();
    while (in.next()) {
      if (in.field() == PARENT) {
        parents.add(parent(in.message("Task parent", PARENT_BYTES_MAX)));
      }
    }
    return parents;
  }

  private static TaskRef parent(ProtobufReader in) throws WireException {
    Bytes batch = Bytes.EMPTY;
    int index = 0;
    while (in.next()) {
      switch (in.field()) {
        case PARENT_BATCH -> batch = in.bytes(TaskCid.BYTES);
        case PARENT_INDEX -> index = (int) in.uint64();
        default -> {}
      }
    }
    return new TaskRef(TaskCid.decode(batch, TaskCid.PROTOBUF), index);
  }

  /** How long a task is that {@link #write} writes. */
  static int length(FunctionName function, Payload input, boolean salted, List<TaskRef> parents) {
    int length = delimitedLength(function.name().length());
    if (input instanceof Payload.Content content) {
      length += delimitedLength(TaskCid.BYTES) + 1 + Uvarint.length(content.sizeBytes());
    } else if (input.sizeBytes() > 0) {
      length += delimitedLength((int) input.sizeBytes());
    }
    if (salted) {
      length += delimitedLength(Long.BYTES);
    }
    for (TaskRef parent : parents) {
      length += delimitedLength(parentLength(parent));
    }
    return length;
  }

  private static int delimitedLength(int length) {
    return 1 + Uvarint.length(length) + length;
  }

  private static int parentLength(TaskRef parent) {
    return delimitedLength(TaskCid.BYTES) + 1 + Uvarint.length(parent.index());
  }

  /**
   * Where {@link #write} at {@code from} puts the input's length; 0 if it is empty, -1 if by CID.
   */
  static int inputAt(int from, FunctionName function, Payload input) {
    if (input instanceof Payload.Content) {
      return Batch.BY_CID;
    }
    return input instanceof Payload.Inline && input.sizeBytes() > 0
        ? from + delimitedLength(function.name().length()) + 1
        : 0;
  }

  /** Writes a task in its one form: fields ascending, an empty input left out. */
  static void write(
      ByteBuffer out,
      FunctionName function,
      Payload input,
      boolean salted,
      long salt,
      List<TaskRef> parents) {
    String name = function.name();
    tag(out, FUNCTION, DELIMITED, name.length());
    for (int i = 0; i < name.length(); i++) {
      out.put((byte) name.charAt(i));
    }
    if (input instanceof Payload.Content content) {
      tag(out, INPUT_CID, DELIMITED, TaskCid.BYTES);
      content.cid().toBytes().writeTo(out);
      tag(out, INPUT_SIZE, VARINT, content.sizeBytes());
    } else if (input instanceof Payload.Inline inline && inline.sizeBytes() > 0) {
      tag(out, INPUT, DELIMITED, inline.sizeBytes());
      inline.writeTo(out);
    }
    if (salted) {
      tag(out, SALT, DELIMITED, Long.BYTES);
      out.putLong(salt);
    }
    for (TaskRef parent : parents) {
      tag(out, PARENT, DELIMITED, parentLength(parent));
      tag(out, PARENT_BATCH, DELIMITED, TaskCid.BYTES);
      parent.batch().toBytes().writeTo(out);
      tag(out, PARENT_INDEX, VARINT, parent.index());
    }
  }

  /** A tag, and what every value begins with: its length, or itself. */
  static void tag(ByteBuffer out, int field, int wireType, long value) {
    out.put((byte) ((field << 3) | wireType));
    Uvarint.encode(value, out);
  }

  /** Checks a caller's wish; the sentence is for the one who called the function. */
  static void require(
      TaskLimits limits, FunctionName function, Payload input, List<TaskRef> parents) {
    boolean inline = input instanceof Payload.Inline;
    long max = inline ? limits.inputBytesMax() : limits.contentBytesMax();
    if (input.sizeBytes() > max) {
      throw new IllegalArgumentException(
          "the input of %s has %d B, above the limit of %d B%s"
              .formatted(
                  function,
                  input.sizeBytes(),
                  max,
                  inline ? " inside a batch; a larger one goes by CID" : ""));
    }
    if (parents.size() > limits.parentsMax()) {
      throw new IllegalArgumentException(
          "a task of %s takes the results of %d others, above the limit of %d"
              .formatted(function, parents.size(), limits.parentsMax()));
    }
    for (TaskRef parent : parents) {
      TaskCid.require(parent.batch(), TaskCid.PROTOBUF);
    }
  }
}
