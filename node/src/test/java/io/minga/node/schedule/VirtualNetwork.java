package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;
import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Peers that share one burst, in virtual time: 50 ms from one to another, loads every two seconds,
 * hints by the first peer, then rebalancing by all; log-normal run times of a second on average,
 * the deviation half of that.
 */
final class VirtualNetwork {
  private static final long DELAY = 50_000_000;
  private static final long BEGIN = 2 * SECOND;
  private static final long FOREVER = 100_000 * SECOND;

  /**
   * What a peer can do.
   *
   * @param joinsSeconds when it comes; 0 if it is there before the burst
   * @param slowsSeconds when it becomes ten times as slow
   */
  record Machine(int slots, double speed, double joinsSeconds, double slowsSeconds) {
    private static final double SLOWS_TIMES = 10;

    Machine(int slots, double speed) {
      this(slots, speed, 0, Double.POSITIVE_INFINITY);
    }

    /** When a task ends here that begins so long after the burst. */
    double endNanos(double begin, double length) {
      double slows = slowsSeconds * SECOND;
      double end = begin + length / speed;
      return end <= slows ? end : end + (SLOWS_TIMES - 1) * (end - Math.max(begin, slows));
    }

    /** How much a slot has done until then. */
    double workSeconds(double seconds) {
      double whole = Math.max(0, Math.min(seconds, slowsSeconds) - joinsSeconds);
      return speed * (whole + Math.max(0, seconds - slowsSeconds) / SLOWS_TIMES);
    }
  }

  /**
   * What came of a run, in seconds from the burst.
   *
   * @param bound when any slot would idle, were it over
   * @param central by a central queue that knows the speeds, but no run time beforehand
   * @param list by an all-knowing scheduler that takes tasks as they come
   * @param longestFirst by one that takes the longest first
   */
  record Outcome(
      double makespan,
      double bound,
      double central,
      double list,
      double longestFirst,
      int moves,
      int done) {
    /** Over what is possible without delays to those who don't know run times beforehand. */
    double ratio() {
      return makespan / central;
    }

    /** Over the best that is known to be possible. */
    double ratioToBest() {
      return makespan / Math.max(bound, Math.min(list, longestFirst));
    }
  }

