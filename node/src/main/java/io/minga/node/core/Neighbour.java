package io.minga.node.core;

import io.minga.crdt.sync.RangeSync;
import io.minga.node.core.CompareOptions.Allowance;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A neighbour whose claims are compared with this peer's: what goes on, and what it may do. */
final class Neighbour {
  /** The comparison that this peer has begun. */
  @Nullable Comparison mine;

  /** The one that the neighbour has begun. */
  @Nullable Comparison theirs;

  /** How many this peer has begun. */
  long number;

  boolean planned;

  /** When this peer begins the next, if that is planned. */
  long planNanos;

  /** When it does so once more since they were connected. */
  long againNanos;

  boolean again = true;

  /** How many comparisons in a row a limit has ended. */
  int cuts;

  boolean wasBegun;

  /** When the neighbour has begun one, if it has. */
  long begunNanos;

  /** Made when it is needed, which with most of a thousand neighbours it never is. */
  private @Nullable Allowances allowances;

  /** How much of what it may do, and is told. */
  static final class Allowances {
    final Allowance begins;
    final Allowance told;
    final Allowance heard;
    final Allowance proofs;

    private Allowances(CompareOptions options, long nowNanos) {
      begins = new Allowance(options.begins(), nowNanos);
      told = new Allowance(options.told(), nowNanos);
      heard = new Allowance(options.heard(), nowNanos);
      proofs = new Allowance(options.proofs(), nowNanos);
    }
  }

  /** One comparison. */
  static final class Comparison {
    final long number;
    final boolean mine;
    final RangeSync sync;

    /** What was shown to the neighbour in the course of it. */
    final Set<Hearsay.Signed> told = new LinkedHashSet<>();

    /** Whether the neighbour wasn't told all that it should be. */
    boolean cut;

    Comparison(long number, boolean mine, RangeSync sync) {
      this.number = number;
      this.mine = mine;
      this.sync = sync;
    }
  }

  /** What it may: all of it, as long as none was used. */
  Allowances may(CompareOptions options, long nowNanos) {
    if (allowances == null) {
      allowances = new Allowances(options, nowNanos);
    }
    return allowances;
  }
}
