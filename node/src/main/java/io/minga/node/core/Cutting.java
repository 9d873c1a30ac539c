package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Payload;
import io.minga.node.task.TaskLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts callers' calls into batches.
 *
 * <p>A job's chunk makes batches of its own. Single calls that come in the same turn, and are alike
 * but for their inputs, share batches. A batch has a quarter of a peer's share of what there is, so
 * that peers can finish together, unless its tasks are so short that more of them cost nobody time.
 */
final class Cutting {
  private static final int BATCHES_PER_PEER = 4;

  private final PeerId self;
  private final NodeOptions options;
  private final RandomGenerator random;

  /** Of batches that aren't durable: drawn anew by every process. */
  private final long lineage;

  /** Of durable ones: the journal's. */
  private long journal;

  private long journalSequence;
  private boolean journaled;

  /** The batch that is being written. */
  private final List<Submission> submissions = new ArrayList<>();

  private final int[] callers;
  private @Nullable BatchBuilder builder;
  private long sequence;

  /** How many batches there were, and what the last one is called. */
  private long refs;

  private int firstCall;

  /** What the tasks rank peers by, if they have a home. */
  private final long[] keys;

  /** Whether its calls are one after the other of one submission. */
  private boolean inRow;

  /** For whom batches are cut, of at most how many tasks, and when. */
  private @Nullable Demand demand;

  private boolean homed;
  private int tasksMax;
  private long nowMillis;
  private List<OwnBatch> batches = List.of();

  Cutting(PeerId self, NodeOptions options, RandomGenerator random) {
    this.self = self;
    this.options = options;
    this.random = random;
    this.lineage = random.nextLong();
    this.callers = new int[options.tasks().batchTasksMax()];
    this.keys = new long[options.tasks().batchTasksMax()];
  }

  /** How many tasks a batch should have, of so many that peers of this number may share. */
  static int batchTasks(NodeOptions options, long tasks, int peers, long meanNanos) {
    long share = tasks / ((long) BATCHES_PER_PEER * Math.max(1, peers));
    long cheap = meanNanos == 0 ? 1 : options.times().runWork().toNanos() / meanNanos;
    return (int) Math.max(1, Math.min(options.tasks().batchTasksMax(), Math.max(share, cheap)));
  }

  /** Batches of these, which are alike, in their order; all about as large, up to a size. */
  List<OwnBatch> cut(long nowMillis, Demand demand, List<Submission> alike, int most) {
    int tasks = 0;
    for (Submission submission : alike) {
      tasks += submission.size();
    }
    batches = new ArrayList<>();
    begin(nowMillis, demand, tasks, most, alike.get(0));
    for (Submission submission : alike) {
      for (int call = 0; call < submission.size(); call++) {
        put(submission, call);
      }
      submission.cut();
    }
    batches.add(build());
    return batches;
  }

  /** The same of tasks that have homes: no batch has tasks of two. */
  List<OwnBatch> cutByHome(long nowMillis, Demand demand, List<Submission> alike, int most) {
    Map<Demand, List<Placed>> byHome = new LinkedHashMap<>();
    for (Submission submission : alike) {
      long[] its = keysOf(submission);
      for (int call = 0; call < submission.size(); call++) {
        byHome
            .computeIfAbsent(demand.homeOf(its[call]), it -> new ArrayList<>())
            .add(new Placed(submission, call));
      }
    }
    batches = new ArrayList<>();
    byHome.forEach(
        (home, placed) -> {
          begin(nowMillis, home, placed.size(), most, placed.get(0).submission);
          placed.forEach(each -> put(each.submission, each.call));
          batches.add(build());
        });
    alike.forEach(Submission::cut);
    return batches;
  }

  private record Placed(Submission submission, int call) {}

  private static long[] keysOf(Submission submission) {
    long[] keys = submission.keys();
    if (keys == null) {
      throw new IllegalStateException("tasks with homes have keys");
    }
    return keys;
  }

  private void begin(long nowMillis, Demand demand, int tasks, int most, Submission first) {
    int count = (tasks + most - 1) / most;
    this.tasksMax = (tasks + count - 1) / count;
    this.nowMillis = nowMillis;
    this.demand = demand;
    this.homed = demand.key.home() != null;
    begin(first);
  }

  private void put(Submission submission, int call) {
    Payload input = submission.input(call);
    if (size() >= tasksMax || !add(submission, input)) {
      batches.add(build());
      begin(submission);
      if (!add(submission, input)) {
        throw new IllegalStateException("a task fits into an empty batch");
      }
    }
    note(submission, call);
  }

  /** How many batches there were. */
  long count() {
    return refs;
  }

  /** Durable batches are numbered so from now on. */
  void journaled(long lineage, long nextSequence) {
    journal = lineage;
    journalSequence = nextSequence;
    journaled = true;
  }

  /** Whether batches may be durable. */
  boolean isJournaled() {
    return journaled;
  }

  /** A durable batch that there was before. */
  OwnBatch restored(Batch restored, Demand demand, Submission submission) {
    OwnBatch own = new OwnBatch(restored, ++refs, demand, List.of(submission), null, 0, null);
    submission.isIn(own);
    submission.cut();
    own.restored = true;
    return own;
  }

  private void begin(Submission first) {
    boolean durable = first.policy().durable();
    BatchHeader header =
        new BatchHeader(
            options.network(),
            self,
            durable ? journal : lineage,
            durable ? journalSequence++ : sequence++,
            nowMillis,
            nowMillis + Math.min(first.lifetimeMillis(), lifetimeMaxMillis()),
            first.policy());
    if (builder == null) {
      builder = new BatchBuilder(options.tasks(), header);
    } else {
      builder.begin(header);
    }
    submissions.clear();
  }

  private long lifetimeMaxMillis() {
    TaskLimits limits = options.tasks();
    return Math.min(
        limits.batchLifetimeMax().toMillis(), options.claims().lifetimeMax().toMillis());
  }

  private BatchBuilder builder() {
    if (builder == null) {
      throw new IllegalStateException("no batch has begun");
    }
    return builder;
  }

  private int size() {
    return builder().size();
  }

  private boolean add(Submission submission, Payload input) {
    return submission.memoizable()
        ? builder().addMemoizable(submission.function(), input, List.of())
        : builder().addSalted(submission.function(), input, random.nextLong());
  }

  /** Notes whose the task is that was added last. */
  private void note(Submission submission, int call) {
    if (submissions.isEmpty()) {
      firstCall = call;
      inRow = true;
    }
    inRow &= call == firstCall + size() - 1;
    if (homed) {
      keys[size() - 1] = keysOf(submission)[call];
    }
    if (submissions.isEmpty() || submissions.get(submissions.size() - 1) != submission) {
      submissions.add(submission);
    }
    callers[size() - 1] = (submissions.size() - 1) << 8 | call;
  }

  private OwnBatch build() {
    if (demand == null) {
      throw new IllegalStateException("no batch has begun");
    }
    Batch batch = builder().build();
    boolean one = submissions.size() == 1 && inRow;
    OwnBatch own =
        new OwnBatch(
            batch,
            ++refs,
            demand,
            List.copyOf(submissions),
            one ? null : Arrays.copyOf(callers, batch.size()),
            firstCall,
            homed ? Arrays.copyOf(keys, batch.size()) : null);
    for (Submission submission : submissions) {
      submission.isIn(own);
    }
    return own;
  }
}
