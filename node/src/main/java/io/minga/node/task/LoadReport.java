package io.minga.node.task;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.ProtobufWriter;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a peer says of itself every two seconds: how much it holds, how fast it is, what it offers.
 *
 * <p>It speaks of its signer and of nobody else. All numbers are whole and none is negative, so
 * that no report can say what isn't a number; whether it is true is for the receiver to judge by
 * what it sees.
 *
 * @param boot rises with every start of the peer, such as its Unix time in ms
 * @param sequence rises with every report since then
 * @param slots tasks that it can run at once; 0 for a peer that only submits
 * @param busySlots slots that are running one
 * @param queuedTasks tasks that it holds and has not begun
 * @param workMicros expected run time of all that it holds, the rest of what is running included,
 *     one after the other
 * @param functionsVersion rises when the functions that it offers change
 * @param complete whether {@code functions} are all that it offers, not only the ones most used
 * @param functions the most used ones first, none twice
 * @param tags what tasks may require of it; ascending, none twice
 * @param cores processor cores that tasks may use
 * @param memoryMib memory that tasks may use, in MiB
 * @param draining whether it is leaving: it takes nothing any more
 * @param version the program's version; empty if it doesn't say
 * @param waiting whether calls of its own wait for peers to have room for them
 * @param keeps whether it has a journal, and keeps copies of others' durable work there
 */
