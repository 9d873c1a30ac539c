package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.KIND;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import java.util.Random;

/** Prints what a hint, an estimate and a turn through the run queue cost. */
final class ScheduleGauge {
  private ScheduleGauge() {}

  public static void main(String[] arguments) {
    for (int round = 0; round < 3; round++) {
      for (int peers : new int[] {10, 100, 1000}) {
        hints(peers);
      }
      queue("singly", 1_000_000_000L, 4000);
      queue("in runs of 64", 1_000, 4000);
      memory();
    }
  }

  private static void hints(int peers) {
    Loads loads = new Loads(ScheduleOptions.DEFAULT, Peers.peer(0));
    Estimates estimates = new Estimates(ScheduleOptions.DEFAULT);
    for (int i = 0; i < peers; i++) {
      PeerReport report = Peers.report(i, 1, 4, 0, 1_000_000);
      loads.report(0, report);
      estimates.report(report);
    }
    Hints hints = new Hints(ScheduleOptions.DEFAULT, new Random(1));
    Wish wish = Wish.balanced(KIND, 256);
    int count = 1_000_000;
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      hints.next(i * 10_000L, loads, estimates, wish);
    }
    print("hint, %d peers, 100,000 a second".formatted(peers), System.nanoTime() - begin, count);
  }

  private static void queue(String how, long meanNanos, int batches) {
    RunQueue queue = Peers.queue(8, meanNanos);
    Cid[] cids = new Cid[batches];
    for (int i = 0; i < batches; i++) {
      cids[i] = Peers.batch(i);
    }
    IndexSet all = IndexSet.range(0, 256);
    long begin = System.nanoTime();
    for (int i = 0; i < batches; i++) {
      queue.add(cids[i], all, Peers.ticket(KIND, 5, i));
    }
    print("push of a batch of 256", System.nanoTime() - begin, batches);
    begin = System.nanoTime();
    int pops = 0;
    while (queue.pop(0, 1, 0) != null) {
      pops++;
    }
    long took = System.nanoTime() - begin;
    print("pop, " + how, took, pops);
    print("pop, per task, " + how, took, batches * 256);
  }

  private static void memory() {
    int tasks = 1_000_000;
    Cid[] cids = new Cid[tasks];
    for (int i = 0; i < tasks; i++) {
      cids[i] = Peers.batch(i);
    }
    Runtime runtime = Runtime.getRuntime();
    RunQueue queue = Peers.queue(8, 1_000_000_000L);
    System.gc();
    long before = runtime.totalMemory() - runtime.freeMemory();
    long begin = System.nanoTime();
    IndexSet one = IndexSet.of(0);
    for (int i = 0; i < tasks; i++) {
      queue.add(cids[i], one, Peers.ticket(KIND, 5, i));
    }
    print("push of a batch of 1", System.nanoTime() - begin, tasks);
    System.gc();
    long bytes = runtime.totalMemory() - runtime.freeMemory() - before;
    System.out.printf(
        "%-45s %8.1f B%n", "heap of a batch of 1, without its CID", (double) bytes / tasks);
    begin = System.nanoTime();
    while (queue.pop(0, 1, 0) != null) {}
    print("pop of a batch of 1", System.nanoTime() - begin, tasks);
  }

  private static void print(String what, long nanos, int count) {
    System.out.printf("%-45s %8.1f ns%n", what, (double) nanos / count);
  }
}
