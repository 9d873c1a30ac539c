package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.Arrays;
import java.util.List;

/**
 * Measures what a no-op task of a batch of 256 costs on its way: bytes, and nanoseconds of writing
 * and reading, medians of five. A program, not a test.
 */
final class TaskGauge {
  private static final int TASKS = 256;
  private static final int ROUNDS = 20_000;
  private static final int RUNS = 5;
  private static final TaskLimits LIMITS = TaskLimits.defaults();
  private static final Payload NOTHING = Payload.of(Bytes.EMPTY);
  private static final Outcome NULL = new Outcome.Value(Payload.of(Bytes.of(0xf6)));

  private static long sink;

  private TaskGauge() {}

  @FunctionalInterface
  private interface Step {
    long run(int round) throws WireException;
  }

  public static void main(String[] args) throws WireException {
    BatchBuilder builder = new BatchBuilder(LIMITS, Samples.HEADER);
    ResultsBuilder results = new ResultsBuilder(LIMITS);
    Bytes push = push(builder, 1);
    Bytes taken =
        new WorkFrame.Taken(
                new BatchName.Ref(1_000_000),
                IndexSet.range(0, TASKS),
                IndexSet.EMPTY,
                null,
                10_000)
            .encode();
    Bytes alike = results(results, false);
    Bytes different = results(results, true);
    Bytes acked =
        new WorkFrame.Acked(
                List.of(new WorkFrame.Part(new BatchName.Ref(1_000_000), IndexSet.range(0, TASKS))))
            .encode();
    int wire = push.length() + taken.length() + different.length() + acked.length();
    System.out.printf(
        "bytes: push %d, taken %d, results alike %d, results different %d, acked %d;"
            + " a task with results different %.1f%n",
        push.length(),
        taken.length(),
        alike.length(),
        different.length(),
        acked.length(),
        (double) wire / TASKS);
    measure("push, write", round -> push(builder, round).length());
    measure("push, read", round -> read(push));
    measure("push, read with its CID", round -> cid(push));
    measure("results alike, write", round -> results(results, false).length());
    measure("results alike, read", round -> read(alike));
    measure("results different, write", round -> results(results, true).length());
    measure("results different, read", round -> read(different));
    System.out.println("(" + sink + ")"); // so that nothing is left out
  }

  private static Bytes push(BatchBuilder builder, int salt) {
    builder.begin(Samples.HEADER);
    for (int i = 0; i < TASKS; i++) {
      builder.addSalted(Samples.NOOP, NOTHING, salt * 0x9e3779b97f4a7c15L + i);
    }
    return WorkFrame.Push.of(1_000_000, builder.build()).encode();
  }

  private static final Outcome[] DIFFERENT = new Outcome[TASKS];

  static {
    for (int i = 0; i < TASKS; i++) {
      DIFFERENT[i] = new Outcome.Value(Payload.of(Bytes.of(0x19, i, i ^ 0x55)));
    }
  }

  private static Bytes results(ResultsBuilder builder, boolean different) {
    builder.begin(new BatchName.Ref(1_000_000), 1);
    for (int i = 0; i < TASKS; i++) {
      builder.add(i, different ? DIFFERENT[i] : NULL, different ? i & 0x3ff : 1);
    }
    return builder.build();
  }

  private static long read(Bytes frame) throws WireException {
    WorkFrame read = WorkFrame.decode(LIMITS, frame);
    long sum = 0;
    if (read instanceof WorkFrame.Results results) {
      for (ResultGroup group : results.groups()) {
        for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
          sum += at.index() + at.runMicros() + ((Outcome.Value) at.outcome()).payload().sizeBytes();
        }
      }
    }
    return sum;
  }

  private static long cid(Bytes frame) throws WireException {
    return WorkFrame.decode(LIMITS, frame) instanceof WorkFrame.Push push && push.batch() != null
        ? push.batch().cid().hashCode()
        : 0;
  }

  private static void measure(String what, Step step) throws WireException {
    double[] nanos = new double[RUNS];
    for (int run = -1; run < RUNS; run++) { // the first is for warming up
      long begun = System.nanoTime();
      for (int round = 0; round < ROUNDS; round++) {
        sink += step.run(round);
      }
      if (run >= 0) {
        nanos[run] = (System.nanoTime() - begun) / ((double) ROUNDS * TASKS);
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-28s %6.1f ns a task (%.1f to %.1f)%n", what, nanos[RUNS / 2], nanos[0], nanos[RUNS - 1]);
  }
}
