package io.minga.crdt.claims;

import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.crdt.wire.Sha256;
import io.minga.crdt.wire.WireReader;
import io.minga.crdt.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a set knows of one batch's claims. Equal registers give equal bytes.
 *
 * <p>It says what others have said, so it is worth no more than the peer that hands it over: it is
 * for a journal of one's own, and for showing that two sets agree. What goes to other peers are
 * deltas with the proof of their claimants.
 *
 * @param deltas one a claimant, claimants ascending, each index in one delta only
 */
public record BatchClaims(Id batch, List<ClaimDelta> deltas) {
  /** The longest encoding, in bytes: 256 claimants of one task each. */
  public static final int BYTES_MAX = 32 * 1024;

  private static final int BATCH_FIELD = 1;
  private static final int CLAIMANT_FIELD = 2;
  private static final int CLAIMANT_ID_FIELD = 1;
  private static final int CLAIMANT_ENTRY_FIELD = 2;

  /** Checks the form. */
  public BatchClaims {
    deltas = List.copyOf(deltas);
    String problem = problemOf(batch, deltas);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  private static @Nullable String problemOf(Id batch, List<ClaimDelta> deltas) {
    IndexSet seen = IndexSet.EMPTY;
    Id before = null;
    for (ClaimDelta delta : deltas) {
      if (!delta.batch().equals(batch)) {
        return "all deltas are of the batch";
      }
      if (before != null && before.compareTo(delta.claimant()) >= 0) {
        return "claimants ascend, none twice";
      }
      IndexSet indexes = delta.indexes();
      if (seen.intersects(indexes)) {
        return "an index has one claimant only";
      }
      before = delta.claimant();
      seen = seen.or(indexes);
    }
    return null;
  }

  /** The bytes of the message. */
  public byte[] encode() {
    WireWriter out = new WireWriter().id(BATCH_FIELD, batch);
    for (ClaimDelta delta : deltas) {
      WireWriter nested = new WireWriter().id(CLAIMANT_ID_FIELD, delta.claimant());
      delta.encodeEntries(nested, CLAIMANT_ENTRY_FIELD);
      out.message(CLAIMANT_FIELD, nested);
    }
    return out.toByteArray();
  }

  /** A digest of the bytes. */
  Digest digest() {
    return new Sha256().add(encode()).digest();
  }

  /** What a message says. */
  public static BatchClaims decode(byte[] message) throws MalformedException {
    if (message.length > BYTES_MAX) {
      throw new MalformedException(
          "BatchClaims of " + message.length + " B is above " + BYTES_MAX + " B");
    }
    WireReader in = WireReader.of("BatchClaims", message);
    Id batch = in.id(BATCH_FIELD);
    List<ClaimDelta> deltas = new ArrayList<>();
    while (in.hasBytes(CLAIMANT_FIELD)) {
      if (deltas.size() == IndexSet.CAPACITY) {
        throw in.at(CLAIMANT_FIELD, "there are more than 256 claimants");
      }
      WireReader nested = in.message(CLAIMANT_FIELD, "BatchClaims claimant", ClaimDelta.BYTES_MAX);
      Id claimant = nested.id(CLAIMANT_ID_FIELD);
      deltas.add(
          new ClaimDelta(batch, claimant, ClaimDelta.decodeEntries(nested, CLAIMANT_ENTRY_FIELD)));
    }
    in.end();
    String problem = problemOf(batch, deltas);
    if (problem != null) {
      throw in.at(CLAIMANT_FIELD, problem);
    }
    return new BatchClaims(batch, deltas);
  }
}
