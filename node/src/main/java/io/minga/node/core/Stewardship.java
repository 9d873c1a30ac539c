package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.task.Tries;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * This peer looks after open tasks of a batch whose submitter is gone: the caller of the calls that
 * are made for them.
 */
final class Stewardship {
  final KeptBatch batch;

  /** Of each call: which task of the batch it is for. */
  private final int[] indexes;

  private @Nullable Submission submission;

  /** How many calls have not ended. */
  int left;

  Stewardship(KeptBatch batch, int[] indexes) {
    this.batch = batch;
    this.indexes = indexes;
    this.left = indexes.length;
  }

  /** The calls that are made. */
  void begin(Submission made) {
    submission = made;
  }

  /** The calls that were made; null if there are none yet. */
  @Nullable Submission submission() {
    return submission;
  }

  /** Its calls are in a batch: they go on where others have left off. */
  void begin(OwnBatch made) {
    IndexSet all = made.open.toSet();
    Tries known = Tries.of(all, index -> spoken(batch.tries.count(index(made.call(index)))));
    made.attempts().learn(all, known);
  }

  /** What is known of calls, as what is known of the tasks that they are for. */
  Tries tries(OwnBatch made, Tries its) {
    Map<Integer, Tries.Count> byTask = new TreeMap<>();
    its.indexes().forEach(index -> byTask.put(index(made.call(index)), spoken(its.count(index))));
    IndexSet tasks = IndexSet.of(byTask.keySet().stream().mapToInt(task -> task).toArray());
    return Tries.of(tasks, task -> byTask.getOrDefault(task, Tries.Count.NONE));
  }

  /** Epochs are those of one batch. */
  private static Tries.Count spoken(Tries.Count count) {
    return new Tries.Count(0, count.failures(), count.deaths(), 0, 0);
  }

  /** The task that a call is for. */
  int index(int call) {
    return indexes[call];
  }
}
