package io.minga.simulations.plan;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.network.LinkOptions;
import java.util.List;

/**
 * What a run goes through. A value: the same plan gives the same run.
 *
 * @param name what the scenario is called
 * @param seed what all else depends on that is drawn while it runs
 * @param machines the peers, by number
 * @param bursts the work, by time
 * @param link the ways between peers
 * @param splits when the network is in parts
 * @param connectionsMax how many connections a peer has at most
 * @param endNanos when it ends if it isn't done
 * @param isAboutJobs whether it is measured how long jobs take in the mean, not when all is done
 */
public record Plan(
    String name,
    long seed,
    List<Machine> machines,
    List<Burst> bursts,
    LinkOptions link,
    List<Split> splits,
    int connectionsMax,
    long endNanos,
    boolean isAboutJobs) {
  /** When the network has been up for long enough to know itself. */
  public static final long BEGIN_NANOS = 3 * SECOND;

  /** 50 ms from peer to peer, a gigabit a second; a dead link is noticed after 15 s. */
  public static final LinkOptions LINK =
      new LinkOptions(50 * MILLI, 50 * MILLI, MILLI, 125_000_000, 0, 0, 0, 15 * SECOND);

  /**
   * Where a host of 4 GiB begins to trim its connections.
   *
   * <p>An eighth of its memory is 512 connections, of which it trims those above seven eighths.
   */
  public static final int CONNECTIONS_MAX = 448;

  /** Copies the lists. */
  public Plan {
    machines = List.copyOf(machines);
    bursts = List.copyOf(bursts);
    splits = List.copyOf(splits);
  }

  /** A plan without faults. */
  public static Plan of(String name, long seed, List<Machine> machines, List<Burst> bursts) {
    return new Plan(
        name, seed, machines, bursts, LINK, List.of(), CONNECTIONS_MAX, 3600 * SECOND, false);
  }

  /** The same with other ways. */
  public Plan with(LinkOptions other) {
    return new Plan(
        name, seed, machines, bursts, other, splits, connectionsMax, endNanos, isAboutJobs);
  }

  /** The same, and the network is in parts for a while. */
  public Plan with(Split split) {
    return new Plan(
        name, seed, machines, bursts, link, List.of(split), connectionsMax, endNanos, isAboutJobs);
  }

  /** The same, done or not at that time. */
  public Plan endingAt(long nanos) {
    return new Plan(name, seed, machines, bursts, link, splits, connectionsMax, nanos, isAboutJobs);
  }

  /** The same, measured by how long jobs take. */
  public Plan aboutJobs() {
    return new Plan(name, seed, machines, bursts, link, splits, connectionsMax, endNanos, true);
  }

  /** The same with so many connections. */
  public Plan withConnectionsMax(int most) {
    return new Plan(name, seed, machines, bursts, link, splits, most, endNanos, isAboutJobs);
  }

  /** How much the peers do in a second that are there from the beginning, in seconds. */
  public double rate() {
    return machines.stream()
        .filter(it -> it.joinsNanos() <= 0)
        .mapToDouble(it -> it.slots() * it.speed())
        .sum();
  }

  /** How many calls there are, measured or not. */
  public int tasks() {
    return bursts.stream().mapToInt(Burst::size).sum();
  }

  /** How many of them are measured. */
  public int measuredTasks() {
    return bursts.stream().filter(Burst::isMeasured).mapToInt(Burst::size).sum();
  }

  /** The first burst that is measured begins then. */
  public long startNanos() {
    return bursts.stream()
        .filter(Burst::isMeasured)
        .mapToLong(Burst::atNanos)
        .min()
        .orElse(BEGIN_NANOS);
  }
}
