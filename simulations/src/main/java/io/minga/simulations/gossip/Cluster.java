package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.gossip.router.GossipOptions;
import io.minga.gossip.rpc.Rpc;
import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/** The peers of a run, started, connected and kept connected as a host and discovery would. */
final class Cluster {
  private static final long LOOK_NANOS = 2 * SECOND;

  final Simulation simulation;
  final Network<Rpc> network;
  final Names names = new Names();
  final Messages messages;
  private final GossipPeer.World world;
  private final List<GossipPeer> peers = new ArrayList<>();
  private final List<Long> startedNanos = new ArrayList<>();
  private final List<Long> endedNanos = new ArrayList<>();

  Cluster(long seed, LinkOptions link, int dataBytes) {
    simulation = new Simulation(seed);
    network = new Network<>(simulation, link);
    messages = new Messages(names, dataBytes);
    world = new GossipPeer.World(simulation, network, names, messages);
  }

  /** Starts a peer, which gets the next number. */
  GossipPeer start(GossipOptions options) {
    int number = peers.size();
    GossipPeer peer = new GossipPeer(world, number, options, random(number));
    peers.add(peer);
    startedNanos.add(simulation.nowNanos());
    endedNanos.add(Long.MAX_VALUE);
    network.add(peer);
    return peer;
  }

  /** Starts {@code number} again, with nothing but its name. */
  void restart(int number, GossipOptions options) {
    messages.forget(number);
    SplittableRandom random = simulation.random("restart at " + simulation.nowNanos(), number);
    GossipPeer peer = new GossipPeer(world, number, options, random);
    peers.set(number, peer);
    startedNanos.set(number, simulation.nowNanos());
    endedNanos.set(number, Long.MAX_VALUE);
    network.restart(number, peer);
  }

  private SplittableRandom random(int number) {
    return simulation.random("peer", number);
  }

  /** Ends {@code number}, with or without a word. */
  void end(int number, boolean silently) {
    endedNanos.set(number, simulation.nowNanos());
    if (silently) {
      network.crash(number);
    } else {
      network.leave(number);
    }
  }

  /** Has {@code number} dial when it has fewer than {@code low} connections, as long as it runs. */
  void keepConnected(int number, int low, SplittableRandom random, IntUnaryOperator candidate) {
    GossipPeer peer = peer(number);
    simulation.after(
        LOOK_NANOS / 2 + random.nextLong(LOOK_NANOS), () -> look(peer, low, random, candidate));
  }

  private void look(GossipPeer peer, int low, SplittableRandom random, IntUnaryOperator candidate) {
    int number = peer.number();
    if (!network.isUp(number) || !peer(number).equals(peer)) {
      return;
    }
    int missing = low - network.connectionsOf(number).size();
    for (int i = 0; i < missing; i++) {
      network.dial(number, candidate.applyAsInt(number));
    }
    simulation.after(LOOK_NANOS, () -> look(peer, low, random, candidate));
  }

  GossipPeer peer(int number) {
    return peers.get(number);
  }

  int size() {
    return peers.size();
  }

  /** Whether {@code number} ran during all of that time. */
  boolean ran(int number, long fromNanos, long toNanos) {
    return startedNanos.get(number) <= fromNanos && endedNanos.get(number) >= toNanos;
  }
}
