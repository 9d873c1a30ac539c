package io.minga.node.task;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufWriter;

/**
 * What all tasks of a batch share.
 *
 * @param network the name that its peers share
 * @param submitter the peer that the tasks came in at, which alone may settle them
 * @param lineage names the submitter's journal; new with every new journal
 * @param sequence the batch's number in that journal (≥ 0)
 * @param createdAtMillis Unix time
 * @param expiresAtMillis Unix time after which nobody knows the batch any more; later than created
 * @param policy how the tasks are to be run
 */
public record BatchHeader(
    String network,
    PeerId submitter,
    long lineage,
    long sequence,
    long createdAtMillis,
    long expiresAtMillis,
    Policy policy) {
  static final int NETWORK = 1;
  static final int SUBMITTER = 2;
  static final int LINEAGE = 3;
  static final int SEQUENCE = 4;
  static final int CREATED_AT = 5;
  static final int EXPIRES_AT = 6;
  static final int POLICY = 7;

  /** Checks what holds for every batch. */
  public BatchHeader {
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence is ≥ 0, not " + sequence);
    }
    if (createdAtMillis < 0 || expiresAtMillis <= createdAtMillis) {
      throw new IllegalArgumentException(
          "a batch expires after it was created, from 1970 on, not at %d after %d"
              .formatted(expiresAtMillis, createdAtMillis));
    }
  }

  void require(TaskLimits limits) {
    Fields.requireLabel("a network's name", network, limits);
    policy.require(limits);
    long lifetimeMillis = expiresAtMillis - createdAtMillis;
    if (lifetimeMillis > limits.batchLifetimeMax().toMillis()) {
      throw new IllegalArgumentException(
          "a batch that expires after %d ms is above the limit of %d ms"
              .formatted(lifetimeMillis, limits.batchLifetimeMax().toMillis()));
    }
  }

  /** The fields before the tasks. */
  Bytes encode() {
    ProtobufWriter out =
        new ProtobufWriter()
            .string(NETWORK, network)
            .bytes(SUBMITTER, submitter.multihash())
            .bytes(LINEAGE, Fields.fixed64(lineage))
            .uint64(SEQUENCE, sequence)
            .uint64(CREATED_AT, createdAtMillis)
            .uint64(EXPIRES_AT, expiresAtMillis);
    if (!policy.equals(Policy.DEFAULT)) {
      out.message(POLICY, policy.write());
    }
    return out.toBytes();
  }
}
