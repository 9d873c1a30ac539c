package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.PeerReport;
import io.minga.node.schedule.Periods;
import io.minga.node.schedule.RunTime;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What this peer says of its load, when, and how what others say is read. */
final class Reports {
  private static final int JITTER = 10;
  private static final long SOON_NANOS = 20_000_000;

  /** By how much longer than was said a line may be before others hear of it out of turn. */
  private static final long LONGER_NANOS = 250_000_000;

  private final PeerId self;
  private final NodeOptions options;
  private final RandomGenerator random;
  private final long boot;
  private long sequence;
  private long functionsVersion;
  private long dueNanos;
  private boolean started;

  /** Of the last report: when it was due, how many runs there were, and whether it said idle. */
  private long saidNanos;

  private long saidRuns;
  private boolean saidIdle;

  /** How many in a row have said that, and nothing else since the one before. */
  private int idleSaid;

  /** What stood in line then, by slots. */
  private long saidLineNanos;

  /** How many reports left out of turn in a period, and when that began. */
  private int early;

  private long periodNanos;

  /** Whether the last said that calls wait for room. */
  private boolean saidWaiting;

  /** Whether the next report is to leave whatever it says. */
  private boolean wanted;

  /** Whether copies of others' durable work are kept here. */
  private boolean keeps;

  Reports(PeerId self, NodeOptions options, RandomGenerator random, long boot) {
    this.self = self;
    this.options = options;
    this.random = random;
    this.boot = boot;
  }

  /** Others should hear of this peer soon: it, or one of them, has news. */
  void soon(long nowNanos) {
    wanted = true;
    if (!started || dueNanos - nowNanos > SOON_NANOS) {
      started = true;
      dueNanos = nowNanos + SOON_NANOS;
    }
  }

  /** Calls wait for room: others that could have some should hear of it, unless they have. */
  void waits(long nowNanos) {
    if (!saidWaiting) {
      soon(nowNanos);
    }
  }

  /**
   * Says so if the line has become much longer than others believe. Those who have work believe the
   * same reports, and would all go on to give to whom these call idle; where one alone gives, it
   * knows.
   */
  void lineIs(long nowNanos, Worker worker, int submitters, int peers) {
    if (submitters < 2 || options.slots() == 0 || dueNanos - nowNanos <= SOON_NANOS) {
      return;
    }
    long believed = Math.max(0, saidLineNanos - (nowNanos - saidNanos));
    if (worker.lineNanos() - believed > LONGER_NANOS && early < Periods.earlyMost(peers)) {
      early++;
      soon(nowNanos);
    }
  }

  /** Somebody is new, and should hear of this peer; not of everybody at the same moment. */
  void soonForNew(long nowNanos, int peers) {
    if (!started) {
      soon(nowNanos);
    } else if (!wanted) {
      wanted = true;
      long answerNanos = Periods.answerNanos(peers);
      long byNanos = nowNanos + SOON_NANOS + random.nextLong(1 + answerNanos);
      long nextNanos = saidNanos + answerNanos;
      byNanos = byNanos - nextNanos < 0 ? nextNanos : byNanos;
      dueNanos = dueNanos - byNanos > 0 ? byNanos : dueNanos;
    }
  }

  /** This peer has begun to be one. */
  boolean hasStarted() {
    return started;
  }

  void functionsChanged() {
    functionsVersion++;
  }

  boolean isDue(long nowNanos) {
    return started && dueNanos - nowNanos <= 0;
  }

  long nextDeadlineNanos(long never) {
    return !started || never - dueNanos <= 0 ? never : dueNanos;
  }

  /**
   * Whether what is due would say anything that others don't know, or want to know because they
   * have work; if not, it is looked again after the period.
   */
  boolean hasNews(long nowNanos, Worker worker, Membership membership, boolean waiting) {
    int peers = membership.size();
    long least = options.times().report().toNanos();
    boolean same =
        !wanted
            && !membership.isAtWork()
            && saidIdle
            && saidRuns == worker.runsBegun()
            && worker.busySlots() == 0
            && worker.queuedTasks() == 0
            && !waiting;
    // The last look before the period is over is the one that counts.
    long slack = Periods.busyNanos(least, peers) / 2;
    if (same && nowNanos - saidNanos < Periods.quietNanos(least, peers, idleSaid) - slack) {
      dueNanos = nowNanos + jittered(Periods.busyNanos(least, peers));
      return false;
    }
    return true;
  }

  private long jittered(long period) {
    long jitter = period / JITTER;
    return period - jitter + random.nextLong(2 * jitter + 1);
  }

