package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import io.minga.node.task.TaskLimits;
import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.Network;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** The peers of a run, with all that is around them. */
final class World {
  static final String NETWORK = "lab";
  static final TaskLimits LIMITS = TaskLimits.defaults();

  /** Discovery looks for more when a peer has fewer connections. */
  private static final int CONNECTIONS_LOW = 8;

  private static final long LOOK_NANOS = 2 * SECOND;

  /** In a network of so many peers, everybody is connected with everybody. */
  private static final int SMALL = 101;

  /** So many connections each peer of a larger one begins with; its core asks for more. */
  private static final int CONNECTIONS_FIRST = 40;

  /** More join one by one: all that they say first would be under way at once. */
  private static final int CROWD = 1024;

  /** How long one after the other. */
  private static final long JOIN_NANOS = 600_000;

  private final Plan plan;
  private final Simulation simulation;
  private final Network<Packet> network;
  private final Ledger ledger;
  private final Gossip gossip;
  private final Checks checks;
  private final Blocks blocks;
  private final PeerNames names = new PeerNames();
  private final List<NodePeer> peers = new ArrayList<>();
  private final List<Integer> lives = new ArrayList<>();
  private final List<FunctionName> functions;
  private final SplittableRandom discovery;
  private final boolean hasFaults;
  private final EnumMap<NodeFault, Long> struck = new EnumMap<>(NodeFault.class);
  private final Story story;
  private Room room;

  /**
   * A world without peers.
   *
   * @param hasFaults whether there may be faults, so that clocks begin anywhere, and drift
   * @param watched the task of which the story is told; -1 for none
   */
  World(Plan plan, boolean hasFaults, int watched) {
    this.plan = plan;
    this.hasFaults = hasFaults;
    this.simulation = new Simulation(plan.seed());
    this.story = new Story(simulation, watched);
    this.room = Room.ofMany(this);
    this.network = new Network<>(simulation, plan.link());
    this.ledger = new Ledger(plan.bursts());
    this.gossip = new Gossip(this, plan.link(), plan.machines().size());
    this.checks = new Checks(this);
    this.blocks = new Blocks(this, plan);
    this.discovery = simulation.random("discovery");
    TreeSet<String> called = new TreeSet<>(List.of("work"));
    plan.bursts().forEach(burst -> called.add(burst.function()));
    this.functions = called.stream().map(FunctionName::new).toList();
  }

  // What there is.

  Plan plan() {
    return plan;
  }

  Simulation simulation() {
    return simulation;
  }

  Network<Packet> network() {
    return network;
  }

  Ledger ledger() {
    return ledger;
  }

  Gossip gossip() {
    return gossip;
  }

  Blocks blocks() {
    return blocks;
  }

  Checks checks() {
    return checks;
  }

  boolean hasFaults() {
    return hasFaults;
  }

  int size() {
    return peers.size();
  }

  NodePeer peer(int number) {
    return peers.get(number);
  }

  int number(PeerId id) {
    int number = names.number(id);
    if (number < 0) {
      throw new BrokenPromiseException(-1, "somebody speaks of " + id + ", whom nobody knows");
    }
    return number;
  }

  /** What becomes of the watched task. */
  Story story() {
    return story;
  }

  // Faults.

  void struck(NodeFault fault) {
    struck.merge(fault, 1L, Long::sum);
  }

  /** Whether nothing else has gone wrong so far. */
  boolean hasOnlyStruck(Set<NodeFault> faults) {
    return faults.containsAll(struck.keySet());
  }

  Map<NodeFault, Long> struck() {
    return new EnumMap<>(struck);
  }

  // Peers.

  /** Adds the next peer, which knows nobody. */
  NodePeer add(Machine machine) {
    int number = peers.size();
    PeerId id = names.add(number);
    SplittableRandom random = simulation.random("clock", number);
    double rate = hasFaults ? 1 + (random.nextDouble() - 0.5) * 2e-4 : 1;
    NodePeer peer = new NodePeer(this, number, id, machine, new WallClock(rate), 0);
    peers.add(peer);
    lives.add(0);
    network.add(peer);
    begin(peer);
    return peer;
  }

  /** Starts a peer again that is down, with the same name and clock. */
  void reboot(int number) {
    NodePeer before = peer(number);
    int life = lives.get(number) + 1;
    lives.set(number, life);
    NodePeer peer = new NodePeer(this, number, before.id, before.machine, before.wall, life);
    peers.set(number, peer);
    network.restart(number, peer);
    begin(peer);
  }

  /** How often a peer has begun. */
  int lives(int number) {
    return lives.get(number) + 1;
  }

  private void begin(NodePeer peer) {
    network.act(peer.number, peer, () -> peer.offer(functions));
    simulation.after(discovery.nextLong(LOOK_NANOS), () -> look(peer));
  }

