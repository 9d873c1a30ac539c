package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Periods;
import io.minga.node.task.LoadReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the peers of the network, this one among them, said of themselves last, as long as it is
 * fresh. Safe for any thread; written on the loop.
 */
public final class KnownLoads {
  private final int peersMax;
  private final long silenceNanos;
  private final long periodNanos;
  private final Map<PeerId, Load> loads = new ConcurrentHashMap<>();

  /** What {@code peer} said, and when that was heard. */
  public record Load(PeerId peer, LoadReport report, long heardNanos) {}

  KnownLoads(int peersMax, long silenceNanos, long periodNanos) {
    this.peersMax = peersMax;
    this.silenceNanos = silenceNanos;
    this.periodNanos = periodNanos;
  }

  void heard(PeerId peer, LoadReport report) {
    Load known = loads.get(peer);
    boolean isNew =
        known == null
            || report.boot() > known.report().boot()
            || (report.boot() == known.report().boot()
                && report.sequence() > known.report().sequence());
    if (isNew && (known != null || loads.size() < peersMax)) {
      loads.put(peer, new Load(peer, report, System.nanoTime()));
    }
  }

  /** All that is fresh, in no order. */
  public List<Load> all() {
    long now = System.nanoTime();
    int peers = loads.size();
    loads.values().removeIf(it -> now - it.heardNanos() > freshNanos(it.report(), peers));
    return new ArrayList<>(loads.values());
  }

  private long freshNanos(LoadReport report, int peers) {
    return Periods.silenceNanos(silenceNanos, periodNanos, peers, Periods.isIdle(report));
  }
}
