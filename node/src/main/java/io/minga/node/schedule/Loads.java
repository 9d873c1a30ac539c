package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The latest load of each live peer, this one included, and what this peer has handed out to it
 * since.
 *
 * <p>A report ages: the peer works on. Work handed out counts until a report comes in that was made
 * after the work had time to arrive.
 */
public final class Loads {
  private final ScheduleOptions options;
  private final PeerId own;
  private final Map<PeerId, PeerLoad> loads = new LinkedHashMap<>();

  /** The same in any order, to draw from. */
  private final List<PeerLoad> all = new ArrayList<>();

  /** What the last of them offers that has begun to: most offer the same, and share it. */
  private Set<FunctionName> offered = new TreeSet<>();

  private long membership;

  /** How many peers there are of whose loads nothing is kept. */
  private int strangers;

  /**
   * The loads that the peer {@code own} knows; its own reports are taken as exact.
   *
   * @param options names the most peers, and the age at which a silent one is left out
   */
  public Loads(ScheduleOptions options, PeerId own) {
    this.options = options;
    this.own = own;
  }

  /** Besides those whose loads are known there are so many: all speak the less often for that. */
  public void strangers(int count) {
    strangers = count;
  }

  /**
   * Takes a peer's report.
   *
   * @return false if it is older than what is known, or there are too many peers
   */
  public boolean report(long nowNanos, PeerReport report) {
    PeerLoad load = loads.get(report.peer());
    if (load == null) {
      if (loads.size() >= options.peersMax()) {
        return false;
      }
      load = new PeerLoad(nowNanos, report, report.peer().equals(own));
      loads.put(report.peer(), load);
      load.place = all.size();
      all.add(load);
      membership++;
      takeFunctions(load, report);
    } else if (load.report.boot() == report.boot() && load.report.sequence() >= report.sequence()) {
      return false;
    } else if (!report.offersSame(load.report)) {
      takeFunctions(load, report);
    }
    load.take(nowNanos, report);
    return true;
  }

  private void takeFunctions(PeerLoad load, PeerReport report) {
    PeerReport last = load.report;
    boolean anew = report.complete() || last.boot() != report.boot();
    Set<FunctionName> functions = anew ? new TreeSet<>() : new TreeSet<>(load.functions);
    for (RunTime time : report.runTimes()) {
      if (functions.size() < options.functionsPerPeerMax()) {
        functions.add(time.function());
      }
    }
    if (!functions.equals(load.functions)
        || last.slots() != report.slots()
        || last.cores() != report.cores()
        || last.memoryMib() != report.memoryMib()
        || !last.tags().equals(report.tags())) {
      load.functions = functions.equals(offered) ? offered : functions;
      offered = load.functions;
      membership++;
    }
  }

  /**
   * Notes that tasks were handed out to {@code peer} that keep it busy for so long. Hints do this
   * for what they choose.
   */
  public void handedOut(long nowNanos, PeerId peer, long busyNanos) {
    PeerLoad load = loads.get(peer);
    if (load != null) {
      load.handOut(nowNanos, busyNanos);
    }
  }

  /** Undoes {@link #handedOut}, for what the peer didn't take. */
  public void handedBack(PeerId peer, long busyNanos) {
    PeerLoad load = loads.get(peer);
    if (load != null) {
      load.handBack(busyNanos);
    }
  }

  /**
   * Notes when the peer should be through according to what others see, such as its claims; its
   * next reports are believed within [½, 2] of that.
   */
  public void seen(PeerId peer, long finishNanos) {
    PeerLoad load = loads.get(peer);
    if (load != null) {
      load.seenNanos = finishNanos;
    }
  }

  /** Notes how long the peer took from being handed a task to its result. */
  public void responded(PeerId peer, long nanos) {
    PeerLoad load = loads.get(peer);
    if (load != null) {
      load.respond(nanos);
    }
  }