  private record Event(long nanos, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return nanos != other.nanos
          ? Long.compare(nanos, other.nanos)
          : Long.compare(sequence, other.sequence);
    }
  }

  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<Cid, double[]> lengths = new LinkedHashMap<>();
  private final boolean rebalances;
  private long now;
  private long sequence;
  private long lastEnd;
  private int done;
  private int moves;

  private VirtualNetwork(long seed, boolean rebalances) {
    this.random = new Random(seed);
    this.rebalances = rebalances;
  }

  private void at(long nanos, Runnable action) {
    events.add(new Event(nanos, sequence++, action));
  }

  private final class Node {
    final PeerId id;
    final Machine machine;
    final Loads loads;
    final Estimates estimates = new Estimates(ScheduleOptions.DEFAULT);
    final RunQueue queue;
    final Rebalancer rebalancer;
    final List<Long> begun = new ArrayList<>();
    long reports;

    Node(int number, Machine machine, boolean known) {
      this.id = Peers.peer(number);
      this.machine = machine;
      this.loads = new Loads(ScheduleOptions.DEFAULT, id);
      this.queue =
          new RunQueue(
              ScheduleOptions.DEFAULT,
              (kind, hint) -> estimates.estimate(id, kind, hint).meanNanos(),
              machine.slots(),
              machine.slots(),
              0);
      this.rebalancer = new Rebalancer(ScheduleOptions.DEFAULT, 0, number);
      if (known) {
        for (int i = 0; i < 64; i++) {
          estimates.observe(id, WORK, 0, length(random, machine.speed()));
        }
      }
    }

    long running() {
      long mean = estimates.estimate(id, KIND, 0).meanNanos();
      return begun.stream().mapToLong(it -> Estimates.remainingNanos(mean, now - it)).sum();
    }

    void report() {
      RunTime time = estimates.measured(id, WORK);
      PeerReport report =
          new PeerReport(
              id,
              1,
              ++reports,
              machine.slots(),
              machine.slots() - begun.size(),
              queue.size(),
              queue.workNanos() + running(),
              List.of(time == null ? new RunTime(WORK, 0, 0) : time),
              true,
              List.of(),
              machine.slots(),
              0);
      loads.report(now, report);
      for (Node other : nodes) {
        if (other != this) {
          at(now + DELAY, () -> other.hear(report));
        }
      }
    }

    void hear(PeerReport report) {
      loads.report(now, report);
      estimates.report(report);
    }

    void tick() {
      report();
      if (rebalances) {
        rebalancer.expired(now, queue);
        for (Offer offer :
            rebalancer.offers(now, loads, estimates, queue, running(), Rebalancer.Rules.ANY)) {
          Node to = nodes.get(numberOf(offer.to()));
          at(now + DELAY, () -> to.offered(this, offer));
        }
        start();
      }
      at(now + 2 * SECOND - SECOND / 5 + random.nextInt((int) SECOND / 5 * 2), this::tick);
    }

    void offered(Node from, Offer offer) {
      int welcome =
          rebalancer.welcome(
              now,
              loads,
              estimates,
              queue,
              running(),
              from.id,
              KIND,
              offer.tasks(),
              offer.workNanos());
      Map<Cid, IndexSet> taken = new LinkedHashMap<>();
      for (Queued lot : offer.lots()) {
        int[] indexes = lot.indexes().toArray();
        int count = Math.min(welcome, indexes.length);
        welcome -= count;
        if (count > 0) {
          IndexSet set = IndexSet.range(0, indexes[count - 1] + 1).and(lot.indexes());
          Ticket old = lot.ticket();
          queue.add(
              lot.batch(),
              set,
              new Ticket(old.kind(), old.tenant(), 5, old.bornNanos(), old.hops() + 1, 0));
          taken.merge(lot.batch(), set, IndexSet::or);
          moves += count;
        }
      }
      start();
      at(
          now + DELAY,
          () -> {
            from.rebalancer.answered(now, id, offer.exchange(), taken, from.queue);
            from.start();
          });
    }

    void start() {
      while (begun.size() < machine.slots()) {
        Queued run = queue.pop(now, machine.slots() - begun.size(), 0);
        if (run == null) {
          return;
        }
        int index = run.indexes().last();
        double[] batch = Objects.requireNonNull(lengths.get(run.batch()));
        long length =
            Math.round(
                machine.endNanos((double) (now - BEGIN), batch[index]) - (double) (now - BEGIN));
        Long began = now;
        begun.add(began);
        at(
            now + length,
            () -> {
              begun.remove(began);
              estimates.observe(id, WORK, 0, length);
              Node submitter = nodes.get(0);
              if (this != submitter) {
                at(now + DELAY, () -> submitter.estimates.observe(id, WORK, 0, length));
              }
              lastEnd = Math.max(lastEnd, now);
              done += run.indexes().size();
              start();
            });
      }
    }
  }

  private static int numberOf(PeerId peer) {
    int number = 0;
    for (int i = 2; i < 6; i++) {
      number = number << 8 | peer.multihash().at(i);
    }
    return number;
  }

  /** A run time in nanoseconds. */
  private static long length(Random random, double speed) {
    double variance = Math.log(1.25);
    double log = -variance / 2 + Math.sqrt(variance) * random.nextGaussian();
    return Math.max(1, Math.round(SECOND * Math.exp(log) / speed));
  }

  /**
   * Runs a burst to its end.
   *
   * @param known whether each peer has run the function before
   */
  static Outcome run(
      long seed, List<Machine> machines, int tasks, boolean known, boolean rebalances) {
    VirtualNetwork network = new VirtualNetwork(seed, rebalances);
    for (int i = 0; i < machines.size(); i++) {
      network.nodes.add(network.new Node(i, machines.get(i), known));
    }
    for (Node node : network.nodes) {
      long joins = Math.round(node.machine.joinsSeconds() * SECOND);
      network.at(joins + network.random.nextLong(SECOND), node::report);
      network.at(joins + BEGIN + network.random.nextLong(2 * SECOND), node::tick);
    }
    network.at(BEGIN, () -> network.submit(tasks));
    while (network.done < tasks && !network.events.isEmpty() && network.now < FOREVER) {
      Event event = network.events.remove();
      network.now = event.nanos();
      event.action().run();
    }
    double[] lengths = network.lengths.values().stream().flatMapToDouble(Arrays::stream).toArray();
    return new Outcome(
        (double) (network.lastEnd - BEGIN) / SECOND,
        Oracle.boundSeconds(machines, lengths),
        Oracle.centralSeconds(machines, lengths),
        Oracle.listSeconds(machines, lengths),
        Oracle.longestFirstSeconds(machines, lengths),
        network.moves,
        network.done);
  }

  private void submit(int tasks) {
    Node submitter = nodes.get(0);
    Hints hints = new Hints(ScheduleOptions.DEFAULT, random);
    int size = Math.max(1, Math.min(256, tasks / (4 * nodes.size())));
    for (int from = 0, number = 0; from < tasks; from += size, number++) {
      int count = Math.min(size, tasks - from);
      Cid batch = Peers.batch(number);
      double[] each = new double[count];
      for (int i = 0; i < count; i++) {
        each[i] = length(random, 1);
      }
      lengths.put(batch, each);
      Hint hint = hints.next(now, submitter.loads, submitter.estimates, Wish.balanced(KIND, count));
      if (hint == null) {
        throw new AssertionError("nobody takes batch " + number);
      }
      Node owner = nodes.get(numberOf(hint.peer()));
      Ticket ticket = Peers.ticket(KIND, 5, now);
      at(
          now + (owner == submitter ? 0 : DELAY),
          () -> {
            owner.queue.add(batch, IndexSet.range(0, count), ticket);
            owner.rebalancer.came(now);
            owner.start();
          });
    }
  }
}
