package io.minga.benchmarks.tasks;

import io.minga.cli.bench.NoOp;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** The submitting side of a contender, connected to the process that runs its tasks. */
interface Grid extends AutoCloseable {
  /** How long a server may need until it is known to run tasks. */
  long PATIENCE_NANOS = 30_000_000_000L;

  /** Starts that of {@code contender}, and waits until a task has come back from the server. */
  static Grid connect(Contender contender, String server) throws Exception {
    Grid grid =
        switch (contender) {
          case MINGA -> new MingaGrid(server);
          case HAZELCAST -> new HazelcastGrid(server);
          case BARE -> new BareGrid(server);
        };
    long startNanos = System.nanoTime();
    while (true) {
      try {
        grid.call(NoOp.ECHO, 0).join();
        return grid;
      } catch (CompletionException e) { // it hasn't heard yet what the server runs
        if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
          grid.close();
          throw e;
        }
      }
    }
  }

  /** Has the server run {@code task}. */
  CompletableFuture<Integer> call(NoOp task, int argument);

  /**
   * Has the server run {@code task} for 0 to {@code count} − 1, all at once if the contender has a
   * way to say so, else as is fastest.
   *
   * @return the results as they come; to be closed if it isn't taken to its end
   */
  Stream<Integer> job(NoOp task, int count);

  @Override
  void close();
}
