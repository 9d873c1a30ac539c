package io.minga.benchmarks.tasks;

import io.minga.benchmarks.ChildProcess;
import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.LiveHeap;
import io.minga.cli.bench.NoOp;
import io.minga.cli.bench.NoOpServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What a million tasks take of both processes' heaps while the server runs none: what is alive then
 * beyond what was alive before. Futures and arguments of single calls count, as callers hold them.
 */
final class Queued implements Figure {
  private static final int TASKS = 1_000_000;
  private static final int TASKS_TO_LOOK = 20_000;
  private static final int JOBS = 10;
  private static final int SERVER_HEAP_MIB = 1536;

  @Override
  public String name() {
    return "queued";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.cost("heap singly", "B/task"), Quantity.cost("heap in jobs", "B/task"));
  }

  @Override
  public boolean suits(Contender contender) {
    return contender != Contender.BARE;
  }

  @Override
  public double[] measure(Client client, long nanos) throws Exception {
    int tasks = nanos < SERIOUS_NANOS ? TASKS_TO_LOOK : TASKS;
    return new double[] {
      singly(client.contender(), tasks),
      client.contender() == Contender.MINGA ? inJobs(client.contender(), tasks) : Double.NaN
    };
  }

  /** A pair of processes of which one is this. */
  private static final class Pair implements AutoCloseable {
    private final ChildProcess server;
    private final Grid grid;
    private final long before;

    Pair(Contender contender) throws Exception {
      server =
          ChildProcess.startJava(
              contender + "-queue", SERVER_HEAP_MIB, Server.class, contender.name());
      try {
        grid = Grid.connect(contender, server.hear());
      } catch (Exception e) {
        server.close();
        throw e;
      }
      before = live();
    }

    /** What is alive in both, once nothing moves any more. */
    private long live() throws Exception {
      return LiveHeap.settled(
          () -> {
            server.say(NoOpServer.LIVE_BYTES);
            return Long.parseLong(server.hear());
          });
    }

    double perTask(int tasks) throws Exception {
      return (double) (live() - before) / tasks;
    }

    void open() throws Exception {
      server.say(NoOpServer.OPEN);
      server.hear();
    }

    @Override
    public void close() {
      grid.close();
      server.close();
    }
  }

  private static double singly(Contender contender, int tasks) throws Exception {
    try (Pair pair = new Pair(contender)) {
      List<CompletableFuture<Integer>> futures = new ArrayList<>(tasks);
      for (int i = 0; i < tasks; i++) {
        futures.add(pair.grid.call(NoOp.GATED, i));
      }
      double bytes = pair.perTask(tasks);
      pair.open();
      futures.forEach(CompletableFuture::join);
      return bytes;
    }
  }

  private static double inJobs(Contender contender, int tasks) throws Exception {
    try (Pair pair = new Pair(contender)) {
      List<Stream<Integer>> jobs = new ArrayList<>();
      for (int i = 0; i < JOBS; i++) {
        jobs.add(pair.grid.job(NoOp.GATED, tasks / JOBS));
      }
      double bytes = pair.perTask(tasks);
      pair.open();
      for (Stream<Integer> job : jobs) {
        if (job.count() != tasks / JOBS) {
          throw new IllegalStateException("a job has lost results");
        }
      }
      return bytes;
    }
  }
}
