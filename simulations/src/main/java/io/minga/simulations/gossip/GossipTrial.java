package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.gossip.router.GossipOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.simulations.network.Fault;
import io.minga.simulations.network.Faults;
import io.minga.simulations.network.LinkOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A small network whose size, links, faults and rates are all drawn from its seed.
 *
 * <p>First safety: while links are cut, peers crash and come back, and forgeries go round, nothing
 * may be delivered twice or that nobody sent, which is checked at each delivery, and no mesh may
 * outgrow its limit after a heartbeat. Then liveness: all faults stop, and once backoffs are over,
 * everything that is published reaches everybody, meshes have their degrees, and no honest peer is
 * held in contempt.
 */
public final class GossipTrial {
  private static final long CHAOS_NANOS = 20 * SECOND;

  /** Connections break, scores and backoffs decay: what faults leave behind is over by then. */
  private static final long CALM_NANOS = 130 * SECOND;

  private static final long DRAIN_NANOS = 10 * SECOND;
  private static final int CALM_MESSAGES = 10;

  private final SplittableRandom random;
  private final Cluster cluster;
  private final LinkOptions link;
  private final int peers;
  private final int low;
  private final int faults;
  private final int chaosMessages;

  /** Who sent forgeries: the others may despise them. */
  private final LinkedHashSet<Integer> forgers = new LinkedHashSet<>();

  /** The trial that {@code seed} describes, not begun. */
  public GossipTrial(long seed) {
    random = new SplittableRandom(seed);
    peers = 5 + random.nextInt(1 + random.nextInt(46));
    low = Math.min(peers - 1, 3 + random.nextInt(10));
    faults = random.nextInt(60);
    chaosMessages = random.nextInt(100);
    long latencyNanos = 1 + random.nextLong(200 * MILLI);
    link =
        new LinkOptions(
            latencyNanos / 4,
            latencyNanos,
            random.nextLong(20 * MILLI),
            random.nextLong(50_000, 12_500_000),
            random.nextDouble(0.03),
            random.nextDouble(0.02),
            random.nextDouble(0.05),
            random.nextLong(2 * SECOND, 20 * SECOND));
    cluster = new Cluster(seed, link, random.nextInt(3) == 0 ? 2000 : 100);
  }

  /**
   * Runs it.
   *
   * @throws BrokenInvariant if something happened that must not, or failed to
   */
  public void run() {
    for (int number = 0; number < peers; number++) {
      cluster.start(GossipOptions.DEFAULT);
      keepConnected(number);
    }
    for (int i = 0; i < faults; i++) {
      cluster.simulation.at(random.nextLong(CHAOS_NANOS), this::strike);
    }
    for (int i = 0; i < chaosMessages; i++) {
      cluster.simulation.at(random.nextLong(CHAOS_NANOS), this::publish);
    }
    runChecked(CHAOS_NANOS);
    stopFaults();
    runChecked(CHAOS_NANOS + CALM_NANOS);
    int before = cluster.messages.sent().size();
    for (int i = 0; i < CALM_MESSAGES; i++) {
      cluster.simulation.after(i * SECOND / 4, this::publish);
    }
    runChecked(CHAOS_NANOS + CALM_NANOS + DRAIN_NANOS);
    checkAllGot(before);
    checkPeers();
  }

  /** Runs event by event; deliveries check themselves. */
  private void runChecked(long untilNanos) {
    long beatNanos = cluster.simulation.nowNanos();
    while (cluster.simulation.step(untilNanos)) {
      if (cluster.simulation.nowNanos() - beatNanos > SECOND) {
        beatNanos = cluster.simulation.nowNanos();
        checkMeshesAreOfNeighbours();
      }
    }
  }

  private void keepConnected(int number) {
    cluster.keepConnected(number, low, random, it -> random.nextInt(peers));
  }

  private int drawUp() {
    int number;
    do {
      number = random.nextInt(peers);
    } while (!cluster.network.isUp(number));
    return number;
  }

  private void publish() {
    cluster.peer(drawUp()).publish();
  }

  private void strike() {
    int number = drawUp();
    int other = random.nextInt(peers);
    long soonNanos = 1 + random.nextLong(CHAOS_NANOS / 2);
    switch (random.nextInt(6)) {
      case 0 -> {
        cluster.network.cut(number, other);
        cluster.simulation.after(soonNanos, () -> cluster.network.mend(number, other));
      }
      case 1 -> split(soonNanos);
      case 2 -> endAndRestart(number, true, soonNanos);
      case 3 -> endAndRestart(number, false, soonNanos);
      case 4 -> disconnectOne(number);
      default -> forge(number, other);
    }
  }

  private void split(long nanos) {
    for (int number = 0; number < peers; number++) {
      cluster.network.partition(number, random.nextInt(2));
    }
    cluster.simulation.after(nanos, this::unite);
  }

