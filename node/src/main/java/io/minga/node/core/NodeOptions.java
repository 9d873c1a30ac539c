package io.minga.node.core;

import io.minga.crdt.claims.ClaimOptions;
import io.minga.node.schedule.ScheduleOptions;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.time.Duration;
import java.util.List;

/**
 * What a node core is told once, and its limits.
 *
 * @param network the name that its peers share
 * @param slots how many runs there are at once; 0 for a peer that only submits
 * @param tags what tasks may require of it
 * @param cores processor cores that tasks may use
 * @param memoryMib memory that tasks may use, in MiB
 * @param version the program's version, for load reports
 * @param tasks limits of tasks and frames
 * @param schedule limits of scheduling
 * @param claims limits of the claim set
 * @param limits limits of the core itself
 * @param times how long it waits for what
 */
public record NodeOptions(
    String network,
    int slots,
    List<String> tags,
    int cores,
    int memoryMib,
    String version,
    TaskLimits tasks,
    ScheduleOptions schedule,
    ClaimOptions claims,
    Limits limits,
    Times times) {

  /**
   * How much there may be. What a peer can make grow has one of these.
   *
   * @param ownTasksMax open calls of this peer's own callers; more are refused
   * @param heldTasksMax tasks of one other submitter that wait here; more are not taken
   * @param heldBytesMax bytes of all batches and results that are held here; more are not taken
   * @param heldBatchesMax batches held here of one submitter
   * @param pushesMax batches that an owner has not answered
   * @param pushedBytesMax bytes that an owner has not answered
   * @param peersMax peers that are known
   * @param announcedMax batches of others that are followed, of one submitter
   * @param memoBytesMax bytes of memoized calls and their results that are remembered
   * @param storyBytesMax bytes of what is remembered of what happened to tasks
   * @param waysMin with so many peers known some may have no connection left for this one, and are
   *     reached through neighbours
   */
  public record Limits(
      int ownTasksMax,
      int heldTasksMax,
      long heldBytesMax,
      int heldBatchesMax,
      int pushesMax,
      long pushedBytesMax,
      int peersMax,
      int announcedMax,
      long memoBytesMax,
      long storyBytesMax,
      int waysMin) {
    /** What suits a peer that nobody has told otherwise. */
    public static final Limits DEFAULT =
        new Limits(
            10_000_000,
            1_000_000,
            1L << 30,
            1_000_000,
            64,
            4 << 20,
            16_384,
            65_536,
            64L << 20,
            32L << 20,
            128);
  }

  /**
   * How long things take at most before something is done about it.
   *
   * @param quiet after how long everybody hears of a batch of which nothing has ended, if it is
   *     late; none if everybody is to hear of each at once
   * @param noPeer how long a call waits for a peer that can run it; longer where this one has only
   *     just begun and knows no other
   * @param takeWait how long an owner may leave a push unanswered before it is hinted anew
   * @param reconnect from the loss of a connection until the peer counts as dead
   * @param silence from a peer's last load until it counts as dead
   * @param orphan from the loss of a connection until what is held for that submitter is dropped
   * @param report from one load report to the next
   * @param retryFirst before a failed task's second attempt; doubled for each further one
   * @param retryMost before any attempt
   * @param runWork how much work one run of many short tasks may be
   * @param leaveMost how long leaving may take, with all that a process has to close
   * @param lease how long another peer may run an exclusive task of this one's without asking anew,
   *     1 ms to an hour
   */
  public record Times(
      Duration quiet,
      Duration noPeer,
      Duration takeWait,
      Duration reconnect,
      Duration silence,
      Duration orphan,
      Duration report,
      Duration retryFirst,
      Duration retryMost,
      Duration runWork,
      Duration leaveMost,
      Duration lease) {
    /** What suits a peer that nobody has told otherwise. */
    public static final Times DEFAULT =
        new Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(8),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            Duration.ofMillis(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15));

    /** How long what runs may go on when a peer leaves: a tenth of the time is for closing. */
    public Duration workMost() {
      return leaveMost.minus(leaveMost.dividedBy(10));
    }

    /** Checks the range of leases. */
    public Times {
      if (lease.toMillis() < 1 || lease.toMillis() > WorkFrame.Lease.MILLIS_MAX) {
        throw new IllegalArgumentException("a lease is 1 ms to an hour, not " + lease);
      }
    }
  }

  /** Copies the list and checks the ranges. */
  public NodeOptions {
    tags = List.copyOf(tags);
    if (slots < 0 || cores < 0 || memoryMib < 0) {
      throw new IllegalArgumentException(
          "slots, cores and memory are ≥ 0, not %d, %d and %d MiB"
              .formatted(slots, cores, memoryMib));
    }
  }

  /** The options of a peer with so many slots, one core each, that nobody has told otherwise. */
  public static NodeOptions of(String network, int slots) {
    return new NodeOptions(
        network,
        slots,
        List.of(),
        slots,
        0,
        "",
        TaskLimits.defaults(),
        ScheduleOptions.DEFAULT,
        ClaimOptions.defaults(),
        Limits.DEFAULT,
        Times.DEFAULT);
  }
}
