package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.node.task.TaskRef;
import io.minga.simulations.network.Fault;
import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A small network drawn from a seed, first with faults, then without.
 *
 * <p>While there are faults, no promise may be broken. Then they stop: all links are mended, all
 * processes go on, and everything must end.
 */
public final class NodeTrial {
  private static final long FAULTS_NANOS = 6 * SECOND;
  private static final long EXCLUSIVE_FAULTS_NANOS = 90 * SECOND;

  /** For longer than anybody waits for whom it can't reach. */
  private static final long FEW_FAULTS_NANOS = 20 * SECOND;

  /** In one trial of so many, peers have few connections. */
  private static final int FEW_EVERY = 4;

  private static final long LIVENESS_NANOS = 120 * SECOND;

  private static final int LONG_TASKS_MAX = 60;
  private static final double SPEED_MIN = 0.5;
  private static final double SLOWS_TIMES = 4;

  /** After which nobody keeps anything of a submitter that vanished. */
  private static final long QUIET_NANOS = 30 * SECOND;

  /** In which what gossip has lost was found by comparing, which all do each minute. */
  private static final long COMPARED_NANOS = 180 * SECOND;

  private static final int NO_TASK = -1;

  /** What strikes many times in a trial, and is no reason for a worker to die once more. */
  private static final Set<NodeFault> NO_HARM =
      EnumSet.of(NodeFault.FEW_CONNECTIONS, NodeFault.CONNECTIONS_FULL);

  private final TrialOptions options;
  private final SplittableRandom random;
  private final World world;
  private final Mischief mischief;
  private final long faultsNanos;

  /**
   * A trial, which has not begun.
   *
   * @param watched the task whose story is told, or -1
   */
  NodeTrial(TrialOptions options, int watched) {
    this.options = options;
    this.random = new SplittableRandom(options.seed());
    this.world = new World(options.exclusive() ? exclusivePlan() : plan(), true, watched);
    this.mischief = new Mischief(world, options.faults(), options.exclusive());
    boolean isFew = hasFewConnections();
    if (isFew) {
      world.haveFewConnections();
    }
    this.faultsNanos =
        options.exclusive() ? EXCLUSIVE_FAULTS_NANOS : isFew ? FEW_FAULTS_NANOS : FAULTS_NANOS;
  }

  /** What came of a trial. */
  public record Outcome(
      long traceHash,
      Map<NodeFault, Long> struck,
      Map<Fault, Long> links,
      int tasks,
      long moved,
      long duplicates) {}

  /**
   * Runs a trial.
   *
   * @throws BrokenPromiseException if something did not hold
   */
  public static Outcome run(TrialOptions options) {
    NodeTrial trial = new NodeTrial(options, NO_TASK);
    trial.play();
    Ledger ledger = trial.world.ledger();
    return new Outcome(
        trial.world.simulation().trace().hash(),
        trial.world.struck(),
        trial.world.network().faults().counts(),
        ledger.size(),
        trial.world.taken(),
        ledger.duplicates());
  }

  /** What became of a task in a trial, a line each, up to where it breaks. */
  public static List<String> story(TrialOptions options, int task) {
    NodeTrial trial = new NodeTrial(options, task);
    try {
      trial.play();
    } catch (BrokenPromiseException broken) {
      trial.world.story().tell("broken: " + broken.getMessage());
      TaskRef ref = trial.world.story().ref();
      for (int number = 0; ref != null && number < trial.world.size(); number++) {
        trial.world.peer(number).remembers(ref).forEach(trial.world.story()::add);
      }
    }
    return trial.world.story().lines();
  }

  /** What a trial draws from its seed. */
  static String describe(TrialOptions options) {
    World world = new NodeTrial(options, NO_TASK).world;
    Plan plan = world.plan();
    return "slots and speeds %s, %s, %s%s"
        .formatted(
            plan.machines().stream()
                .map(it -> "%d × %.2f".formatted(it.slots(), it.speed()))
                .toList(),
            plan.bursts(),
            plan.link(),
            world.room().isFew() ? ", " + world.room() : "");
  }

