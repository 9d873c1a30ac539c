package io.minga.simulations.processes.runtime;

import io.minga.libp2p.HostException;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.node.Job;
import io.minga.node.Peer;
import io.minga.node.PeerOptions;
import io.minga.node.RemoteFunction;
import io.minga.node.TaskOutcome;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.scenarios.Scenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * One peer of a plan, in a process of its own: it naps for as long as its machine would work, and
 * submits what the plan has it submit.
 *
 * <p>It says {@code up ADDRESS}; is told {@code connect ADDRESS} and {@code whole PEERS}, which it
 * answers with {@code whole} once it is connected with so many; and then {@code begin NANOS}, when
 * by the system's clock the plan's time is zero. For each of its bursts it says {@code ended BURST
 * NANOS WRONG}: when, in the plan's time, and how many calls had not the outcome that they should.
 * It ends when nobody talks to it any more.
 */
public final class PlanPeer {
  private static final long LOOK_NANOS = 20_000_000;

  private final Plan plan;
  private final int index;
  private final Peer peer;
  private final RemoteFunction<Long, Long> work;
  private volatile long originNanos;

  private PlanPeer(Plan plan, int index, String network) throws HostException {
    this.plan = plan;
    this.index = index;
    this.peer =
        Peer.start(
            PeerOptions.forNetwork(network)
                .withSlots(machine().slots())
                .listeningOn("/ip4/127.0.0.1/tcp/0"));
    this.work = peer.register("work", Long.class, Long.class, this::work);
  }

  /** Arguments: scenario, peers, seed, which of them it is, and the network's name. */
  public static void main(String[] args) throws IOException {
    Plan plan = Scenario.named(args[0]).plan(Integer.parseInt(args[1]), Long.parseLong(args[2]));
    PlanPeer it = new PlanPeer(plan, Integer.parseInt(args[3]), args[4]);
    say("up " + it.peer.addresses().get(0));
    it.obey();
    Runtime.getRuntime().halt(0); // the others end, too: nobody is to be left in good order
  }

  private Machine machine() {
    return plan.machines().get(index);
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private void obey() throws IOException {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "connect" -> peer.connect(Multiaddr.parse(words[1])).join();
        case "whole" -> awaitWhole(Integer.parseInt(words[1]));
        case "begin" -> begin(Long.parseLong(words[1]));
        default -> throw new IOException("nobody knows what to do with '" + line + "'");
      }
    }
  }

  private void awaitWhole(int peers) {
    while (peer.connectedPeers().size() < peers) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    say("whole");
  }

  private void begin(long nanos) {
    originNanos = nanos;
    for (int i = 0; i < plan.bursts().size(); i++) {
      int burst = i;
      if (plan.bursts().get(i).peer() == index) {
        Thread thread = new Thread(() -> submit(burst), "burst-" + i);
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private long planNanos() {
    return System.nanoTime() - originNanos;
  }

  /** The number of a burst's first call, in the order of all bursts. */
  private int first(int burst) {
    return plan.bursts().subList(0, burst).stream().mapToInt(Burst::size).sum();
  }

  private void submit(int number) {
    Burst burst = plan.bursts().get(number);
    long first = first(number);
    List<Long> calls = LongStream.range(first, first + burst.size()).boxed().toList();
    for (long left = burst.atNanos() - planNanos();
        left > 0;
        left = burst.atNanos() - planNanos()) {
      LockSupport.parkNanos(left);
    }
    Job<Long> job = work.map(calls);
    BitSet right = new BitSet();
    for (Iterator<TaskOutcome<Long>> all = job.outcomes().iterator(); all.hasNext(); ) {
      TaskOutcome<Long> outcome = all.next();
      Long value = outcome.value();
      if (outcome.failure() == null && value != null && value == first + outcome.index()) {
        right.set((int) outcome.index());
      }
    }
    say("ended %d %d %d".formatted(number, planNanos(), burst.size() - right.cardinality()));
  }

  /** Takes as long as the call of that number takes this machine now. */
  private Long work(Long call) throws InterruptedException {
    int burst = 0;
    long place = call;
    while (place >= plan.bursts().get(burst).size()) {
      place -= plan.bursts().get(burst++).size();
    }
    double length = plan.bursts().get(burst).lengthNanos((int) place);
    double end = machine().endNanos((double) planNanos(), length);
    for (double left = end - planNanos(); left > 0; left = end - planNanos()) {
      LockSupport.parkNanos(Math.max(1, Math.round(left)));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return call;
  }
}
