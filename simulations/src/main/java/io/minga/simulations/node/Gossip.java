package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.MILLI;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.task.Announcement;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Saying;
import io.minga.simulations.gossip.Epidemic;
import io.minga.simulations.network.LinkOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What peers say to all: it is encoded once and decoded once, and goes round as an epidemic. */
final class Gossip implements Epidemic.Ears<Input> {
  /** In networks of so many peers a moment is a millisecond, in larger ones longer. */
  private static final int FEW = 100;

  /** A message's envelope: topic, author, sequence number, signature. */
  private static final int ENVELOPE_BYTES = 160;

  /** So many of the last messages that were told from hand to hand are in memory once. */
  private static final int TOLD_MAX = 16_384;

  private final World world;
  private final Epidemic<Input> epidemic;
  private final Map<Integer, LoadReport> reports = new LinkedHashMap<>();

  /** What was said, as it is read: all that are told it share it, for nothing of it changes. */
  private final Map<Saying, Input> told = new Latest();

  private static final class Latest extends LinkedHashMap<Saying, Input> {
    private static final long serialVersionUID = 1L;

    Latest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Saying, Input> eldest) {
      return size() > TOLD_MAX;
    }
  }

  Gossip(World world, LinkOptions link, int peers) {
    this.world = world;
    long grainNanos = peers <= FEW ? MILLI : MILLI * Math.max(10, Math.min(peers / 25, 100));
    this.epidemic = new Epidemic<>(world.simulation(), world.network(), link, grainNanos, this);
  }

  /** From now on so many of what peers hear is lost for good, or comes twice. */
  void disturb(double loss, double doubling) {
    epidemic.disturb(loss, doubling);
  }

  /** How many bytes all peers together have taken in. */
  long bytes() {
    return epidemic.bytes();
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
      Input said = new Input.Loaded(from.id, read);
      epidemic.spread(from.number, said, encoded.length() + ENVELOPE_BYTES);
    } catch (WireException wrong) {
      throw unreadable(from, wrong);
    }
  }

  void announce(NodePeer from, Announcement announcement) {
    try {
      Bytes encoded = announcement.encode(from.id);
      Announcement read = Announcement.decode(World.LIMITS, encoded, from.id);
      Input input =
          new Input.Announced(from.id, read, sign(from, Saying.Kind.ANNOUNCEMENT, encoded));
      epidemic.spread(from.number, input, encoded.length() + ENVELOPE_BYTES);
    } catch (WireException wrong) {
      throw unreadable(from, wrong);
    }
  }

  void claim(NodePeer from, ClaimMessage message) {
    message.deltas().forEach(delta -> world.checks().says(from, delta));
    try {
      byte[] encoded = message.encode();
      ClaimMessage read = ClaimMessage.decode(from.claimant, encoded);
      Saying signed = sign(from, Saying.Kind.CLAIMS, Bytes.copyOf(encoded));
      Input said = new Input.Claimed(from.id, read, signed);
      epidemic.spread(from.number, said, encoded.length + ENVELOPE_BYTES);
    } catch (MalformedException wrong) {
      throw unreadable(from, wrong);
    }
  }

  /** In place of a signature there is who has signed: nobody forges here. */
  private static Saying sign(NodePeer author, Saying.Kind kind, Bytes message) {
    return new Saying(author.id, kind, message, author.id.multihash());
  }

  /** What is true of what others are said to have said; all of it, or peers lie. */
  List<Input> verify(NodePeer peer, Effect.Verify verify) {
    List<Input> inputs = new ArrayList<>();
    for (Effect.Unproven each : verify.all()) {
      Saying saying = each.saying();
      if (saying.author() == null || !saying.author().multihash().equals(saying.proof())) {
        throw new BrokenPromiseException(-1, peer + " is told what nobody has said");
      }
      Input before = told.putIfAbsent(saying, each.input());
      inputs.add(before == null ? each.input() : before);
    }
    return inputs;
  }

  private static BrokenPromiseException unreadable(NodePeer from, Exception why) {
    return new BrokenPromiseException(-1, from + " says what nobody can read: " + why);
  }

  @Override
  public void hear(int peer, List<Input> messages) {
    NodePeer hearing = world.peer(peer);
    world.network().act(peer, hearing, () -> hearing.inputs(messages));
  }

  @Override
  public void lost() {
    world.struck(NodeFault.GOSSIP_LOST);
  }

  @Override
  public void doubled() {
    world.struck(NodeFault.GOSSIP_TWICE);
  }
}
