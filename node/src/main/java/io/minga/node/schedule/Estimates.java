package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long functions run, and where: per function and peer an exponentially weighted mean and
 * deviation, from own measurements and from what peers report.
 *
 * <p>The logarithm of a mean is taken to be the sum of how long the function is, how slow the peer
 * is, and what is peculiar to the two; see {@link Speeds}. What nobody has measured is predicted
 * so, and what rests on few runs is drawn there: a mean of 64 runs is easily 6 % off, and whoever
 * follows that noise moves work to and fro. A function with wide deviation, over twice its mean, is
 * estimated by classes of its input's size.
 */
public final class Estimates {
  /** What a function is expected to take of which nothing at all is known. */
  public static final long UNKNOWN_NANOS = 100_000_000;

  private static final int PRIOR_COUNT = 4;
  private static final int WIDE_COUNT = 16;
  private static final int COUNT_MAX = 1 << 20;
  private static final double WIDE = 2;
  private static final int FIT_EVERY = 32;

  private final ScheduleOptions options;
  private final Map<FunctionName, Length> functions = new LinkedHashMap<>();
  private final Map<PeerId, Slowness> peers = new LinkedHashMap<>();
  private final Speeds speeds = new Speeds();

  public Estimates(ScheduleOptions options) {
    this.options = options;
  }

  /** How slow a peer is, and what is known of its functions, in the order in which they came. */
  private static final class Slowness extends Speeds.Speed {
    /** Mostly few: these are found without a table of their own, since there are many peers. */
    Runs[] runs = new Runs[1];

    int count;
    int unfitted;

    /** The runs of a function; null if none are known. */
    @Nullable Runs of(@Nullable Length length) {
      for (int i = 0; i < count; i++) {
        if (runs[i].length == length) {
          return runs[i];
        }
      }
      return null;
    }

    Runs add(Length length) {
      if (count == runs.length) {
        runs = Arrays.copyOf(runs, 2 * count);
      }
      runs[count] = new Runs(length);
      return runs[count++];
    }
  }

  /** What a peer says, brought to within half and twice of what was seen. */
  static double clamp(double said, double seen) {
    return Math.max(seen / 2, Math.min(said, seen * 2));
  }

  /**
   * Notes that {@code peer} ran the function once.
   *
   * @param inputBytes the size of the input
   */
  public void observe(PeerId peer, FunctionName function, long inputBytes, long runNanos) {
    Slowness slowness = slowness(peer);
    Runs runs = slowness == null ? null : runs(slowness, function);
    if (slowness == null || runs == null) {
      return;
    }
    double nanos = (double) Math.max(RunTime.MIN_NANOS, Math.min(runNanos, RunTime.MAX_NANOS));
    Length length = functions.get(function);
    Average observed = runs.observed;
    if (observed == null) {
      observed = new Average();
      runs.observed = observed;
    }
    observed.add(nanos);
    if (length != null) {
      bySize(length, observed, inputBytes, nanos / Math.exp(speeds.log(slowness)));
    }
    if (++slowness.unfitted >= FIT_EVERY || observed.count() <= Runs.TRUSTED_COUNT) {
      fit(slowness);
    }
  }

  private static void bySize(Length length, Average observed, long inputBytes, double nanos) {
    if (length.sizes.length == 0) {
      if (observed.count() < WIDE_COUNT || observed.deviation() <= WIDE * observed.mean()) {
        return;
      }
      length.sizes = new Average[Kind.SIZE_CLASSES];
    }
    int sizeClass = Kind.sizeClass(inputBytes);
    Average average = length.sizes[sizeClass];
    if (average == null) {
      average = new Average();
      length.sizes[sizeClass] = average;
    }
    average.add(nanos);
  }

  /** Notes what a peer says of its functions; it is believed within [½, 2] of what was seen. */
  public void report(PeerReport report) {
    Slowness slowness = slowness(report.peer());
    if (slowness == null) {
      return;
    }
    for (RunTime time : report.runTimes()) {
      Runs runs = time.isKnown() ? runs(slowness, time.function()) : null;
      if (runs != null) {
        runs.report(time);
      }
    }
    fit(slowness);
  }

  /**
   * Notes how late what runs on {@code peer} is at this moment.
   *
   * @return whether it is so much later than before that others should hear of it
   */
  public boolean late(PeerId peer, Map<FunctionName, Lateness> running) {
    Slowness slowness = peers.get(peer);
    if (slowness == null) {
      return false;
    }
    boolean news = false;
    for (int i = 0; i < slowness.count; i++) {
      Runs runs = slowness.runs[i];
      news |= runs.isLate(running.get(runs.length.function));
    }
    fit(slowness);
    return news;
  }

  /** Forgets a peer that is gone; what others measured stays. */
  public void forget(PeerId peer) {
    Slowness gone = peers.remove(peer);
    if (gone == null) {
      return;
    }
    speeds.remove(gone);
    for (int i = 0; i < gone.count; i++) {
      Runs runs = gone.runs[i];
      if (!Double.isNaN(runs.counted)) {
        runs.length.sum -= runs.counted;
        runs.length.count--;
      }
    }
  }

  /** Whether the function's run times spread so widely that its tasks are told apart by size. */
  public boolean isWide(FunctionName function) {
    Length length = functions.get(function);
    return length != null && length.sizes.length > 0;
  }

  /** The kind of a task: it has a class of sizes if the function's run times spread widely. */
  public Kind kind(FunctionName function, long inputBytes, Need need) {
    int sizeClass = isWide(function) ? Kind.sizeClass(inputBytes) : Kind.ANY_SIZE;
    return new Kind(function, sizeClass, need);
  }

