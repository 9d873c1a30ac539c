package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The latest load of each live peer, and what this peer has handed out to it since.
 *
 * <p>A report ages: the peer works on. Work handed out counts until a report comes in that was made
 * after the work had time to arrive.
 */
public final class Loads {
  /** How long work that was handed out may be missing in a report. */
  private static final long SETTLE_NANOS = 500_000_000;

  private static final double RESPONSE_WEIGHT = 1.0 / 8;

  private final ScheduleOptions options;
  private final Map<PeerId, Load> loads = new LinkedHashMap<>();

  public Loads(ScheduleOptions options) {
    this.options = options;
  }

  /** What is known of one peer. */
  private static final class Load {
    PeerReport report;
    long atNanos;
    final TreeSet<FunctionName> functions = new TreeSet<>();
    long seenNanos;
    double responseNanos;

    /** Handed out in two slices of time, so that no list of hand-outs is needed. */
    long sliceNanos;

    long young;
    long old;
    long youngTasks;
    long oldTasks;

    Load(PeerReport report) {
      this.report = report;
    }

    void slice(long nowNanos) {
      if (nowNanos - sliceNanos >= SETTLE_NANOS) {
        old += young;
        oldTasks += youngTasks;
        young = 0;
        youngTasks = 0;
        sliceNanos = nowNanos;
      }
    }
  }

  /**
   * Takes a peer's report.
   *
   * @return false if it is older than what is known, or there are too many peers
   */
  public boolean report(long nowNanos, PeerReport report) {
    Load load = loads.get(report.peer());
    if (load == null) {
      if (loads.size() >= options.peersMax()) {
        return false;
      }
      load = new Load(report);
      load.sliceNanos = nowNanos;
      loads.put(report.peer(), load);
    } else if (load.report.boot() == report.boot() && load.report.sequence() >= report.sequence()) {
      return false;
    }
    if (report.complete() || load.report.boot() != report.boot()) {
      load.functions.clear();
    }
    for (RunTime time : report.runTimes()) {
      if (load.functions.size() < options.functionsPerPeerMax()) {
        load.functions.add(time.function());
      }
    }
    load.report = report;
    load.atNanos = nowNanos;
    load.slice(nowNanos);
    load.old = 0;
    load.oldTasks = 0;
    return true;
  }

  /** Notes that tasks were handed out to {@code peer}, which will run so long there in all. */
  public void handedOut(long nowNanos, PeerId peer, int tasks, long workNanos) {
    Load load = loads.get(peer);
    if (load != null) {
      load.slice(nowNanos);
      load.young += workNanos;
      load.youngTasks += tasks;
    }
  }

  /**
   * Notes when the peer should be through according to what others see, such as its claims; its
   * reports are believed within [½, 2] of that.
   */
  public void seen(PeerId peer, long finishNanos) {
    Load load = loads.get(peer);
    if (load != null) {
      load.seenNanos = finishNanos;
    }
  }

  /** Notes how long the peer took from being handed a task to its result. */
  public void responded(PeerId peer, long nanos) {
    Load load = loads.get(peer);
    if (load != null) {
      load.responseNanos +=
          load.responseNanos == 0 ? nanos : RESPONSE_WEIGHT * (nanos - load.responseNanos);
    }
  }

  /** Forgets a peer that is gone. */
  public void forget(PeerId peer) {
    loads.remove(peer);
  }

  /** How many peers are known. */
  public int size() {
    return loads.size();
  }

  /** From now until the peer is through with what it holds; 0 if it is unknown. */
  public long finishNanos(long nowNanos, PeerId peer) {
    Load load = loads.get(peer);
    return load == null || load.report.slots() == 0 ? 0 : finishNanos(nowNanos, load);
  }

  private static long finishNanos(long nowNanos, Load load) {
    int slots = load.report.slots();
    double said = (double) load.report.workNanos() / slots;
    double believed = load.seenNanos == 0 ? said : Estimates.clamp(said, load.seenNanos);
    double left = Math.max(0, believed - (nowNanos - load.atNanos));
    return Math.round(left + (double) (load.young + load.old) / slots);
  }

  /**
   * How the peers stand that can run tasks of a kind: they offer its function, have its tags, cores
   * and memory, a slot at all, and were heard of lately.
   *
   * @param hintNanos what the submitter expects such a task to take, or 0
   */
  public List<Standing> standings(
      long nowNanos, Estimates estimates, Kind kind, long hintNanos, @Nullable PeerId without) {
    List<Standing> standings = new ArrayList<>(loads.size());
    loads.forEach(
        (peer, load) -> {
          if (!peer.equals(without) && isLive(nowNanos, load) && canRun(load, kind)) {
            standings.add(standing(nowNanos, estimates, kind, hintNanos, load));
          }
        });
    return standings;
  }

  private static Standing standing(
      long nowNanos, Estimates estimates, Kind kind, long hintNanos, Load load) {
    PeerReport report = load.report;
    return new Standing(
        report.peer(),
        slotsFor(report, kind.need()),
        finishNanos(nowNanos, load),
        estimates.estimate(report.peer(), kind, hintNanos).meanNanos(),
        report.queued() + report.slots() - report.free() + load.youngTasks + load.oldTasks,
        Math.round(load.responseNanos));
  }

  /** How many tasks of such a need run there at once: wide ones don't fill every slot. */
  private static int slotsFor(PeerReport report, Need need) {
    int slots = report.slots();
    if (need.cores() > 1) {
      slots = Math.min(slots, report.cores() / need.cores());
    }
    if (need.memoryMib() > 0) {
      slots = Math.min(slots, report.memoryMib() / need.memoryMib());
    }
    return Math.max(1, slots);
  }

  private boolean isLive(long nowNanos, Load load) {
    return nowNanos - load.atNanos <= options.reportAge().toNanos();
  }

  private static boolean canRun(Load load, Kind kind) {
    PeerReport report = load.report;
    return report.slots() > 0
        && load.functions.contains(kind.function())
        && kind.need().fits(report.cores(), report.memoryMib())
        && report.tags().containsAll(kind.need().tags());
  }
}
