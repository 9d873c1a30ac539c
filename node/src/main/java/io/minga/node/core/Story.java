package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to the tasks of one batch, as far as it is kept. {@link Stories} writes it.
 *
 * <p>An entry is about any number of the tasks, so a batch of short ones that one peer runs has
 * three.
 */
final class Story {
  /** What a story takes without its entries and its batch, roughly; and an entry. */
  static final int BYTES = 256;

  static final int ENTRY_BYTES = 128;

  /** How many entries stay, the first ones, when there are too many. */
  static final int FIRST_KEPT = 2;

  final int size;
  final PeerId submitter;
  final FunctionName function;
  final long sinceNanos;
  final List<Entry> entries = new ArrayList<>(3);

  /** Those that ended without a result, for one reason or the other. */
  final IndexBits failed = new IndexBits();

  final IndexBits cancelled = new IndexBits();

  /** While it is needed: whoever has its bytes can tell the tasks' CIDs. */
  @Nullable Batch batch;

  /** Set when it is over. */
  @Nullable Cid cid;

  long overNanos;

  /** How many entries were too many. */
  int forgotten;

  /** Whether anything but the usual has happened. */
  boolean notable;

  /** What it takes here, in bytes. */
  long bytes;

  /** Something that happened to some of the tasks. */
  static final class Entry {
    final long atNanos;
    final What what;
    final IndexBits tasks;
    final @Nullable PeerId peer;
    final int epoch;

    /** The reason: a word of an enum, or a sentence; null if there is none. */
    final @Nullable Object why;

    /** Of how many tasks {@link #nanos} is the sum. */
    int counted;

    /** How long they ran, or until when it is; what it is depends on {@link #what}. */
    long nanos;

    Entry(
        long atNanos,
        What what,
        IndexBits tasks,
        @Nullable PeerId peer,
        int epoch,
        @Nullable Object why) {
      this.atNanos = atNanos;
      this.what = what;
      this.tasks = tasks;
      this.peer = peer;
      this.epoch = epoch;
      this.why = why;
    }

    int bytes() {
      return why instanceof String words ? ENTRY_BYTES + 2 * words.length() : ENTRY_BYTES;
    }
  }

  Story(Batch batch, long sinceNanos) {
    this.batch = batch;
    this.size = batch.size();
    this.submitter = batch.header().submitter();
    this.function = batch.functions().get(0);
    this.sinceNanos = sinceNanos;
    this.bytes = BYTES;
  }

  /** Which function a task is of, as long as that can be told. */
  FunctionName function(int index) {
    return batch == null ? function : batch.function(index);
  }

  @Nullable Entry last() {
    return entries.isEmpty() ? null : entries.get(entries.size() - 1);
  }

  /** Whether each task had a result, and soon: nobody will ask, so little of it is kept. */
  boolean isQuiet(long shortNanos) {
    if (notable) {
      return false;
    }
    long nanos = 0;
    long count = 0;
    for (Entry entry : entries) {
      if (entry.what == What.RESULT || entry.what == What.RAN) {
        nanos += entry.nanos;
        count += entry.counted;
      }
    }
    return nanos < shortNanos * Math.max(1, count);
  }
}
