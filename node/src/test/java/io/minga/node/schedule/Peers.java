package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.FunctionName;
import java.util.List;

/** Peers, batches and reports for tests. */
final class Peers {
  static final FunctionName WORK = new FunctionName("work");
  static final Kind KIND = Kind.of(WORK);
  static final long SECOND = 1_000_000_000;

  private Peers() {}

  static PeerId peer(int number) {
    try {
      return PeerId.decode(
          Bytes.of(0, 4, number >>> 24, number >>> 16 & 0xff, number >>> 8 & 0xff, number & 0xff));
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  static Cid batch(int number) {
    return new Cid(1, 0x50, Multihash.sha256(Bytes.utf8("batch " + number)));
  }

  static PeerReport report(int peer, long sequence, int slots, long workNanos, long meanNanos) {
    return new PeerReport(
        peer(peer),
        1,
        sequence,
        slots,
        slots,
        0,
        workNanos,
        List.of(new RunTime(WORK, meanNanos, 0)),
        true,
        List.of(),
        slots,
        1024);
  }

  static Ticket ticket(Kind kind, int priority, long bornNanos) {
    return ticket(kind, priority, bornNanos, 0);
  }

  static Ticket ticket(Kind kind, int priority, long bornNanos, int hops) {
    return new Ticket(kind, new Tenant(peer(0), ""), priority, bornNanos, hops, 0);
  }

  static RunQueue queue(int slots, long meanNanos) {
    return new RunQueue(ScheduleOptions.DEFAULT, (kind, hint) -> meanNanos, slots, slots, 1024);
  }
}