  /** Copies of others' durable work are kept here from now on, or not. */
  void keeps(boolean now) {
    keeps = now;
  }

  /** The report that is due now; the next is after the period, longer in a crowd. */
  LoadReport report(
      long nowNanos,
      Worker worker,
      Estimates estimates,
      int peers,
      boolean draining,
      boolean waiting) {
    dueNanos = nowNanos + jittered(Periods.busyNanos(options.times().report().toNanos(), peers));
    LoadReport report = report(nowNanos, worker, estimates, draining, waiting);
    wanted = false;
    saidNanos = nowNanos;
    saidLineNanos = worker.lineNanos();
    if (nowNanos - periodNanos > Periods.busyNanos(options.times().report().toNanos(), peers)) {
      periodNanos = nowNanos;
      early = 0;
    }
    boolean nothingNew = saidIdle && saidRuns == worker.runsBegun();
    saidRuns = worker.runsBegun();
    saidIdle = Periods.isIdle(report);
    idleSaid = saidIdle ? 1 + (nothingNew ? idleSaid : 0) : 0;
    saidWaiting = waiting;
    return report;
  }

  /** How this peer stands, for one that can't know. */
  LoadReport again(long nowNanos, Worker worker, Estimates estimates) {
    return report(nowNanos, worker, estimates, false, saidWaiting);
  }

  /** How this peer stands, out of turn. */
  LoadReport report(
      long nowNanos, Worker worker, Estimates estimates, boolean draining, boolean waiting) {
    List<LoadReport.FunctionLoad> functions = new ArrayList<>();
    for (FunctionName function : worker.offered().functions()) {
      RunTime time = estimates.measured(self, function);
      functions.add(
          time == null
              ? new LoadReport.FunctionLoad(function, 0, 0, 0)
              : new LoadReport.FunctionLoad(
                  function,
                  Math.max(1, time.meanNanos() / 1000),
                  time.deviationNanos() / 1000,
                  0,
                  time.runs()));
    }
    boolean complete = functions.size() <= options.tasks().loadFunctionsMax();
    return new LoadReport(
        boot,
        ++sequence,
        options.slots(),
        worker.busySlots(),
        worker.queuedTasks(),
        worker.workNanos(nowNanos) / 1000,
        functionsVersion,
        complete,
        complete ? functions : functions.subList(0, options.tasks().loadFunctionsMax()),
        options.tags(),
        options.cores(),
        options.memoryMib(),
        draining,
        options.version(),
        waiting,
        keeps);
  }

  /** How this peer stands for its own dispatch: what its own callers gave it is left out. */
  PeerReport own(
      long nowNanos, Worker worker, Estimates estimates, long ownNanos, boolean leaving) {
    int slots = leaving ? 0 : options.slots();
    return new PeerReport(
        self,
        boot,
        ++sequence,
        slots,
        Math.max(0, slots - worker.busySlots()),
        worker.queuedTasks(),
        Math.max(0, worker.workNanos(nowNanos) - ownNanos),
        runTimes(worker, estimates),
        true,
        options.tags(),
        options.cores(),
        options.memoryMib());
  }

  private List<RunTime> runTimes(Worker worker, Estimates estimates) {
    List<RunTime> times = new ArrayList<>();
    for (FunctionName function : worker.offered().functions()) {
      times.add(estimates.estimate(self, Kind.of(function), 0));
    }
    return times;
  }

  /** What another peer says, as scheduling reads it. */
  static PeerReport read(PeerId author, LoadReport report) {
    List<RunTime> times = new ArrayList<>();
    for (LoadReport.FunctionLoad function : report.functions()) {
      long meanNanos = nanos(function.meanMicros());
      long deviationNanos = nanos(function.deviationMicros());
      times.add(
          function.runs() == 0
              ? new RunTime(function.function(), meanNanos, deviationNanos)
              : new RunTime(function.function(), meanNanos, deviationNanos, function.runs()));
    }
    boolean takes = !report.draining();
    int slots = takes ? Math.min(report.slots(), PeerReport.SLOTS_MAX) : 0;
    return new PeerReport(
        author,
        report.boot(),
        report.sequence(),
        slots,
        Math.max(0, slots - report.busySlots()),
        report.queuedTasks(),
        Math.min(nanos(report.workMicros()), RunTime.MAX_NANOS),
        times,
        report.complete(),
        report.tags(),
        report.cores(),
        report.memoryMib());
  }

  private static long nanos(long micros) {
    return micros > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : micros * 1000;
  }
}
