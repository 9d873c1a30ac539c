package io.minga.node.task;

import java.time.Duration;

/**
 * How much tasks, batches and what peers say of them may hold. Sizes are in bytes of the encoding.
 * What a peer sends above a limit is a violation; what a caller wishes above one is refused.
 *
 * @param inputBytesMax a task's input inside its batch; a larger one goes by CID
 * @param valueBytesMax a result inside its frame; a larger one goes by CID
 * @param contentBytesMax an input or result that goes by CID
 * @param parentsMax tasks whose results one task takes
 * @param batchTasksMax tasks of one batch, each as often as it is to be run; at most 256
 * @param batchBytesMax a whole batch
 * @param batchFunctionsMax different functions of one batch; at most 256
 * @param batchLifetimeMax from a batch's creation to its end
 * @param labelLengthMax characters of a network's, tenant's or version's name, or of a tag
 * @param tagsMax tags of one peer, or that one batch requires
 * @param attemptsMax how often a task may be tried
 * @param replicasMax how many peers may run the same task to compare their results
 * @param gossipBytesMax an announcement or a load report
 * @param inlineBlockBytesMax a batch inside its announcement
 * @param hintsMax owners that an announcement proposes
 * @param loadFunctionsMax functions of one load report
 * @param partsMax batches that one frame speaks of
 * @param resultFrameBytesMax results that are gathered into one frame; a single one may be larger
 * @param failureTextBytesMax a failure's message
 * @param failureStackBytesMax a failure's stack
 * @param blockChunkBytesMax a chunk of a block on its way
 */
public record TaskLimits(
    int inputBytesMax,
    int valueBytesMax,
    long contentBytesMax,
    int parentsMax,
    int batchTasksMax,
    int batchBytesMax,
    int batchFunctionsMax,
    Duration batchLifetimeMax,
    int labelLengthMax,
    int tagsMax,
    int attemptsMax,
    int replicasMax,
    int gossipBytesMax,
    int inlineBlockBytesMax,
    int hintsMax,
    int loadFunctionsMax,
    int partsMax,
    int resultFrameBytesMax,
    int failureTextBytesMax,
    int failureStackBytesMax,
    int blockChunkBytesMax) {
  private static final int KIB = 1024;
  private static final int PART_BYTES_MAX = 160;
  private static final int FRAME_BYTES_MAX = 64 * KIB * KIB;
  private static final TaskLimits DEFAULTS =
      new TaskLimits(
          64 * KIB,
          64 * KIB,
          64L * KIB * KIB,
          64,
          TaskRef.BATCH_TASKS_MAX,
          256 * KIB,
          32,
          Duration.ofDays(30),
          64,
          32,
          100,
          16,
          64 * KIB,
          KIB,
          64,
          128,
          128,
          64 * KIB,
          4 * KIB,
          16 * KIB,
          64 * KIB);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit lets nothing pass, or more than the formats hold
   */
  public TaskLimits {
    requireIn("batchTasksMax", batchTasksMax, 1, TaskRef.BATCH_TASKS_MAX);
    requireIn("batchFunctionsMax", batchFunctionsMax, 1, TaskRef.BATCH_TASKS_MAX);
    requireIn("inputBytesMax", inputBytesMax, 0, batchBytesMax);
    requireIn("valueBytesMax", valueBytesMax, 0, batchBytesMax);
    requireIn("batchBytesMax", batchBytesMax, 1, FRAME_BYTES_MAX);
    requireIn("resultFrameBytesMax", resultFrameBytesMax, 0, FRAME_BYTES_MAX);
    requireIn("contentBytesMax", contentBytesMax, 0, Long.MAX_VALUE);
    requireIn("inlineBlockBytesMax", inlineBlockBytesMax, 0, gossipBytesMax);
    requireIn("labelLengthMax", labelLengthMax, 1, 1024);
    requireIn("attemptsMax", attemptsMax, 1, Integer.MAX_VALUE);
    requireIn("replicasMax", replicasMax, 1, batchTasksMax);
    requireIn("batchLifetimeMax, in days", batchLifetimeMax.toDays(), 1, 36_500);
    requireIn("parentsMax", parentsMax, 0, Integer.MAX_VALUE);
    requireIn("tagsMax", tagsMax, 0, Integer.MAX_VALUE);
    requireIn("hintsMax", hintsMax, 0, Integer.MAX_VALUE);
    requireIn("loadFunctionsMax", loadFunctionsMax, 0, 1 << 16);
    requireIn("partsMax", partsMax, 1, 1 << 16);
    requireIn("failureTextBytesMax", failureTextBytesMax, 0, FRAME_BYTES_MAX);
    requireIn("failureStackBytesMax", failureStackBytesMax, 0, FRAME_BYTES_MAX);
    requireIn("blockChunkBytesMax", blockChunkBytesMax, 1, FRAME_BYTES_MAX);
  }

  /** The limits that all peers of a network have unless it was set up otherwise. */
  public static TaskLimits defaults() {
    return DEFAULTS;
  }

  /** The longest {@link WorkFrame}: a whole batch, or a frame of results and one more in full. */
  public int workFrameBytesMax() {
    int failureBytesMax = 2 * failureTextBytesMax + failureStackBytesMax;
    int resultBytesMax = resultFrameBytesMax + Math.max(valueBytesMax, failureBytesMax);
    return KIB + Math.max(batchBytesMax, resultBytesMax);
  }

  /** The longest {@link MoveFrame}. */
  public int moveFrameBytesMax() {
    return KIB + Math.max(partsMax, loadFunctionsMax) * PART_BYTES_MAX + moveAboutBytesMax();
  }

  /** How much an offer may say of the batches in it. */
  public int moveAboutBytesMax() {
    return 32 * KIB;
  }

  /** The longest {@link CopyFrame}. */
  public int copyFrameBytesMax() {
    return 2 * KIB + Math.max(workFrameBytesMax(), 2 * partsMax * PART_BYTES_MAX);
  }

  /** The longest {@link BlockFrame}. */
  public int blockFrameBytesMax() {
    return PART_BYTES_MAX + blockChunkBytesMax;
  }

  private static void requireIn(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException("%s is %d to %d, not %d".formatted(name, min, max, value));
    }
  }
}
