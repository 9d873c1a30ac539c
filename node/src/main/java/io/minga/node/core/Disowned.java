package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Batches of which their submitters know nothing, though they are heard: they have lost their
 * journals. Who is asked to keep such a batch by another than its submitter asks that first.
 */
final class Disowned {
  /** How many submitters' answers are waited for, and how many batches are remembered. */
  static final int BATCHES_MAX = 1024;

  /** Questions have numbers unlike those of enquiries. */
  private static final long FIRST_NUMBER = 1L << 40;

  private final Turn turn;
  private final Map<Long, Asked> asked = new LinkedHashMap<>();
  private final Set<Cid> batches = new LinkedHashSet<>();
  private long nextNumber = FIRST_NUMBER;

  private record Asked(Cid batch, PeerId submitter) {}

  Disowned(Turn turn) {
    this.turn = turn;
  }

  /**
   * Whether the submitter has said that it doesn't know the batch, which counts once; if it has
   * said nothing yet, it is asked.
   */
  boolean isDisowned(CopyFrame.Keep keep) {
    Cid batch = keep.batch().cid();
    PeerId submitter = keep.batch().header().submitter();
    if (batches.remove(batch)) {
      return true;
    }
    asked.values().removeIf(it -> it.batch.equals(batch));
    long number = nextNumber++;
    asked.put(number, new Asked(batch, submitter));
    bound(asked.keySet());
    long lineage = keep.batch().header().lineage();
    JobFrame.Ask ask = new JobFrame.Ask(number, lineage, keep.job(), null, 0);
    turn.emit(new Effect.SendCopy(submitter, ask.encode()));
    return false;
  }

  /** A peer says what it knows of a job, if this has asked for that. */
  void answered(PeerId from, JobFrame.Known known) {
    Asked it = asked.get(known.number());
    if (it == null || !it.submitter.equals(from)) {
      return;
    }
    asked.remove(known.number());
    if (known.jobs().stream().noneMatch(job -> job.submitter().equals(from))) {
      batches.add(it.batch);
      bound(batches);
    }
  }

  private static void bound(Set<?> all) {
    if (all.size() > BATCHES_MAX) {
      Iterator<?> oldest = all.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** What a peer was asked is not answered any more. */
  void disconnected(PeerId peer) {
    asked.values().removeIf(it -> it.submitter.equals(peer));
  }
}
