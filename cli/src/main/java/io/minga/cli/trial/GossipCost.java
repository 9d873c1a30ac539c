package io.minga.cli.trial;

import io.minga.cli.text.Table;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.NodeOptions;
import io.minga.node.core.Submission;
import io.minga.node.handlers.runtime.BuiltIns;
import io.minga.node.runtime.Caller;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How much four peers gossip while one of them has the others do nothing, very often. They are in
 * this process, and talk over TCP.
 */
final class GossipCost implements Trial {
  private static final int PEERS = 4;
  private static final double BYTES_PER_TASK_MOST = 4;
  private static final FunctionName FUNCTION = new FunctionName("echo");
  private static final long LIFETIME_MILLIS = TimeUnit.HOURS.toMillis(1);

  /** How many chunks of a job are on their way at most. */
  private static final int CHUNKS_OPEN = 512;

  private static final long GATHER_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = 10_000_000;
  private static final int WAIT_SECONDS = 120;

  /** For claims and settlements of the last batches, which leave some seconds later. */
  private static final long LAST_WORDS_NANOS = 4_000_000_000L;

  private final int tasksMost;
  private final double bytesMost;

  GossipCost() {
    this(1_000_000, BYTES_PER_TASK_MOST);
  }

  /**
   * The trial with jobs of up to so many tasks.
   *
   * @param tasksMost a power of ten, and one thousand at least
   * @param bytesMost per task and peer, in the largest job
   */
  GossipCost(int tasksMost, double bytesMost) {
    this.tasksMost = tasksMost;
    this.bytesMost = bytesMost;
  }

  @Override
  public String name() {
    return "gossip";
  }

  @Override
  public String promise() {
    return "what peers gossip per task falls as jobs grow: at a million at most 4 B a task and"
        + " peer";
  }

  @Override
  public Verdict run(long seed) throws InterruptedException, TrialException {
    List<PeerRuntime> peers = new ArrayList<>();
    Table details =
        new Table("TASKS", "JOB", "MOST READ BY A PEER", "MOST WRITTEN", "BYTES PER TASK AND PEER");
    List<Figure> figures = new ArrayList<>();
    try {
      for (int i = 0; i < PEERS; i++) {
        peers.add(start(peers));
      }
      awaitAll(peers.get(0));
      double before = Double.MAX_VALUE;
      double last = 0;
      boolean falls = true;
      for (int tasks = 1_000; tasks <= tasksMost; tasks *= 10) {
        last = job(peers, tasks, details);
        falls &= last < before;
        before = last;
        figures.add(0, Figure.of("at %,d".formatted(tasks), last, "B"));
      }
      figures.set(0, figures.get(0).atMost(bytesMost));
      figures.add(Figure.of("falls", falls ? 1 : 0, "").exactly(1));
      return new Verdict(figures, details);
    } finally {
      peers.forEach(PeerRuntime::close);
    }
  }

  private static PeerRuntime start(List<PeerRuntime> others) throws TrialException {
    HostOptions host =
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    try {
      String network = "trial-gossip-" + ProcessHandle.current().pid();
      PeerRuntime peer =
          PeerRuntime.start(NodeOptions.of(network, 1), host, DiscoverySettings.defaults());
      peer.functions().registerAll(BuiltIns.all());
      others.forEach(other -> peer.connect(other.addresses().get(0)).join());
      return peer;
    } catch (HostException e) {
      throw new TrialException(String.valueOf(e.getMessage()));
    }
  }

  private static void awaitAll(PeerRuntime peer) throws TrialException {
    long deadline = System.nanoTime() + GATHER_NANOS;
    while (peer.loads().all().stream().filter(it -> !it.report().functions().isEmpty()).count()
        < PEERS) {
      if (System.nanoTime() - deadline > 0) {
        throw new TrialException("the peers did not hear of each other");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Runs a job; the most bytes of gossip per task that any peer read and wrote. */
  private static double job(List<PeerRuntime> peers, int tasks, Table details)
      throws InterruptedException, TrialException {
    List<PeerRuntime.GossipTraffic> before = traffic(peers);
    long started = System.nanoTime();
    run(peers.get(0), tasks);
    double seconds = (System.nanoTime() - started) / 1e9;
    LockSupport.parkNanos(LAST_WORDS_NANOS);
    List<PeerRuntime.GossipTraffic> after = traffic(peers);
    long read = 0;
    long written = 0;
    double most = 0;
    for (int i = 0; i < PEERS; i++) {
      long in = after.get(i).readBytes() - before.get(i).readBytes();
      long out = after.get(i).writtenBytes() - before.get(i).writtenBytes();
      read = Math.max(read, in);
      written = Math.max(written, out);
      most = Math.max(most, (double) (in + out) / tasks);
    }
    details.row(
        tasks,
        new Table.Right(String.format(Locale.ROOT, "%.2f s", seconds)),
        read,
        written,
        new Table.Right(String.format(Locale.ROOT, "%.3f", most)));
    return most;
  }

  private static List<PeerRuntime.GossipTraffic> traffic(List<PeerRuntime> peers) {
    return peers.stream().map(it -> it.gossipTraffic().join()).toList();
  }

  private static void run(PeerRuntime caller, int tasks)
      throws InterruptedException, TrialException {
    Payload input = Payload.of(Bytes.copyOf(Values.codec(Long.class).encode(1L)));
    Semaphore room = new Semaphore(CHUNKS_OPEN);
    for (int from = 0; from < tasks; from += Submission.CALLS_MAX) {
      acquire(room, 1);
      int size = Math.min(Submission.CALLS_MAX, tasks - from);
      AtomicInteger left = new AtomicInteger(size);
      Caller chunk =
          (call, outcome, peer, attempts) -> {
            if (left.decrementAndGet() == 0) {
              room.release();
            }
          };
      caller.submit(
          chunk,
          FUNCTION,
          Policy.DEFAULT,
          false,
          LIFETIME_MILLIS,
          tasks,
          false,
          Collections.nCopies(size, input));
    }
    acquire(room, CHUNKS_OPEN);
  }

  private static void acquire(Semaphore room, int chunks)
      throws InterruptedException, TrialException {
    if (!room.tryAcquire(chunks, WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new TrialException("a job came to a halt");
    }
  }
}
