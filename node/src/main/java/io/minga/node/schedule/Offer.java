package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import java.util.List;

/**
 * Tasks that this peer would give to another, and holds back until the answer.
 *
 * @param exchange names the offer in its answer
 * @param lots what is offered, at least one
 * @param meanNanos the expected run time of one of them here
 */
public record Offer(long exchange, PeerId to, List<Queued> lots, long meanNanos) {
  /** Copies the lots. */
  public Offer {
    lots = List.copyOf(lots);
  }

  /** How many tasks are offered. */
  public int tasks() {
    int tasks = 0;
    for (Queued lot : lots) {
      tasks += lot.indexes().size();
    }
    return tasks;
  }

  /** The expected run time here of all of them, one after the other. */
  public long workNanos() {
    return tasks() * meanNanos;
  }
}
