package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.plan.Machine;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What goes wrong in a trial, and when. Each kind of fault draws from a generator of its own, so
 * that leaving one out does not change the others.
 */
final class Mischief {
  private static final int TIMES_MAX = 3;
  private static final long HOUR_MILLIS = 3_600_000;

  /** Half a lease of 15 s, a little more than one, and three. */
  private static final long[] LEASES = {7_500 * MILLI, 16_500 * MILLI, 45 * SECOND};

  private static final double GOSSIP_SHARE = 0.05;

  /** How often is looked whether somebody speaks through another. */
  private static final long CARRIER_LOOK_NANOS = 200 * MILLI;

  /** What keeps gossip from nobody. */
  private static final Set<NodeFault> HEARD_BY_ALL =
      EnumSet.of(
          NodeFault.CLOCK_JUMP,
          NodeFault.GOSSIP_TWICE,
          NodeFault.CANCEL,
          NodeFault.PAUSE,
          NodeFault.CARRIER_PAUSES,
          NodeFault.CONNECTIONS_FULL,
          NodeFault.FEW_CONNECTIONS);

  private final World world;
  private final Set<NodeFault> faults;
  private final boolean isSlow;
  private final List<Runnable> mends = new ArrayList<>();
  private boolean isOver;

  /**
   * What may go wrong in a world.
   *
   * @param isSlow whether it takes as long as leases do
   */
  Mischief(World world, Set<NodeFault> faults, boolean isSlow) {
    this.world = world;
    this.isSlow = isSlow;
    this.faults = faults;
  }

  /** Draws what goes wrong in the time to come. */
  void plan(long nanos) {
    for (NodeFault fault : NodeFault.values()) {
      SplittableRandom random = world.simulation().random("fault " + fault.name());
      boolean isChosen = random.nextBoolean();
      if (faults.contains(fault) && isChosen) {
        for (int i = 1 + random.nextInt(TIMES_MAX); i > 0; i--) {
          world.simulation().at(random.nextLong(nanos), () -> strike(fault, random));
        }
      }
    }
    boolean loses = gossip(NodeFault.GOSSIP_LOST);
    boolean doubles = gossip(NodeFault.GOSSIP_TWICE);
    world.gossip().disturb(loses ? GOSSIP_SHARE : 0, doubles ? GOSSIP_SHARE : 0);
  }

  private boolean gossip(NodeFault fault) {
    return faults.contains(fault) && world.simulation().random(fault.name()).nextInt(3) == 0;
  }

  private void strike(NodeFault fault, SplittableRandom random) {
    if (isOver) {
      return;
    }
    int one = random.nextInt(world.size());
    int other = random.nextInt(world.size());
    long spanNanos =
        isSlow ? LEASES[random.nextInt(LEASES.length)] : 10 * MILLI + random.nextLong(5 * SECOND);
    switch (fault) {
      case KILL -> exit(one, Machine.Exit.KILL);
      case VANISH -> exit(one, Machine.Exit.VANISH);
      case LEAVE -> exit(other < 2 ? world.size() - 1 : other, Machine.Exit.LEAVE);
      case REBOOT -> {
        exit(one, Machine.Exit.KILL);
        world.simulation().after(spanNanos, () -> reboot(one));
      }
      case JOIN -> join(random);
      case PAUSE -> {
        if (spanNanos > LEASES[0]) { // else nobody takes it for dead
          world.ledger().mayLackPeers();
        }
        world.pause(one, spanNanos);
      }
      case CLOCK_JUMP -> {
        world.struck(fault);
        world.peer(one).wall.jump(random.nextLong(-HOUR_MILLIS, HOUR_MILLIS));
      }
      case DISCONNECT -> disconnect(one, other);
      case ONE_WAY_CUT -> cut(one, other, spanNanos);
      case PARTITION -> {
        world.ledger().mayLackPeers();
        world.split(0.2 + 0.6 * random.nextDouble());
        world.simulation().after(spanNanos, () -> world.split(0));
      }
      case CARRIER_DIES, CARRIER_PAUSES, CARRIER_FORGETS -> strikeCarrier(fault, random);
      case CANCEL -> world.cancel(random.nextInt(world.plan().bursts().size()));
      case GOSSIP_LOST, GOSSIP_TWICE, CONNECTIONS_FULL, FEW_CONNECTIONS -> {}
    }
  }

  /** Something happens to one through whom others speak; a little later if there is none yet. */
  private void strikeCarrier(NodeFault fault, SplittableRandom random) {
    List<Integer> carriers = world.room().carriers();
    if (isOver || !world.room().isFew()) {
      return;
    }
    if (carriers.isEmpty() || world.running() <= 2) {
      world.simulation().after(CARRIER_LOOK_NANOS, () -> strikeCarrier(fault, random));
      return;
    }
    int carrier = carriers.get(random.nextInt(carriers.size()));
    world.struck(fault);
    world.ledger().mayLackPeers();
    switch (fault) {
      case CARRIER_PAUSES -> world.pause(carrier, 10 * MILLI + random.nextLong(15 * SECOND));
      case CARRIER_FORGETS -> {
        exit(carrier, Machine.Exit.KILL);
        world.simulation().after(10 * MILLI, () -> reboot(carrier));
      }
      default -> exit(carrier, random.nextBoolean() ? Machine.Exit.KILL : Machine.Exit.VANISH);
    }
  }

  private void exit(int number, Machine.Exit how) {
    if (world.running() > 2) {
      world.ledger().mayLackPeers();
      world.exit(number, how);
    }
  }

  private void reboot(int number) {
    if (!world.network().isUp(number)) {
      world.struck(NodeFault.REBOOT);
      world.reboot(number);
    }
  }

  private void join(SplittableRandom random) {
    world.struck(NodeFault.JOIN);
    world.add(Machine.of(1 + random.nextInt(4), 0.5 + random.nextDouble()));
  }

  private void disconnect(int one, int other) {
    if (world.isRunning(one) && world.network().connectionsOf(one).contains(other)) {
      world.ledger().mayLackPeers();
      world.struck(NodeFault.DISCONNECT);
      world.network().disconnect(one, other);
    }
  }

  private void cut(int from, int to, long nanos) {
    if (from != to) {
      world.ledger().mayLackPeers();
      world.struck(NodeFault.ONE_WAY_CUT);
      world.network().cut(from, to);
      Runnable mend = () -> world.network().mend(from, to);
      mends.add(mend);
      world.simulation().after(nanos, mend::run);
    }
  }

  /** Nothing goes wrong any more, and what can be mended is. */
  void end() {
    isOver = true;
    world.gossip().disturb(0, 0);
    world.split(0);
    mends.forEach(Runnable::run);
    for (int number = 0; number < world.size(); number++) {
      NodePeer peer = world.peer(number);
      if (peer.isPaused()) {
        world.network().act(number, peer, peer::resume);
      }
    }
  }

  /** Whether some peer may not have heard what others have. */
  boolean mayHaveKeptGossipFromSomebody() {
    return !HEARD_BY_ALL.containsAll(world.struck().keySet());
  }
}
