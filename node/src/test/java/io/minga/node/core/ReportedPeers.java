package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.PeerReport;
import io.minga.node.schedule.RunTime;
import java.util.List;
import java.util.SplittableRandom;

/** Peers that a submitter has heard of how they stand, and what it gives work out by. */
final class ReportedPeers {
  static final long NOW_NANOS = 1_000_000_000;

  final PeerId self = Village.peer(1);
  final NodeOptions options = NodeOptions.of("lab", 0);
  final Dispatch dispatch = new Dispatch(self, options, new SplittableRandom(1));
  final Loads loads = new Loads(options.schedule(), self);
  final Estimates estimates = new Estimates(options.schedule());

  /** How a peer says that it stands; its tasks are all of the one function that it offers. */
  record Standing(int slots, int free, int queued, long workNanos, long meanNanos) {}

  /** Connects one that has just said so. */
  Lane add(int number, Standing says) {
    return add(number, says, 0);
  }

  /** The same; its run times deviate by so much. */
  Lane add(int number, Standing says, long deviationNanos) {
    PeerId peer = Village.peer(number);
    PeerReport report =
        new PeerReport(
            peer,
            1,
            1,
            says.slots,
            says.free,
            says.queued,
            says.workNanos,
            List.of(new RunTime(Village.WORK, says.meanNanos, deviationNanos, 1000)),
            true,
            List.of(),
            says.slots,
            1024);
    loads.report(NOW_NANOS, report);
    estimates.report(report);
    dispatch.connected(peer);
    return dispatch.lanes().of(peer);
  }

  /** Reckons anew who could take what is demanded. */
  void look(Demand demand) {
    dispatch.look(NOW_NANOS, demand, loads, estimates);
  }
}