  private void unite() {
    for (int number = 0; number < peers; number++) {
      cluster.network.partition(number, 0);
    }
  }

  private void endAndRestart(int number, boolean silently, long nanos) {
    int up = 0;
    for (int i = 0; i < peers; i++) {
      up += cluster.network.isUp(i) ? 1 : 0;
    }
    if (up > peers / 2) {
      cluster.end(number, silently);
      cluster.simulation.after(nanos, () -> restart(number));
    }
  }

  private void restart(int number) {
    if (!cluster.network.isUp(number)) {
      cluster.restart(number, GossipOptions.DEFAULT);
      keepConnected(number);
    }
  }

  private void disconnectOne(int number) {
    List<Integer> connected = new ArrayList<>(cluster.network.connectionsOf(number));
    if (!connected.isEmpty()) {
      cluster.network.disconnect(number, connected.get(random.nextInt(connected.size())));
    }
  }

  /**
   * Sends all whom {@code number} is connected with a message that {@code author} did not write.
   */
  private void forge(int number, int author) {
    for (int other : List.copyOf(cluster.network.connectionsOf(number))) {
      if (other != author && number != author) {
        cluster.network.faults().struck(Fault.FORGERY);
        forgers.add(number);
        cluster.peer(number).forge(other, author);
      }
    }
  }

  private void stopFaults() {
    unite();
    for (int number = 0; number < peers; number++) {
      for (int other = 0; other < peers; other++) {
        cluster.network.mend(number, other);
      }
    }
    for (int number = 0; number < peers; number++) {
      restart(number);
    }
  }

  private void checkMeshesAreOfNeighbours() {
    int highest = GossipOptions.DEFAULT.degrees().high();
    for (int number = 0; number < peers; number++) {
      if (!cluster.network.isUp(number)) {
        continue;
      }
      List<PeerId> mesh = cluster.peer(number).mesh();
      for (PeerId it : mesh) {
        if (!cluster.network.connectionsOf(number).contains(Names.number(it))) {
          throw new BrokenInvariant(
              "peer " + number + " has " + Names.number(it) + " in its mesh, which is gone");
        }
      }
      if (mesh.size() > 2 * highest) {
        throw new BrokenInvariant("peer " + number + " has " + mesh.size() + " in its mesh");
      }
    }
  }

  private void checkAllGot(int before) {
    List<Messages.Sent> all = cluster.messages.sent();
    for (int message = before; message < all.size(); message++) {
      for (int number = 0; number < peers; number++) {
        Messages.Sent sent = all.get(message);
        if (number != sent.author && sent.arrivalMicros(number) == 0) {
          throw new BrokenInvariant(
              "message " + message + " of peer " + sent.author + " did not reach " + number);
        }
      }
    }
  }

  private void checkPeers() {
    for (int number = 0; number < peers; number++) {
      GossipPeer peer = cluster.peer(number);
      List<Integer> honest = peer.subscribers().stream().map(Names::number).toList();
      honest = honest.stream().filter(it -> !forgers.contains(it)).toList();
      for (int other : honest) {
        if (peer.score(other) < 0) {
          throw new BrokenInvariant(
              "peer %d gives %d, which is honest, %.2f"
                  .formatted(number, other, peer.score(other)));
        }
      }
      checkDegree(number, honest);
    }
  }

  /**
   * Who has too few in its mesh has nobody left to ask: each other neighbour's mesh is full enough
   * to have pruned it.
   */
  private void checkDegree(int number, List<Integer> neighbours) {
    GossipOptions.Degrees degrees = GossipOptions.DEFAULT.degrees();
    List<Integer> mesh = cluster.peer(number).mesh().stream().map(Names::number).toList();
    if (mesh.size() > degrees.high()) {
      throw new BrokenInvariant(
          "peer %d has %d in its mesh, over %d".formatted(number, mesh.size(), degrees.high()));
    }
    if (mesh.size() >= degrees.low() || forgers.contains(number)) {
      return;
    }
    for (int other : neighbours) {
      if (!mesh.contains(other) && cluster.peer(other).mesh().size() < degrees.d()) {
        throw new BrokenInvariant(
            "peer %d has %d in its mesh, and not its neighbour %d, which has %d"
                .formatted(number, mesh.size(), other, cluster.peer(other).mesh().size()));
      }
    }
  }

  /** What went wrong in it. */
  public Faults faults() {
    return cluster.network.faults();
  }

  /** The hash of all that happened. */
  public long traceHash() {
    return cluster.simulation.trace().hash();
  }

  /** What was drawn. */
  @Override
  public String toString() {
    return "%d peers with at least %d connections, %d faults, %d messages, %s"
        .formatted(peers, low, faults, chaosMessages, link);
  }
}
