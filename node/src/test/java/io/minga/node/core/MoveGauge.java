package io.minga.node.core;

import io.minga.node.schedule.ScheduleOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;

/**
 * How long jobs take in a village with moves and without, against a central queue that knows all
 * speeds and has no delays, and how many tasks move. Run by hand.
 */
final class MoveGauge {
  private static final int SEEDS = Integer.getInteger("seeds", 10);
  private static final double SECOND = 1e9;

  private MoveGauge() {}

  private record Result(double toOracle, double moves, double announced, long frameBytes) {}

  /** What happens besides the jobs. */
  private enum Scene {
    /** One submitter, who knows all peers. */
    ONE_SUBMITTER,
    /** Four of them, at once. */
    FOUR_SUBMITTERS,
    /** Four, of whom each reaches five peers only, for ten seconds. */
    FAR_SUBMITTERS,
    /** One, and a tenth of the peers become ten times slower half-way. */
    SLOW_PEERS
  }

  private static NodeOptions options(int slots, boolean moves) {
    NodeOptions any = NodeOptions.of("lab", slots);
    ScheduleOptions s = any.schedule();
    ScheduleOptions schedule =
        new ScheduleOptions(
            s.peersMax(),
            s.functionsMax(),
            s.functionsPerPeerMax(),
            s.queuedMax(),
            s.kindsMax(),
            s.needsMax(),
            s.tenantsMax(),
            s.offersMax(),
            s.poolsMax(),
            s.kindsPerPeriodMax(),
            s.movesMax(),
            moves ? s.period() : Duration.ofDays(365),
            s.answerTime(),
            s.patience(),
            s.remoteTime(),
            s.reportAge());
    return new NodeOptions(
        any.network(),
        any.slots(),
        any.tags(),
        any.cores(),
        any.memoryMib(),
        any.version(),
        any.tasks(),
        schedule,
        any.claims(),
        any.limits(),
        any.times());
  }

  private static Result run(long seed, Scene scene, int tasks, int micros, boolean moves) {
    Village village = new Village(seed);
    village.lossless = true;
    int count = scene == Scene.FOUR_SUBMITTERS || scene == Scene.FAR_SUBMITTERS ? 4 : 1;
    List<House> submitters = new ArrayList<>();
    List<House> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      submitters.add(village.add(0, 1, options(0, moves)));
    }
    for (int i = 0; i < 20; i++) {
      int slots = 1 + village.random.nextInt(8);
      double slowness = Math.exp((village.random.nextDouble() - 0.5) * 2 * Math.log(4));
      peers.add(village.add(slots, slowness, options(slots, moves), Village.WORK));
    }
    if (scene == Scene.FAR_SUBMITTERS) {
      for (int i = 0; i < peers.size(); i++) {
        for (int j = 0; j < count; j++) {
          if (i % count != j) {
            village.roads.bar(submitters.get(j), peers.get(i));
          }
        }
      }
      village.in(13_000, village.roads::unbar);
    }
    village.meet(3_000);
    long begun = village.nowNanos;
    List<Call> calls = new ArrayList<>();
    for (House submitter : submitters) {
      calls.addAll(submitter.submit(Village.WORK, tasks / count, micros, true));
    }
    List<Double> speeds = new ArrayList<>();
    peers.forEach(peer -> speeds.add(peer.slots.slowness));
    double oracle = oracle(peers, tasks, micros * 1e-6, Double.MAX_VALUE);
    if (scene == Scene.SLOW_PEERS) {
      double half = oracle / 2;
      oracle = oracle(peers, tasks, micros * 1e-6, half);
      village.in(
          (long) (half * 1000), () -> peers.subList(0, 2).forEach(it -> it.slots.slowness *= 10));
    }
    if (!village.passUntilDone(calls, 3_600_000)) {
      throw new IllegalStateException("it does not end");
    }
    long end = peers.stream().mapToLong(peer -> peer.slots.endNanos).max().orElse(0);
    return new Result(
        (end - begun) / SECOND / oracle,
        (double) village.moves.inAll() / tasks,
        village.gossip.announcements,
        village.roads.framesBytes / tasks);
  }

  /** When a queue without delays would be through, in seconds; two peers become slow at a time. */
  private static double oracle(List<House> peers, int tasks, double seconds, double slowAfter) {
    record Slot(double free, House peer) {}
    PriorityQueue<Slot> slots = new PriorityQueue<>((a, b) -> Double.compare(a.free, b.free));
    for (House peer : peers) {
      for (int i = 0; i < peer.slots.count; i++) {
        slots.add(new Slot(0, peer));
      }
    }
    double last = 0;
    for (int i = 0; i < tasks; i++) {
      Slot slot = slots.remove();
      boolean slow = slot.free > slowAfter && peers.indexOf(slot.peer) < 2;
      double end = slot.free + seconds * slot.peer.slots.slowness * (slow ? 10 : 1);
      slots.add(new Slot(end, slot.peer));
      last = Math.max(last, end);
    }
    return last;
  }

  /** Prints a line for each scene. */
  public static void main(String[] arguments) {
    for (Scene scene : Scene.values()) {
      for (int micros : new int[] {20_000, 200_000, 2_000_000}) {
        int tasks = micros == 2_000_000 ? 2_000 : 8_000;
        for (boolean moves : new boolean[] {false, true}) {
          double toOracle = 0;
          double moved = 0;
          double worst = 0;
          long bytes = 0;
          for (int seed = 1; seed <= SEEDS; seed++) {
            Result result = run(seed, scene, tasks, micros, moves);
            toOracle += result.toOracle / SEEDS;
            worst = Math.max(worst, result.toOracle);
            moved += result.moves / SEEDS;
            bytes += result.frameBytes / SEEDS;
          }
          System.out.printf(
              Locale.ROOT,
              "%-16s %6d tasks of %4d ms, moves %-5s: makespan / oracle %.3f (%.3f), moves per task"
                  + " %.3f, %d B a task%n",
              scene,
              tasks,
              micros / 1000,
              moves,
              toOracle,
              worst,
              moved,
              bytes);
        }
      }
    }
  }
}
