package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Up to 256 tasks of one submitter, announced and stored as one. Immutable.
 *
 * <p>A batch is its bytes and where each task lies in them: decoding checks every task and makes
 * none, {@link #task} makes one when it is asked for. Its identity is the CID of the bytes as
 * received; nobody encodes a batch anew.
 */
public final class Batch {
  /** How many numbers there are of each task's place. */
  static final int PLACES = 3;

  /** In place of where an input's length stands: it is not here, but goes by its CID. */
  static final int BY_CID = -1;

  private final TaskLimits limits;
  private final Bytes bytes;
  private final BatchHeader header;
  private final List<FunctionName> functions;

  /** Of each task: where it begins, how long it is, and where its input's length stands. */
  private final int[] places;

  /** Of each task: its place in {@link #functions}. */
  private final byte[] functionOf;

  private final boolean memoizable;

  /** Made when somebody asks: whoever calls the batch by a number needs no hash of it. */
  private @Nullable Cid cid;

  Batch(
      TaskLimits limits,
      Bytes bytes,
      BatchHeader header,
      List<FunctionName> functions,
      int[] places,
      byte[] functionOf,
      boolean memoizable) {
    this.limits = limits;
    this.bytes = bytes;
    this.header = header;
    this.functions = functions;
    this.places = places;
    this.functionOf = functionOf;
    this.memoizable = memoizable;
  }

  /**
   * The batch that is encoded so. Its bytes are kept.
   *
   * @throws WireException if anything of it, each task included, is malformed or above a limit
   */
  public static Batch decode(TaskLimits limits, Bytes encoded) throws WireException {
    return new BatchDecoder(limits, encoded).decode();
  }

  /** What all tasks share. */
  public BatchHeader header() {
    return header;
  }

  /** The encoding, as received. */
  public Bytes bytes() {
    return bytes;
  }

  /** The identity, hashed at the first call. Two threads that are first get equal ones. */
  public Cid cid() {
    Cid known = cid;
    if (known == null) {
      known = TaskCid.ofMessage(bytes);
      cid = known;
    }
    return known;
  }

  /** How many tasks there are, 1 to 256. */
  public int size() {
    return functionOf.length;
  }

  /**
   * How many indexes there are to claim, at most 256: with r replicas, task i is run under the
   * indexes i, i + n, … of n tasks, each by another peer.
   */
  public int indexes() {
    return size() * header.policy().replicas();
  }

  /** The different functions, in the order in which they first come. */
  public List<FunctionName> functions() {
    return functions;
  }

  /** The function of a task. */
  public FunctionName function(int index) {
    return functions.get(functionOf[index] & 0xff);
  }

  /** Whether there are tasks whose results may be remembered; for most batches there are none. */
  public boolean hasMemoizable() {
    return memoizable;
  }

  /** A task, made from its bytes at every call. */
  public Task task(int index) {
    Objects.checkIndex(index, size());
    int at = PLACES * index;
    try {
      return Task.decode(limits, bytes, places[at], places[at + 1], function(index));
    } catch (WireException impossible) { // it was checked, and the bytes don't change
      throw new IllegalStateException(impossible);
    }
  }

  /** The bytes of a task's encoding; whoever wants to know what it costs to hold it asks this. */
  public int taskBytes(int index) {
    Objects.checkIndex(index, size());
    return places[PLACES * index + 1];
  }

  /** The input of a task, of which nothing else is decoded. */
  public Payload input(int index) {
    Objects.checkIndex(index, size());
    int at = places[PLACES * index + 2];
    if (at <= 0) {
      return task(index).input(); // it is empty, or a CID
    }
    int length = 0;
    for (int shift = 0; ; shift += 7, at++) {
      int next = bytes.at(at);
      length |= (next & 0x7f) << shift;
      if (next < 0x80) {
        return new Payload.Inline(bytes, at + 1, length);
      }
    }
  }

  /** The tasks whose inputs go by their CIDs. */
  public IndexSet inputsByCid() {
    BitSet found = null;
    for (int index = 0; index < size(); index++) {
      if (places[PLACES * index + 2] == BY_CID) {
        found = found == null ? new BitSet(size()) : found;
        found.set(index);
      }
    }
    return found == null ? IndexSet.EMPTY : IndexSet.of(found.stream().toArray());
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Batch that && bytes.equals(that.bytes));
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return "%s, %d of %s".formatted(cid(), size(), functions);
  }
}
