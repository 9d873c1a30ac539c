package io.minga.crdt.claims;

import io.minga.crdt.sync.DigestTree;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import org.jspecify.annotations.Nullable;

/** A batch that the set knows: its facts, its registers, and when it is over. */
final class Batch implements DigestTree.Entry, Comparable<Batch> {
  final BatchFacts facts;
  final Registers registers;

  /** When it is forgotten; it stands by this among the others, so it must not change in place. */
  final long endMillis;

  private @Nullable Digest digest;

  Batch(BatchFacts facts) {
    this(
        facts,
        new Registers(facts.batch(), facts.submitter(), facts.count()),
        facts.expiresAtMillis());
  }

  private Batch(BatchFacts facts, Registers registers, long endMillis) {
    this.facts = facts;
    this.registers = registers;
    this.endMillis = endMillis;
  }

  /** The same batch, over by {@code endMillis} at the latest. */
  Batch endingBy(long endMillis) {
    return new Batch(facts, registers, Math.min(this.endMillis, endMillis));
  }

  void changed() {
    digest = null;
  }

  BatchClaims claims() {
    return new BatchClaims(facts.batch(), registers.deltas());
  }

  @Override
  public Id id() {
    return facts.batch();
  }

  @Override
  public Digest digest() {
    Digest known = digest;
    if (known == null) {
      known = claims().digest();
      digest = known;
    }
    return known;
  }

  @Override
  public int compareTo(Batch other) {
    int byEnd = Long.compare(endMillis, other.endMillis);
    return byEnd != 0 ? byEnd : id().compareTo(other.id());
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }
}