  private boolean hasFewConnections() {
    return options.faults().contains(NodeFault.FEW_CONNECTIONS)
        && world.plan().machines().size() >= Room.PEERS_MIN
        && world.simulation().random("are connections few").nextInt(FEW_EVERY) == 0;
  }

  // The plan.

  private Plan plan() {
    int peers = 2 + random.nextInt(options.peersMax() - 1);
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      int slots = i == 0 ? random.nextInt(3) : 1 + random.nextInt(4);
      Machine machine = Machine.of(slots, SPEED_MIN + 1.5 * random.nextDouble());
      boolean isSlowing = random.nextInt(4) == 0;
      machines.add(
          isSlowing ? machine.slowing(random.nextLong(FAULTS_NANOS), SLOWS_TIMES) : machine);
    }
    List<Burst> bursts = new ArrayList<>();
    for (int i = 1 + random.nextInt(options.burstsMax()); i > 0; i--) {
      bursts.add(burst());
    }
    long latency = (1 + random.nextInt(50)) * MILLI;
    LinkOptions link =
        new LinkOptions(
            latency,
            latency * (1 + random.nextInt(4)),
            random.nextLong(5 * MILLI),
            12_500_000,
            random.nextInt(3) == 0 ? 0.05 * random.nextDouble() : 0,
            random.nextInt(3) == 0 ? 0.05 : 0,
            random.nextInt(3) == 0 ? 0.05 : 0,
            (1 + random.nextInt(15)) * SECOND);
    return Plan.of("campaign", options.seed(), machines, bursts).with(link);
  }

  private Burst burst() {
    int count = 1 + random.nextInt(random.nextBoolean() ? 10 : options.tasksMax());
    boolean isLong = random.nextInt(4) == 0; // then there is time to move some of it
    count = Math.min(isLong ? Math.min(count, LONG_TASKS_MAX) : count, options.tasksMax());
    double mean = (double) (random.nextBoolean() ? MILLI / 20 : 20 * MILLI);
    mean = isLong ? (double) (300 * MILLI) : mean;
    Burst burst =
        Burst.job(
            random.nextLong(FAULTS_NANOS),
            random.nextInt(2),
            Lengths.logNormal(random, count, mean, isLong ? 2 : 1));
    burst = random.nextBoolean() ? burst : burst.asCalls();
    return switch (random.nextInt(8)) {
      case 0 -> burst.of(Ledger.FLAKY);
      case 1 -> burst.of(Ledger.KILLER);
      default -> burst;
    };
  }

  /** Few peers with a few calls, of which some run for longer than a lease. */
  private Plan exclusivePlan() {
    int peers = 3 + random.nextInt(Math.max(1, options.peersMax() - 2));
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < Math.min(peers, options.peersMax()); i++) {
      int slots = i < 2 ? random.nextInt(2) : 1 + random.nextInt(2);
      machines.add(Machine.of(slots, SPEED_MIN + 1.5 * random.nextDouble()));
    }
    List<Burst> bursts = new ArrayList<>();
    for (int i = 1 + random.nextInt(options.burstsMax()); i > 0; i--) {
      int count = 1 + random.nextInt(options.tasksMax());
      double mean = (double) (random.nextInt(3) == 0 ? SECOND / 5 : 6 * SECOND);
      Lengths lengths = Lengths.logNormal(random, count, mean, 1);
      long at = random.nextLong(EXCLUSIVE_FAULTS_NANOS);
      Burst burst = Burst.job(at, random.nextInt(2), lengths).of(Ledger.EXCLUSIVE);
      bursts.add(random.nextBoolean() ? burst : burst.asCalls());
    }
    long latency = (1 + random.nextInt(50)) * MILLI;
    LinkOptions link =
        new LinkOptions(
            latency,
            latency * 2,
            random.nextLong(5 * MILLI),
            12_500_000,
            random.nextInt(3) == 0 ? 0.05 * random.nextDouble() : 0,
            0,
            0,
            (random.nextBoolean() ? 5 : 60) * SECOND);
    return Plan.of("exclusive", options.seed(), machines, bursts).with(link);
  }

  // The run.

  private void play() {
    for (Machine machine : world.plan().machines()) {
      world.add(machine);
    }
    if (random.nextBoolean()) {
      world.joinAll();
    }
    for (int i = 0; i < world.plan().bursts().size(); i++) {
      int burst = i;
      world.simulation().at(world.plan().bursts().get(i).atNanos(), () -> world.submit(burst));
    }
    mischief.plan(faultsNanos);
    world.simulation().run(faultsNanos);
    mischief.end();
    live();
    world.simulation().run(world.simulation().nowNanos() + quietNanos());
    checkQuiet();
    world.simulation().run(world.simulation().nowNanos() + COMPARED_NANOS - quietNanos());
    checkCompared();
  }

  /** Until nobody has anything to do: a link may be dead for long before its ends notice. */
  private long quietNanos() {
    return QUIET_NANOS + (options.exclusive() ? world.plan().link().breakNanos() : 0);
  }

  private void live() {
    double work = world.plan().bursts().stream().mapToDouble(Burst::workNanos).sum();
    long end =
        world.simulation().nowNanos() + LIVENESS_NANOS + Math.round(work * SLOWS_TIMES / SPEED_MIN);
    while (world.ledger().open() > 0 && world.simulation().step(end)) {
      // until all is done
    }
    if (world.ledger().open() > 0) {
      throw new BrokenPromiseException(
          world.ledger().firstOpen(),
          "it has no outcome %d s after the faults have stopped, as %d others"
              .formatted((end - faultsNanos) / SECOND, world.ledger().open() - 1));
    }
  }

  private void checkQuiet() {
    for (int number = 0; number < world.size(); number++) {
      if (world.isRunning(number) && !world.peer(number).core().isIdle()) {
        throw new BrokenPromiseException(
            world.checks().task(world.peer(number)),
            "%s still has something %d s after all calls were over"
                .formatted(world.peer(number), quietNanos() / SECOND));
      }
    }
    List<Integer> repeated = world.ledger().repeated();
    if (world.struck().isEmpty() && repeated.size() > world.copied()) {
      throw new BrokenPromiseException(
          repeated.get(0),
          "%d tasks that were not called back ran twice, %d copies were made, nothing went wrong"
              .formatted(repeated.size(), world.copied()));
    }
    checkKillers();
    checkDigests();
  }

  /**
   * What kills its workers kills two, and one more for each thing that went wrong, and for each
   * peer from which it was called back.
   */
  private void checkKillers() {
    long wrong = 0;
    for (Map.Entry<NodeFault, Long> each : world.struck().entrySet()) {
      wrong += NO_HARM.contains(each.getKey()) ? 0 : each.getValue();
    }
    long most = 2 + wrong + world.copied();
    Ledger ledger = world.ledger();
    for (int task = 0; task < ledger.size(); task++) {
      if (ledger.burst(task).function().equals(Ledger.KILLER) && ledger.killed(task) > most) {
        throw new BrokenPromiseException(
            task, "it killed %d workers, where %d are right".formatted(ledger.killed(task), most));
      }
    }
  }

  /** Where gossip went everywhere, all have heard the same, and agree. */
  private void checkDigests() {
    if (mischief.mayHaveKeptGossipFromSomebody()) {
      return;
    }
    for (int number = 1; number < world.size(); number++) {
      var first = world.peer(0).core().claimsDigest();
      if (!world.peer(number).core().claimsDigest().equals(first)) {
        throw world.checks().differ(world.peer(0), world.peer(number));
      }
    }
  }

  /**
   * Whoever is there knows by now what all its neighbours have said, if not by gossip then from
   * them. Of others, and of a life that is over, some may know what they can't tell.
   */
  private void checkCompared() {
    List<NodePeer> living = new ArrayList<>();
    for (int number = 0; number < world.size(); number++) {
      if (world.isRunning(number)) {
        living.add(world.peer(number));
      }
    }
    for (NodePeer one : living) {
      for (NodePeer other : living) {
        if (!one.core().claimsDigest().equals(other.core().claimsDigest())) {
          BrokenPromiseException differ = world.checks().differInWhatTheLivingSaid(one, other);
          if (differ != null) {
            throw differ;
          }
        }
      }
    }
  }
}