  /**
   * How long one task is expected to run on {@code peer}.
   *
   * @param hintNanos what the submitter expects, or 0
   */
  public RunTime estimate(PeerId peer, Kind kind, long hintNanos) {
    FunctionName function = kind.function();
    Slowness slowness = peers.get(peer);
    double log = slowness == null ? speeds.mean() : speeds.log(slowness);
    Length length = functions.get(function);
    if (length != null && kind.sizeClass() >= 0 && length.sizes.length > 0) {
      Average average = length.sizes[kind.sizeClass()];
      if (average != null && average.count() >= PRIOR_COUNT) {
        double speed = Math.exp(log);
        return runTime(
            function, average.mean() * speed, average.deviation() * speed, average.count());
      }
    }
    Runs runs = slowness == null || length == null ? null : slowness.of(length);
    if (slowness != null && runs != null && runs.isKnown()) {
      return drawn(slowness, function, runs);
    }
    if (length != null && length.count > 0) {
      return runTime(function, Math.exp(length.mean() + log), 0, 1);
    }
    return new RunTime(function, hintNanos > 0 ? hintNanos : UNKNOWN_NANOS, 0, 1);
  }

  /** What was measured, drawn to what is expected, the more the fewer runs it rests on. */
  private RunTime drawn(Speeds.Speed speed, FunctionName function, Runs runs) {
    Length length = runs.length;
    double mean = runs.mean();
    if (length.count < 2 || !speed.isKnown()) {
      return runTime(function, mean, runs.deviation(), runs.count());
    }
    double variance = runs.variance();
    double peculiar = Math.log(mean) - length.mean() - speed.raw();
    double believed = Math.max(0, 1 - variance / (peculiar * peculiar));
    double log = length.mean() + speeds.log(speed) + believed * peculiar;
    double left = speeds.variance(speed) + believed * variance;
    double deviation = runs.deviation();
    double part = deviation / mean;
    int count = (int) Math.max(runs.count(), Math.min(part * part / left, COUNT_MAX));
    double expected = Math.exp(log);
    return runTime(function, expected, part * expected, count);
  }

  /** What was measured of the function on {@code peer}, as it says it in its load; or null. */
  public @Nullable RunTime measured(PeerId peer, FunctionName function) {
    Runs runs = known(peer, function);
    return runs == null || !runs.isKnown()
        ? null
        : runTime(function, runs.mean(), runs.deviation(), runs.count());
  }

  /** Whether the peer is known to have run the function. */
  public boolean knows(PeerId peer, FunctionName function) {
    Runs runs = known(peer, function);
    return runs != null && runs.isKnown();
  }

  private @Nullable Runs known(PeerId peer, FunctionName function) {
    Slowness slowness = peers.get(peer);
    return slowness == null ? null : slowness.of(functions.get(function));
  }

  /** How slow a peer is relative to others: twice as slow is 2; 1 if nothing is known. */
  public double slowness(PeerId peer, double otherwise) {
    Slowness slowness = peers.get(peer);
    return slowness == null || slowness.count == 0 ? otherwise : Math.exp(speeds.log(slowness));
  }

  /**
   * How long a task that has run for {@code ranNanos} still needs: what is left of the estimate,
   * or, past it, as long again as it has taken.
   */
  public static long remainingNanos(long estimateNanos, long ranNanos) {
    return ranNanos < estimateNanos ? estimateNanos - ranNanos : ranNanos;
  }

  /** What is drawn from other functions and peers may come to less than nothing takes. */
  private static RunTime runTime(FunctionName function, double mean, double deviation, int count) {
    long meanNanos = Math.max(RunTime.MIN_NANOS, Math.round(mean));
    return new RunTime(function, meanNanos, Math.round(deviation), count);
  }

  private @Nullable Slowness slowness(PeerId peer) {
    Slowness slowness = peers.get(peer);
    if (slowness == null && peers.size() < options.peersMax()) {
      slowness = new Slowness();
      peers.put(peer, slowness);
    }
    return slowness;
  }

  private @Nullable Runs runs(Slowness slowness, FunctionName function) {
    Length length = functions.get(function);
    Runs runs = slowness.of(length);
    if (runs == null && slowness.count < options.functionsPerPeerMax()) {
      if (length == null && functions.size() < options.functionsMax()) {
        length = new Length(function);
        functions.put(function, length);
      }
      runs = length == null ? null : slowness.add(length);
    }
    return runs;
  }

  /** Fits the peer's slowness to its runs, and the lengths of its functions to that. */
  private void fit(Slowness slowness) {
    slowness.unfitted = 0;
    Speeds.Fit fit = new Speeds.Fit();
    for (int i = 0; i < slowness.count; i++) {
      Runs runs = slowness.runs[i];
      Length length = runs.length;
      boolean counted = !Double.isNaN(runs.counted);
      if (length.count - (counted ? 1 : 0) < 1 || !runs.isKnown()) {
        continue;
      }
      double others = counted ? (length.sum - runs.counted) / (length.count - 1) : length.mean();
      fit.add(Math.log(runs.mean()) - others, runs.variance());
    }
    speeds.put(slowness, fit);
    for (int i = 0; i < slowness.count; i++) {
      count(slowness.runs[i], slowness.raw());
    }
  }

  private static void count(Runs runs, double slowness) {
    if (!runs.isKnown()) {
      return;
    }
    Length length = runs.length;
    double now = Math.log(runs.mean()) - slowness;
    if (Double.isNaN(runs.counted)) {
      length.count++;
      length.sum += now;
    } else {
      length.sum += now - runs.counted;
    }
    runs.counted = now;
  }
}
