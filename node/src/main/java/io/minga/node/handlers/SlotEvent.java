package io.minga.node.handlers;

import io.minga.node.task.TaskRef;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a slot says. */
public sealed interface SlotEvent {
  /**
   * Outcomes of a run. Each task of a run gets exactly one, over all its answers.
   *
   * <p>An answer speaks of the positions {@link #from} up to but without {@link #to}. A position
   * without an outcome is parked: its handler holds no slot, and its outcome comes in an answer of
   * its own, which may be handed over before this one is.
   */
  final class Ran implements SlotEvent {
    private final Run run;
    private final int from;
    private final int to;

    /** The position of the arrays' first elements. */
    private final int base;

    private final @Nullable Outcome[] outcomes;
    private final int[] runMicros;
    private final boolean slotFree;

    private Ran(
        Run run,
        int from,
        int to,
        int base,
        @Nullable Outcome[] outcomes,
        int[] runMicros,
        boolean slotFree) {
      this.run = run;
      this.from = from;
      this.to = to;
      this.base = base;
      this.outcomes = outcomes;
      this.runMicros = runMicros;
      this.slotFree = slotFree;
    }

    /**
     * The outcomes of a part of a run.
     *
     * @param outcomes by position, of the whole run; null where one is parked. Kept, and from
     *     {@code from} to {@code to} not changed by anybody
     * @param runMicros by position, how long each ran
     * @param slotFree whether the slot is done with the run
     */
    public static Ran of(
        Run run,
        int from,
        int to,
        @Nullable Outcome[] outcomes,
        int[] runMicros,
        boolean slotFree) {
      Objects.checkFromToIndex(from, to, run.size());
      return new Ran(run, from, to, 0, outcomes, runMicros, slotFree);
    }

    /** The outcome of one task that was parked. */
    public static Ran unparked(Run run, int position, Outcome outcome, int runMicros) {
      Objects.checkIndex(position, run.size());
      return new Ran(
          run,
          position,
          position + 1,
          position,
          new @Nullable Outcome[] {outcome},
          new int[] {runMicros},
          false);
    }

    /** What was run. */
    public Run run() {
      return run;
    }

    /** The first position that this speaks of. */
    public int from() {
      return from;
    }

    /** The position after the last one that this speaks of. */
    public int to() {
      return to;
    }

    /** The outcome of the task at {@code position}, null while it is parked. */
    public @Nullable Outcome outcome(int position) {
      return outcomes[place(position)];
    }

    /** How long the task at {@code position} ran, in microseconds; parked time counts. */
    public int runMicros(int position) {
      return runMicros[place(position)];
    }

    /** Whether the slot is done with the run and takes another. True once a run. */
    public boolean slotFree() {
      return slotFree;
    }

    private int place(int position) {
      if (position < from || position >= to) {
        throw new IndexOutOfBoundsException(
            "this answer speaks of %d to %d, not of %d".formatted(from, to - 1, position));
      }
      return position - base;
    }

    @Override
    public String toString() {
      return "%d to %d of %s%s".formatted(from, to - 1, run, slotFree ? ", slot free" : "");
    }
  }

  /**
   * A handler ignored that it was interrupted, so its thread was given up; the slot has another.
   * The outcome of the task is told by itself.
   *
   * @param reason why it was interrupted
   * @param threads how many such threads still run
   */
  record Abandoned(TaskRef task, FailureKind reason, int threads) implements SlotEvent {}
}