  /** Forgets a peer that is gone: from now on nobody is sent there. */
  public void forget(PeerId peer) {
    PeerLoad gone = loads.remove(peer);
    if (gone != null) {
      PeerLoad last = all.remove(all.size() - 1);
      if (last != gone) {
        last.place = gone.place;
        all.set(gone.place, last);
      }
      membership++;
    }
  }

  /** How many peers are known. */
  public int size() {
    return loads.size();
  }

  /** Whose loads these are. */
  public PeerId own() {
    return own;
  }

  /** The peer's latest report, if it is known. */
  public @Nullable PeerReport latest(PeerId peer) {
    PeerLoad load = loads.get(peer);
    return load == null ? null : load.report;
  }

  /** From now until the peer is through with what it holds; 0 if it is unknown. */
  public long finishNanos(long nowNanos, PeerId peer) {
    PeerLoad load = loads.get(peer);
    return load == null ? 0 : load.finishNanos(nowNanos);
  }

  /**
   * How the peers stand that can run tasks of a kind: they offer its function, have its tags, cores
   * and memory, a slot at all, and were heard of lately.
   *
   * @param hintNanos what the submitter expects such a task to take, or 0
   */
  public List<Standing> standings(long nowNanos, Estimates estimates, Kind kind, long hintNanos) {
    return standings(nowNanos, estimates, kind, hintNanos, load -> load.finishNanos(nowNanos));
  }

  /** The same, with finish times that somebody knows better. */
  List<Standing> standings(
      long nowNanos,
      Estimates estimates,
      Kind kind,
      long hintNanos,
      ToLongFunction<PeerLoad> finishNanos) {
    List<Standing> standings = new ArrayList<>(loads.size());
    for (PeerLoad load : loads.values()) {
      if (isAble(nowNanos, load, kind)) {
        standings.add(standing(estimates, kind, hintNanos, load, finishNanos));
      }
    }
    return standings;
  }

  private static Standing standing(
      Estimates estimates,
      Kind kind,
      long hintNanos,
      PeerLoad load,
      ToLongFunction<PeerLoad> finishNanos) {
    return Standing.of(
        load.peer,
        load.slotsFor(kind.need()),
        finishNanos.applyAsLong(load),
        estimates.estimate(load.peer, kind, hintNanos));
  }

  /** Any of the peers, which are at least one. */
  PeerLoad any(RandomGenerator random) {
    return all.get(random.nextInt(all.size()));
  }

  /** How one peer stands; null if it is unknown, or can't run such tasks. */
  public @Nullable Standing standing(
      long nowNanos, Estimates estimates, Kind kind, long hintNanos, PeerId peer) {
    return standing(nowNanos, estimates, kind, hintNanos, peer, load -> load.finishNanos(nowNanos));
  }

  /** The same, with a finish time that somebody knows better. */
  @Nullable Standing standing(
      long nowNanos,
      Estimates estimates,
      Kind kind,
      long hintNanos,
      PeerId peer,
      ToLongFunction<PeerLoad> finishNanos) {
    PeerLoad load = loads.get(peer);
    return load == null || !isAble(nowNanos, load, kind)
        ? null
        : standing(estimates, kind, hintNanos, load, finishNanos);
  }

  private boolean isAble(long nowNanos, PeerLoad load, Kind kind) {
    int peers = loads.size() + strangers;
    long ageNanos = Periods.silenceNanos(options.reportAge().toNanos(), 0, peers, true);
    return (load.own || nowNanos - load.atNanos <= ageNanos) && load.canRun(kind);
  }

  /** The peers that can run tasks of a kind, in the order in which they were first heard of. */
  List<PeerLoad> able(long nowNanos, Kind kind) {
    List<PeerLoad> able = new ArrayList<>(loads.size());
    for (PeerLoad load : loads.values()) {
      if (isAble(nowNanos, load, kind)) {
        able.add(load);
      }
    }
    return able;
  }

  /** Rises whenever peers come or go, or can run other tasks than before. */
  long membership() {
    return membership;
  }
}
