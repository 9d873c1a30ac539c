package io.minga.node.task;

import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * How the tasks of a batch are to be run.
 *
 * @param priority 0 to 9; those of 9 go first
 * @param timeoutMillis how long one attempt may run, 0 without end
 * @param attemptsMax how often a task is tried, at least once
 * @param replicas how many different peers run each task; 1 unless results are verified
 * @param quorum how many of them must agree, at most {@code replicas}
 * @param exclusive runs under a lease, one peer at a time; can't be verified
 * @param durable outlives its submitter
 * @param tenant for whom, where peers share fairly among several; empty for nobody in particular
 */
public record Policy(
    int priority,
    long timeoutMillis,
    int attemptsMax,
    Requirements requires,
    Placement placement,
    int replicas,
    int quorum,
    boolean exclusive,
    boolean durable,
    String tenant) {
  /** What holds if nobody says otherwise; it takes no bytes. */
  public static final Policy DEFAULT =
      new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, false, false, "");

  static final int BYTES_MAX = 16 * 1024;

  private static final int PRIORITY_MAX = 9;
  private static final int PRIORITY = 1;
  private static final int TIMEOUT_MILLIS = 2;
  private static final int ATTEMPTS_MAX = 3;
  private static final int REQUIRES = 4;
  private static final int PLACEMENT = 5;
  private static final int VERIFY = 6;
  private static final int EXCLUSIVE = 7;
  private static final int DURABLE = 8;
  private static final int TENANT = 9;
  private static final int NEAR_PARENT = 10;
  private static final int VERIFY_REPLICAS = 1;
  private static final int VERIFY_QUORUM = 2;
  private static final int VERIFY_BYTES_MAX = 64;

  /** Checks what holds for every policy. */
  public Policy {
    String problem = problemOf(priority, timeoutMillis, attemptsMax, replicas, quorum, exclusive);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  private static @Nullable String problemOf(
      int priority,
      long timeoutMillis,
      int attemptsMax,
      int replicas,
      int quorum,
      boolean exclusive) {
    if (priority < 0 || priority > PRIORITY_MAX) {
      return "a priority is 0 to " + PRIORITY_MAX + ", not " + priority;
    }
    if (timeoutMillis < 0) {
      return "a timeout can't be negative: " + timeoutMillis + " ms";
    }
    if (attemptsMax < 1) {
      return "a task is tried at least once, not " + attemptsMax + " times";
    }
    if (quorum < 1 || quorum > replicas) {
      return "a quorum is 1 to the number of replicas, not %d of %d".formatted(quorum, replicas);
    }
    if (exclusive && replicas > 1) {
      return "a task that one peer at a time may run can't be verified by %d".formatted(replicas);
    }
    return null;
  }

  /** Whether several peers run each task and their results are compared. */
  public boolean verified() {
    return replicas > 1;
  }

  void require(TaskLimits limits) {
    if (attemptsMax > limits.attemptsMax()) {
      throw new IllegalArgumentException(
          attemptsMax + " attempts are above the limit of " + limits.attemptsMax());
    }
    if (replicas > limits.replicasMax()) {
      throw new IllegalArgumentException(
          replicas + " replicas are above the limit of " + limits.replicasMax());
    }
    if (placement.parent() >= Math.max(1, limits.parentsMax())) {
      throw new IllegalArgumentException(
          "near parent " + placement.parent() + ", where a task has " + limits.parentsMax());
    }
    if (!tenant.isEmpty()) {
      Fields.requireLabel("a tenant's name", tenant, limits);
    }
    requires.require(limits);
  }

  ProtobufWriter write() {
    ProtobufWriter out = new ProtobufWriter();
    if (priority != DEFAULT.priority) {
      out.uint64(PRIORITY, priority);
    }
    if (timeoutMillis > 0) {
      out.uint64(TIMEOUT_MILLIS, timeoutMillis);
    }
    if (attemptsMax != DEFAULT.attemptsMax) {
      out.uint64(ATTEMPTS_MAX, attemptsMax);
    }
    if (!requires.equals(Requirements.NONE)) {
      out.message(REQUIRES, requires.write());
    }
    if (placement.rule() != Placement.Rule.BALANCED) {
      out.enumeration(PLACEMENT, Fields.wireNumber(placement.rule()));
    }
    if (verified()) {
      out.message(
          VERIFY,
          new ProtobufWriter().uint64(VERIFY_REPLICAS, replicas).uint64(VERIFY_QUORUM, quorum));
    }
    if (exclusive) {
      out.bool(EXCLUSIVE, true);
    }
    if (durable) {
      out.bool(DURABLE, true);
    }
    if (!tenant.isEmpty()) {
      out.string(TENANT, tenant);
    }
    if (placement.parent() > 0) {
      out.uint64(NEAR_PARENT, placement.parent());
    }
    return out;
  }

  static Policy read(ProtobufReader in, TaskLimits limits) throws WireException {
    int priority = DEFAULT.priority;
    long timeoutMillis = 0;
    int attemptsMax = DEFAULT.attemptsMax;
    Requirements requires = Requirements.NONE;
    Placement.Rule rule = Placement.Rule.BALANCED;
    int parent = 0;
    int[] verify = {1, 1};
    boolean exclusive = false;
    boolean durable = false;
    String tenant = "";
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, NEAR_PARENT);
      switch (in.field()) {
        case PRIORITY -> priority = Fields.number(in, 0, PRIORITY_MAX);
        case TIMEOUT_MILLIS -> timeoutMillis = Fields.number(in, 0L, Long.MAX_VALUE);
        case ATTEMPTS_MAX -> attemptsMax = Fields.number(in, 1, limits.attemptsMax());
        case REQUIRES ->
            requires =
                Requirements.read(in.message("Requirements", Requirements.BYTES_MAX), limits);
        case PLACEMENT -> {
          Placement.Rule[] rules = Placement.Rule.values();
          rule = rules[Fields.number(in, 0, rules.length - 1)];
        }
        case VERIFY -> verify = readVerify(in.message("Verify", VERIFY_BYTES_MAX), limits);
        case EXCLUSIVE -> exclusive = in.bool();
        case DURABLE -> durable = in.bool();
        case TENANT -> tenant = Fields.label(in, limits.labelLengthMax());
        case NEAR_PARENT -> parent = Fields.number(in, 0, Math.max(0, limits.parentsMax() - 1));
        default -> {}
      }
    }
    String problem =
        problemOf(priority, timeoutMillis, attemptsMax, verify[0], verify[1], exclusive);
    if (problem != null) {
      throw new WireException("Policy: " + problem);
    }
    if (parent > 0 && rule != Placement.Rule.NEAR) {
      throw new WireException("Policy: only placement 6 (near) names a parent in field 10");
    }
    return new Policy(
        priority,
        timeoutMillis,
        attemptsMax,
        requires,
        new Placement(rule, parent),
        verify[0],
        verify[1],
        exclusive,
        durable,
        tenant);
  }

  private static int[] readVerify(ProtobufReader in, TaskLimits limits) throws WireException {
    int[] verify = {1, 1};
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, VERIFY_QUORUM);
      switch (in.field()) {
        case VERIFY_REPLICAS -> verify[0] = Fields.number(in, 1, limits.replicasMax());
        case VERIFY_QUORUM -> verify[1] = Fields.number(in, 1, limits.replicasMax());
        default -> {}
      }
    }
    return verify;
  }
}
