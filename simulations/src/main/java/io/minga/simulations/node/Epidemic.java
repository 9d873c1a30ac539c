package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Input;
import io.minga.node.task.Announcement;
import io.minga.node.task.LoadReport;
import io.minga.simulations.network.Fault;
import io.minga.simulations.network.LinkOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Gossip as an epidemic: what a peer says reaches everybody that is connected with anybody, after
 * as many hops as a mesh of eight neighbours takes.
 *
 * <p>Messages come out of order. A message that is lost on its way comes again a heartbeat later,
 * when somebody says that they have it; one in so many is lost for good, and one in so many comes
 * twice. In networks of more than {@link #ALL_MAX} peers, announcements and claims go to those only
 * that hold some of the batch or gave it; the others would take note of them, and do nothing. Their
 * bytes count all the same.
 */
final class Epidemic {
  /** The most peers of whom each hears of every batch. */
  static final int ALL_MAX = 100;

  private static final int MESH = 8;
  private static final long HEARTBEAT_NANOS = SECOND;

  /** A message's envelope: topic, author, sequence number, signature. */
  private static final int ENVELOPE_BYTES = 160;

  private final World world;
  private final LinkOptions link;
  private final SplittableRandom random;
  private final long grainNanos;

  /** What arrives at a moment, by moment and then by peer. */
  private final Map<Long, Map<Integer, List<Input>>> arriving = new LinkedHashMap<>();

  private final Map<Id, Set<Integer>> concerned = new LinkedHashMap<>();
  private final Map<Id, Input> announced = new LinkedHashMap<>();
  private final Map<Integer, LoadReport> reports = new LinkedHashMap<>();
  private double lossShare;
  private double doubleShare;
  private long messages;
  private long bytes;

  Epidemic(World world, LinkOptions link, int peers) {
    this.world = world;
    this.link = link;
    this.random = world.simulation().random("gossip");
    this.grainNanos = peers <= ALL_MAX ? MILLI : 10 * MILLI;
  }

  /** From now on so many of what peers hear is lost for good, or comes twice. */
  void disturb(double loss, double doubling) {
    lossShare = loss;
    doubleShare = doubling;
  }

  /** How many bytes all peers together have taken in. */
  long bytes() {
    return bytes;
  }

  long messages() {
    return messages;
  }

  /** From its last report on, how long a peer is busy. */
  double finishSeconds(int peer) {
    LoadReport last = reports.get(peer);
    return last == null ? 0 : last.workMicros() / 1e6 / Math.max(1, last.slots());
  }

  void report(NodePeer from, LoadReport report) {
    reports.put(from.number, report);
    try {
      Bytes encoded = report.encode(World.LIMITS);
      LoadReport read = LoadReport.decode(World.LIMITS, encoded);
      spread(from, new Input.Loaded(from.id, read), encoded.length(), List.of());
    } catch (WireException wrong) {
      throw unreadable(from, wrong);
    }
  }

  void announce(NodePeer from, Announcement announcement) {
    try {
      Bytes encoded = announcement.encode(from.id);
      Announcement read = Announcement.decode(World.LIMITS, encoded, from.id);
      Input input = new Input.Announced(from.id, read);
      Id batch = id(announcement.batch());
      concerned(batch).add(from.number);
      announced.put(batch, input);
      spread(from, input, encoded.length(), List.of(batch));
    } catch (WireException wrong) {
      throw unreadable(from, wrong);
    }
  }

  void claim(NodePeer from, ClaimMessage message) {
    message.deltas().forEach(delta -> world.story().claims(from, delta));
    try {
      byte[] encoded = message.encode();
      ClaimMessage read = ClaimMessage.decode(id(from.id), encoded);
      List<Id> batches = message.deltas().stream().map(ClaimDelta::batch).toList();
      spread(from, new Input.Claimed(from.id, read), encoded.length, batches);
    } catch (MalformedException wrong) {
      throw unreadable(from, wrong);
    }
  }

  private static BrokenPromiseException unreadable(NodePeer from, Exception why) {
    return new BrokenPromiseException(-1, from + " says what nobody can read: " + why);
  }

  private static Id id(PeerId peer) {
    return Id.of(peer.multihash().toByteArray());
  }

  private static Id id(Cid batch) {
    return Id.of(batch.toBytes().toByteArray());
  }

  private boolean isToAll() {
    return world.size() <= ALL_MAX;
  }

  private Set<Integer> concerned(Id batch) {
    return concerned.computeIfAbsent(batch, it -> new LinkedHashSet<>());
  }

  /** A peer may come to hold some of a batch. */
  void concerns(Cid batch, int peer) {
    if (isToAll()) {
      return;
    }
    Id id = id(batch);
    if (concerned(id).add(peer)) {
      Input missed = announced.get(id);
      if (missed != null) {
        arrive(peer, missed, delayNanos());
      }
    }
  }

  private void spread(NodePeer from, Input said, int length, List<Id> batches) {
    messages++;
    world.simulation().trace().add(from.number * 0x10001L + length);
    if (world.network().connectionsOf(from.number).isEmpty()) {
      return;
    }
    if (!batches.isEmpty() && !isToAll()) {
      bytes += (long) (length + ENVELOPE_BYTES) * (world.size() - 1);
      Set<Integer> all = new LinkedHashSet<>();
      batches.forEach(batch -> all.addAll(concerned(batch)));
      all.forEach(to -> reach(from, to, said));
      return;
    }
    for (int to = 0; to < world.size(); to++) {
      if (reach(from, to, said)) {
        bytes += length + ENVELOPE_BYTES;
      }
    }
  }

  private boolean reach(NodePeer from, int to, Input said) {
    if (to == from.number
        || !world.network().isUp(to)
        || world.network().isCut(from.number, to)
        || world.network().connectionsOf(to).isEmpty()) {
      return false;
    }
    if (lossShare > 0 && random.nextDouble() < lossShare) {
      world.struck(NodeFault.GOSSIP_LOST);
      return false;
    }
    arrive(to, said, delayNanos());
    if (doubleShare > 0 && random.nextDouble() < doubleShare) {
      world.struck(NodeFault.GOSSIP_TWICE);
      arrive(to, said, delayNanos() + random.nextLong(HEARTBEAT_NANOS));
    }
    return true;
  }

  /** Most peers are as many hops away as it takes for the mesh to have reached them all. */
  private long delayNanos() {
    int hops = 1;
    long reached = MESH;
    while (reached < world.size() && random.nextInt(world.size()) >= reached) {
      reached *= MESH - 1;
      hops++;
    }
    long delayNanos = 0;
    for (int hop = 0; hop < hops; hop++) {
      delayNanos += hopNanos();
    }
    return delayNanos;
  }

  private long hopNanos() {
    long spread = link.latencyMaxNanos() - link.latencyMinNanos() + link.jitterNanos();
    long nanos = link.latencyMinNanos() + (spread == 0 ? 0 : random.nextLong(spread));
    if (link.loss() > 0 && random.nextDouble() < link.loss()) {
      world.network().faults().struck(Fault.LOSS);
      nanos += 2 * nanos + SECOND / 5; // TCP sends it again
    }
    return nanos;
  }

  private void arrive(int to, Input input, long delayNanos) {
    long now = world.simulation().nowNanos();
    long moment = (now + delayNanos + grainNanos - 1) / grainNanos;
    Map<Integer, List<Input>> then = arriving.get(moment);
    if (then == null) {
      then = new LinkedHashMap<>();
      arriving.put(moment, then);
      world.simulation().at(moment * grainNanos, () -> arrived(moment));
    }
    then.computeIfAbsent(to, it -> new ArrayList<>(2)).add(input);
  }

  private void arrived(long moment) {
    Map<Integer, List<Input>> inputs = arriving.remove(moment);
    if (inputs == null) {
      return;
    }
    inputs.forEach(
        (to, its) -> {
          NodePeer peer = world.peer(to);
          if (!world.network().connectionsOf(to).isEmpty()) {
            world.network().act(to, peer, () -> peer.inputs(its));
          }
        });
  }
}