public record LoadReport(
    long boot,
    long sequence,
    int slots,
    int busySlots,
    long queuedTasks,
    long workMicros,
    long functionsVersion,
    boolean complete,
    List<FunctionLoad> functions,
    List<String> tags,
    int cores,
    int memoryMib,
    boolean draining,
    String version,
    boolean waiting,
    boolean keeps) {
  /** The speed of a peer that is as fast as its network is on average. */
  public static final int SPEED_MILLIS_ONE = 1000;

  private static final int SLOTS_MAX = 1 << 20;
  private static final int SPEED_MILLIS_MAX = 1_000_000;
  private static final int FUNCTION_BYTES_MAX = 256;
  private static final int BOOT = 1;
  private static final int SEQUENCE = 2;
  private static final int SLOTS = 3;
  private static final int BUSY_SLOTS = 4;
  private static final int QUEUED_TASKS = 5;
  private static final int WORK_MICROS = 6;
  private static final int FUNCTION = 7;
  private static final int TAG = 8;
  private static final int CORES = 9;
  private static final int MEMORY_MIB = 10;
  private static final int VERSION = 11;
  private static final int FUNCTIONS_VERSION = 12;
  private static final int COMPLETE = 13;
  private static final int DRAINING = 14;
  private static final int WAITING = 15;
  private static final int KEEPS = 17;

  /**
   * How long a function takes on this peer.
   *
   * @param meanMicros mean run time; 0 if it has not run here
   * @param deviationMicros deviation of the run times
   * @param speedMillis how fast this peer is with it, in thousandths of the network's mean; 0 if it
   *     doesn't know
   * @param runs how many runs the mean rests on; 0 if it doesn't say
   */
  public record FunctionLoad(
      FunctionName function, long meanMicros, long deviationMicros, int speedMillis, int runs) {
    private static final int NAME = 1;
    private static final int MEAN_MICROS = 2;
    private static final int DEVIATION_MICROS = 3;
    private static final int SPEED_MILLIS = 4;
    private static final int RUNS = 5;

    /** Checks the ranges. */
    public FunctionLoad {
      requireIn("a mean, in µs,", meanMicros, Long.MAX_VALUE);
      requireIn("a deviation, in µs,", deviationMicros, Long.MAX_VALUE);
      requireIn("a speed, in thousandths,", speedMillis, SPEED_MILLIS_MAX);
      requireIn("a number of runs", runs, Integer.MAX_VALUE);
    }

    /** The same of a peer that doesn't say how many runs that rests on. */
    public FunctionLoad(
        FunctionName function, long meanMicros, long deviationMicros, int speedMillis) {
      this(function, meanMicros, deviationMicros, speedMillis, 0);
    }

    private ProtobufWriter write() {
      ProtobufWriter out = new ProtobufWriter().string(NAME, function.name());
      writeUnlessZero(out, MEAN_MICROS, meanMicros);
      writeUnlessZero(out, DEVIATION_MICROS, deviationMicros);
      writeUnlessZero(out, SPEED_MILLIS, speedMillis);
      writeUnlessZero(out, RUNS, runs);
      return out;
    }

    private static FunctionLoad read(ProtobufReader in) throws WireException {
      FunctionName function = null;
      long meanMicros = 0;
      long deviationMicros = 0;
      int speedMillis = 0;
      int runs = 0;
      long seen = 0;
      while (in.next()) {
        seen = Fields.once(in, seen, RUNS);
        switch (in.field()) {
          case NAME -> function = Fields.function(in);
          case MEAN_MICROS -> meanMicros = Fields.number(in, 0L, Long.MAX_VALUE);
          case DEVIATION_MICROS -> deviationMicros = Fields.number(in, 0L, Long.MAX_VALUE);
          case SPEED_MILLIS -> speedMillis = Fields.number(in, 0, SPEED_MILLIS_MAX);
          case RUNS -> runs = Fields.number(in, 0, Integer.MAX_VALUE);
          default -> {}
        }
      }
      if (function == null) {
        throw new WireException("FunctionLoad: field 1 is missing");
      }
      return new FunctionLoad(function, meanMicros, deviationMicros, speedMillis, runs);
    }
  }

  /** Copies the lists and checks the ranges. */
  public LoadReport {
    requireIn("a boot", boot, Long.MAX_VALUE);
    requireIn("a sequence", sequence, Long.MAX_VALUE);
    requireIn("a number of slots", slots, SLOTS_MAX);
    requireIn("a number of busy slots", busySlots, slots);
    requireIn("a number of queued tasks", queuedTasks, Long.MAX_VALUE);
    requireIn("work, in µs,", workMicros, Long.MAX_VALUE);
    requireIn("a version of functions", functionsVersion, Long.MAX_VALUE);
    requireIn("a number of cores", cores, Integer.MAX_VALUE);
    requireIn("memory, in MiB,", memoryMib, Integer.MAX_VALUE);
    functions = List.copyOf(functions);
    tags = tags.stream().sorted().distinct().toList();
    if (functions.stream().map(FunctionLoad::function).distinct().count() < functions.size()) {
      throw new IllegalArgumentException("a report has each function once");
    }
  }

  /** The report of a peer whose own calls don't wait. */
  public LoadReport(
      long boot,
      long sequence,
      int slots,
      int busySlots,
      long queuedTasks,
      long workMicros,
      long functionsVersion,
      boolean complete,
      List<FunctionLoad> functions,
      List<String> tags,
      int cores,
      int memoryMib,
      boolean draining,
      String version) {
    this(
        boot,
        sequence,
        slots,
        busySlots,
        queuedTasks,
        workMicros,
        functionsVersion,
        complete,
        functions,
        tags,
        cores,
        memoryMib,
        draining,
        version,
        false);
  }

  /** The report of a peer without a journal. */
  public LoadReport(
      long boot,
      long sequence,
      int slots,
      int busySlots,
      long queuedTasks,
      long workMicros,
      long functionsVersion,
      boolean complete,
      List<FunctionLoad> functions,
      List<String> tags,
      int cores,
      int memoryMib,
      boolean draining,
      String version,
      boolean waiting) {
    this(
        boot,
        sequence,
        slots,
        busySlots,
        queuedTasks,
        workMicros,
        functionsVersion,
        complete,
        functions,
        tags,
        cores,
        memoryMib,
        draining,
        version,
        waiting,
        false);
  }

  private static void requireIn(String what, long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("%s is 0 to %d, not %d".formatted(what, max, value));
    }
  }

  private static void writeUnlessZero(ProtobufWriter out, int field, long value) {
    if (value != 0) {
      out.uint64(field, value);
    }
  }

  /** Whether this is later than {@code other}, of the same peer. */
  public boolean isAfter(LoadReport other) {
    return boot != other.boot ? boot > other.boot : sequence > other.sequence;
  }

  /**
   * The bytes of the message.
   *
   * @throws IllegalArgumentException if there are too many functions or tags
   */
  public Bytes encode(TaskLimits limits) {
    if (functions.size() > limits.loadFunctionsMax()) {
      throw new IllegalArgumentException(
          functions.size() + " functions are above the limit of " + limits.loadFunctionsMax());
    }
    Requirements.requireTags(tags, limits);
    if (!version.isEmpty()) {
      Fields.requireLabel("a version", version, limits);
    }
    return write();
  }

  /** The bytes, without a look at the limits. */
  Bytes write() {
    ProtobufWriter out = new ProtobufWriter().uint64(BOOT, boot).uint64(SEQUENCE, sequence);
    writeUnlessZero(out, SLOTS, slots);
    writeUnlessZero(out, BUSY_SLOTS, busySlots);
    writeUnlessZero(out, QUEUED_TASKS, queuedTasks);
    writeUnlessZero(out, WORK_MICROS, workMicros);
    for (FunctionLoad function : functions) {
      out.message(FUNCTION, function.write());
    }
    for (String tag : tags) {
      out.string(TAG, tag);
    }
    writeUnlessZero(out, CORES, cores);
    writeUnlessZero(out, MEMORY_MIB, memoryMib);
    if (!version.isEmpty()) {
      out.string(VERSION, version);
    }
    writeUnlessZero(out, FUNCTIONS_VERSION, functionsVersion);
    writeUnlessZero(out, COMPLETE, complete ? 1 : 0);
    writeUnlessZero(out, DRAINING, draining ? 1 : 0);
    writeUnlessZero(out, WAITING, waiting ? 1 : 0);
    writeUnlessZero(out, KEEPS, keeps ? 1 : 0);
    return out.toBytes();
  }

  /**
   * The report that {@code encoded} is.
   *
   * @throws WireException if it is malformed, above a limit, or says what can't be
   */
  public static LoadReport decode(TaskLimits limits, Bytes encoded) throws WireException {
    ProtobufReader in = Fields.read("LoadReport", encoded, limits.gossipBytesMax());
    long boot = 0;
    long sequence = 0;
    int slots = 0;
    int busySlots = 0;
    long queuedTasks = 0;
    long workMicros = 0;
    long functionsVersion = 0;
    boolean complete = false;
    List<FunctionLoad> functions = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    int cores = 0;
    int memoryMib = 0;
    boolean draining = false;
    boolean waiting = false;
    boolean keeps = false;
    String version = "";
    long seen = 0;
    while (in.next()) {
      if (in.field() != FUNCTION && in.field() != TAG && in.field() != Whereabouts.ADDRESS) {
        seen = Fields.once(in, seen, KEEPS);
      }
      switch (in.field()) {
        case BOOT -> boot = Fields.number(in, 0L, Long.MAX_VALUE);
        case SEQUENCE -> sequence = Fields.number(in, 0L, Long.MAX_VALUE);
        case SLOTS -> slots = Fields.number(in, 0, SLOTS_MAX);
        case BUSY_SLOTS -> busySlots = Fields.number(in, 0, SLOTS_MAX);
        case QUEUED_TASKS -> queuedTasks = Fields.number(in, 0L, Long.MAX_VALUE);
        case WORK_MICROS -> workMicros = Fields.number(in, 0L, Long.MAX_VALUE);
        case FUNCTION -> addFunction(in, functions, limits);
        case TAG -> Requirements.addTag(in, tags, limits);
        case CORES -> cores = Fields.number(in, 0, Integer.MAX_VALUE);
        case MEMORY_MIB -> memoryMib = Fields.number(in, 0, Integer.MAX_VALUE);
        case VERSION -> version = Fields.label(in, limits.labelLengthMax());
        case FUNCTIONS_VERSION -> functionsVersion = Fields.number(in, 0L, Long.MAX_VALUE);
        case COMPLETE -> complete = in.bool();
        case DRAINING -> draining = in.bool();
        case WAITING -> waiting = in.bool();
        case KEEPS -> keeps = in.bool();
        default -> {}
      }
    }
    Fields.require("LoadReport", seen, BOOT, SEQUENCE);
    if (busySlots > slots) {
      throw new WireException("LoadReport: " + busySlots + " slots of " + slots + " are busy");
    }
    return new LoadReport(
        boot,
        sequence,
        slots,
        busySlots,
        queuedTasks,
        workMicros,
        functionsVersion,
        complete,
        functions,
        tags,
        cores,
        memoryMib,
        draining,
        version,
        waiting,
        keeps);
  }

  private static void addFunction(
      ProtobufReader in, List<FunctionLoad> functions, TaskLimits limits) throws WireException {
    Fields.requireRoom(in, functions, limits.loadFunctionsMax());
    FunctionLoad added = FunctionLoad.read(in.message("FunctionLoad", FUNCTION_BYTES_MAX));
    for (FunctionLoad function : functions) {
      if (function.function.equals(added.function)) {
        throw in.violation("a function comes twice");
      }
    }
    functions.add(added);
  }
}