  /** Connects everybody with everybody, or with some drawn at random; a crowd one by one. */
  void joinAll() {
    if (peers.size() <= Math.min(SMALL, plan.connectionsMax() + 1)) {
      for (int one = 0; one < peers.size(); one++) {
        for (int other = one + 1; other < peers.size(); other++) {
          if (room.isBetween(one, other)) {
            network.join(one, other);
          }
        }
      }
      return;
    }
    int most = Math.min(plan.connectionsMax(), CONNECTIONS_FIRST);
    TreeSet<Integer> steps = new TreeSet<>();
    while (steps.size() < most / 2) {
      steps.add(1 + discovery.nextInt((peers.size() - 1) / 2));
    }
    if (peers.size() <= CROWD) {
      for (int step : steps) {
        for (int one = 0; one < peers.size(); one++) {
          network.join(one, (one + step) % peers.size());
        }
      }
      return;
    }
    for (int one = 0; one < peers.size(); one++) {
      int its = one;
      simulation.at(
          one * JOIN_NANOS,
          () -> steps.forEach(step -> network.join(its, (its + step) % peers.size())));
    }
  }

  /** Peers have few connections from now on; before any has begun. */
  void haveFewConnections() {
    room = Room.ofFew(this, simulation.random("few connections"));
  }

  /** Whom peers have a connection left for. */
  Room room() {
    return room;
  }

  /** A peer wants a connection. */
  void connect(int from, PeerId to) {
    int other = number(to);
    if (room.isBetween(from, other)) {
      network.dial(from, other);
    } else {
      struck(NodeFault.CONNECTIONS_FULL);
    }
  }

  /** Discovery: a peer that has few connections finds others. */
  private void look(NodePeer peer) {
    int number = peer.number;
    if (!network.isUp(number) || !peer(number).equals(peer) || peer.hasLeft()) {
      return;
    }
    int missing = CONNECTIONS_LOW - network.connectionsOf(number).size();
    for (int i = 0; i < missing && !peer.isPaused(); i++) {
      int other = discovery.nextInt(peers.size());
      if (other != number && network.isUp(other) && room.isBetween(number, other)) {
        network.dial(number, other);
      }
    }
    simulation.after(LOOK_NANOS, () -> look(peer));
  }

  /** The caller of a burst makes its calls, if its peer runs. */
  void submit(int burst) {
    Burst its = plan.bursts().get(burst);
    if (its.peer() >= peers.size() || !network.isUp(its.peer())) {
      ledger.skip(burst);
      return;
    }
    ledger.make(burst);
    NodePeer peer = peer(its.peer());
    network.act(its.peer(), peer, () -> peer.submit(its, ledger.first(burst)));
  }

  /** The caller of a burst wants no outcomes any more. */
  void cancel(int burst) {
    Burst its = plan.bursts().get(burst);
    if (ledger.isMade(burst) && network.isUp(its.peer())) {
      ledger.cancel(burst);
      struck(NodeFault.CANCEL);
      NodePeer peer = peer(its.peer());
      network.act(its.peer(), peer, () -> peer.cancel(ledger.first(burst)));
    }
  }

  /** A peer goes, as it does. */
  void exit(int number, Machine.Exit how) {
    if (number >= peers.size() || !network.isUp(number) || peer(number).hasLeft()) {
      return;
    }
    NodePeer peer = peer(number);
    switch (how) {
      case LEAVE -> {
        struck(NodeFault.LEAVE);
        network.act(number, peer, peer::leave);
      }
      case KILL -> {
        struck(NodeFault.KILL);
        network.leave(number);
        ledger.abandonAll(number);
      }
      case VANISH -> {
        struck(NodeFault.VANISH);
        network.crash(number);
        ledger.abandonAll(number);
      }
    }
  }

  /** From now on a share of the peers, those of the highest numbers, is in another part. */
  void split(double share) {
    if (share > 0) {
      struck(NodeFault.PARTITION);
    }
    int first = (int) Math.round(peers.size() * (1 - share));
    for (int number = 0; number < peers.size(); number++) {
      network.partition(number, number >= first ? 1 : 0);
    }
  }

  /** How many tasks peers have taken over from others, so far. */
  long taken() {
    long taken = 0;
    for (NodePeer peer : peers) {
      taken += peer.core().tasksTaken();
    }
    return taken;
  }

  /** How many tasks were given to a second peer since they were late, so far. */
  long copied() {
    long copied = 0;
    for (NodePeer peer : peers) {
      copied += peer.core().tasksCopied();
    }
    return copied;
  }

  /** From now until a peer is through, as it last said; 0 if it is gone. */
  double finishSeconds(int number) {
    return network.isUp(number) ? gossip.finishSeconds(number) : 0;
  }

  /** A peer's process stands still for a while. */
  void pause(int number, long nanos) {
    NodePeer peer = peer(number);
    if (isRunning(number) && !peer.isPaused()) {
      struck(NodeFault.PAUSE);
      peer.pause();
      simulation.after(nanos, () -> network.act(number, peer, peer::resume));
    }
  }

  boolean isRunning(int number) {
    return number < peers.size() && network.isUp(number) && !peer(number).hasLeft();
  }

  /** How many peers run. */
  int running() {
    int running = 0;
    for (int number = 0; number < peers.size(); number++) {
      running += isRunning(number) ? 1 : 0;
    }
    return running;
  }
}
