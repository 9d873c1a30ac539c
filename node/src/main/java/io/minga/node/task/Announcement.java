package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of a network hear of a batch, by gossip: enough to follow its claims and to know
 * whether it is theirs to run, without the batch itself.
 *
 * <p>Whoever has only the announcement has the announcer's word for it. {@link #check} holds it
 * against the batch once that is there; if the batch is inside, decoding has done so.
 *
 * @param batch the batch's identity
 * @param submitter the peer that may settle its tasks; it announces the batch, or its steward does
 * @param lineage as in the batch
 * @param sequence as in the batch
 * @param expiresAtMillis as in the batch
 * @param sizeBytes how long the batch is
 * @param indexes how many indexes there are to claim, 1 to 256
 * @param functions as in the batch, in its order
 * @param requires as in the batch's policy
 * @param costMillis how long the tasks are expected to run, all in all and one after the other on
 *     the submitter; 0 if it doesn't know
 * @param hints who is proposed to take which; an index has one proposed owner at most
 * @param block the batch itself, if it is short
 */
public record Announcement(
    Cid batch,
    PeerId submitter,
    long lineage,
    long sequence,
    long expiresAtMillis,
    int sizeBytes,
    int indexes,
    List<FunctionName> functions,
    Requirements requires,
    long costMillis,
    List<Hint> hints,
    @Nullable Batch block) {
  /**
   * A proposal that {@code owner} takes these.
   *
   * @param indexes at least one
   */
  public record Hint(PeerId owner, IndexSet indexes) {}

  /** Copies the lists and checks the hints. */
  public Announcement {
    TaskCid.require(batch, TaskCid.PROTOBUF);
    functions = List.copyOf(functions);
    hints = List.copyOf(hints);
    String problem = problemOf(hints, indexes);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  static @Nullable String problemOf(List<Hint> hints, int indexes) {
    IndexSet hinted = IndexSet.EMPTY;
    for (Hint hint : hints) {
      if (hint.indexes.isEmpty() || hint.indexes.last() >= indexes) {
        return "a hint has indexes from 0 to %d, not %s".formatted(indexes - 1, hint.indexes);
      }
      if (!hinted.and(hint.indexes).isEmpty()) {
        return "an index has one proposed owner, but some of %s have two".formatted(hint.indexes);
      }
      hinted = hinted.or(hint.indexes);
    }
    return null;
  }

  /**
   * The announcement of {@code batch}, which is inside if it is short enough.
   *
   * @throws IllegalArgumentException if there are more hints than allowed
   */
  public static Announcement of(TaskLimits limits, Batch batch, long costMillis, List<Hint> hints) {
    if (hints.size() > limits.hintsMax()) {
      throw new IllegalArgumentException(
          hints.size() + " hints are above the limit of " + limits.hintsMax());
    }
    if (costMillis < 0) {
      throw new IllegalArgumentException("a cost can't be negative: " + costMillis + " ms");
    }
    int sizeBytes = batch.bytes().length();
    return new Announcement(
        batch.cid(),
        batch.header().submitter(),
        batch.header().lineage(),
        batch.header().sequence(),
        batch.header().expiresAtMillis(),
        sizeBytes,
        batch.indexes(),
        batch.functions(),
        batch.header().policy().requires(),
        costMillis,
        hints,
        sizeBytes <= limits.inlineBlockBytesMax() ? batch : null);
  }

  /** The same without the batch itself, if that is inside. */
  public Announcement withoutBlock() {
    return new Announcement(
        batch,
        submitter,
        lineage,
        sequence,
        expiresAtMillis,
        sizeBytes,
        indexes,
        functions,
        requires,
        costMillis,
        hints,
        null);
  }

  /**
   * The announcement that {@code encoded} is, with the batch if that is inside.
   *
   * @param signer who signed it: the submitter, unless it names another
   * @throws WireException if it is malformed, above a limit, or says of the batch inside what that
   *     is not
   */
  public static Announcement decode(TaskLimits limits, Bytes encoded, PeerId signer)
      throws WireException {
    return AnnouncementCodec.decode(limits, encoded, signer);
  }

  /**
   * The bytes of the message.
   *
   * @param signer who will sign it; the submitter is named if it is another
   */
  public Bytes encode(PeerId signer) {
    return AnnouncementCodec.encode(this, signer);
  }

  /**
   * Checks that {@code signer} has the right to announce this.
   *
   * @param steward who looks after the batch in place of its submitter, if this peer knows of one
   * @throws WireException if it is neither
   */
  public void checkSigner(PeerId signer, @Nullable PeerId steward) throws WireException {
    if (!signer.equals(submitter) && !signer.equals(steward)) {
      throw new WireException(
          "Announcement of %s: signed by %s, where its submitter %s%s is right"
              .formatted(
                  batch, signer, submitter, steward == null ? "" : " or its steward " + steward));
    }
  }

  /**
   * Checks that what this says of {@code block} is true.
   *
   * @throws WireException if that is another batch, or not as announced
   */
  public void check(Batch block) throws WireException {
    requireSame("CID", block.cid(), batch);
    requireSame("submitter", block.header().submitter(), submitter);
    requireSame("lineage", block.header().lineage(), lineage);
    requireSame("sequence", block.header().sequence(), sequence);
    requireSame("end", block.header().expiresAtMillis(), expiresAtMillis);
    requireSame("size", block.bytes().length(), sizeBytes);
    requireSame("number of indexes", block.indexes(), indexes);
    requireSame("functions", block.functions(), functions);
    requireSame("requirements", block.header().policy().requires(), requires);
  }

  private void requireSame(String what, Object right, Object said) throws WireException {
    if (!right.equals(said)) {
      throw new WireException(
          "Announcement of %s: the batch's %s is not as announced".formatted(batch, what));
    }
  }
}
