package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.crdt.wire.WireReader;
import io.minga.crdt.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What one peer says of its claims at one moment, of any number of batches: what is gossiped.
 *
 * @param deltas at least one, all of one claimant, of a batch each
 */
public record ClaimMessage(List<ClaimDelta> deltas) {
  /** The longest encoding, in bytes. */
  public static final int BYTES_MAX = 64 * 1024;

  /** The most deltas of one message. */
  public static final int DELTAS_MAX = 1024;

  private static final int DELTA_FIELD = 1;

  /** Of a delta in a message: its tag and its length. */
  private static final int FRAMING_BYTES = 4;

  /** Checks that there is one, and that all are of one peer. */
  public ClaimMessage {
    deltas = List.copyOf(deltas);
    if (deltas.isEmpty() || deltas.size() > DELTAS_MAX) {
      throw new IllegalArgumentException(
          "a message has 1 to %d deltas, not %d".formatted(DELTAS_MAX, deltas.size()));
    }
    Id claimant = deltas.get(0).claimant();
    for (ClaimDelta delta : deltas) {
      if (!delta.claimant().equals(claimant)) {
        throw new IllegalArgumentException("a message is of one peer, which signs it");
      }
    }
  }

  /** Who says all that. */
  public Id claimant() {
    return deltas.get(0).claimant();
  }

  /** As few messages as say all this in order, none too long. */
  public static List<ClaimMessage> of(List<ClaimDelta> deltas) {
    List<ClaimMessage> messages = new ArrayList<>(1);
    List<ClaimDelta> some = new ArrayList<>();
    int size = 0;
    for (ClaimDelta delta : deltas) {
      int more = FRAMING_BYTES + delta.write().size();
      if (size + more > BYTES_MAX || some.size() == DELTAS_MAX) {
        messages.add(new ClaimMessage(some));
        some.clear();
        size = 0;
      }
      some.add(delta);
      size += more;
    }
    if (!some.isEmpty()) {
      messages.add(new ClaimMessage(some));
    }
    return messages;
  }

  /** The bytes of the message; the claimant is not in them, as the message's author is known. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    for (ClaimDelta delta : deltas) {
      out.message(DELTA_FIELD, delta.write());
    }
    return out.toByteArray();
  }

  /** What {@code claimant}, the author of the message, says in it. */
  public static ClaimMessage decode(Id claimant, byte[] message) throws MalformedException {
    if (message.length > BYTES_MAX) {
      throw new MalformedException(
          "ClaimMessage of " + message.length + " B is above " + BYTES_MAX + " B");
    }
    WireReader in = WireReader.of("ClaimMessage", message);
    List<ClaimDelta> deltas = new ArrayList<>();
    while (in.hasBytes(DELTA_FIELD)) {
      if (deltas.size() == DELTAS_MAX) {
        throw in.at(DELTA_FIELD, "there are more than " + DELTAS_MAX + " deltas");
      }
      WireReader nested = in.message(DELTA_FIELD, "ClaimDelta", ClaimDelta.BYTES_MAX);
      deltas.add(ClaimDelta.read(claimant, nested));
    }
    if (deltas.isEmpty()) {
      throw in.at(DELTA_FIELD, "a delta is missing");
    }
    in.end();
    return new ClaimMessage(deltas);
  }
}
