package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/** How one-shot commands get at a peer, and wait for what it says. */
final class Asking {
  private Asking() {}

  /** The peer of the data directory, which must run. */
  static Daemon running(Surroundings around, CommonOptions common) throws Failure {
    return around
        .peers()
        .running(common.data(around))
        .orElseThrow(
            () ->
                new Failure(
                    "no peer runs with the data directory %s; start one with minga start, or name"
                            .formatted(common.data(around))
                        + " the directory of one with --data"));
  }

  /** The peer of the data directory, or one for the moment. */
  static Daemon any(Surroundings around, CommonOptions common, NetworkOptions network)
      throws Failure {
    Optional<Daemon> running = ofNetwork(around, common, network);
    return running.isPresent() ? running.get() : around.peers().forTheMoment(network);
  }

  /** The peer of the data directory, if one runs; it must be of the network that was named. */
  private static Optional<Daemon> ofNetwork(
      Surroundings around, CommonOptions common, NetworkOptions network) throws Failure {
    Optional<Daemon> running = around.peers().running(common.data(around));
    Optional<String> named = network.named();
    if (running.isPresent() && named.isPresent()) {
      String its = get(running.get().status()).network();
      if (!its.equals(named.get())) {
        running.get().close();
        throw new Failure(
            "the peer of %s is of the network %s, not %s; name another directory with --data"
                .formatted(common.data(around), its, named.get()));
      }
    }
    return running;
  }

  /**
   * The peer of the data directory, or one for the moment, which gives the others a while to show
   * up, and says so.
   */
  static Daemon anyAfter(
      Surroundings around, CommonOptions common, NetworkOptions network, LookOptions look)
      throws Failure {
    Optional<Daemon> running = ofNetwork(around, common, network);
    if (running.isPresent()) {
      return running.get();
    }
    Daemon own = around.peers().forTheMoment(network);
    try {
      LockSupport.parkNanos(look.span().toNanos());
      long others = get(own.peers()).stream().filter(it -> !it.self()).count();
      Minga.say(
          around.err(),
          "no peer runs with the data directory %s, so one looked around for %s and found %s"
              .formatted(
                  common.data(around),
                  Spans.ofMillis(look.span().toMillis()),
                  others == 0
                      ? "nobody; minga start runs one"
                      : others == 1 ? "one other" : Table.count(others) + " others"));
      return own;
    } catch (Failure | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** What the peer says, when it does. */
  static <T> T get(CompletableFuture<T> asked) throws Failure {
    try {
      return asked.get();
    } catch (InterruptedException e) {
      asked.cancel(true);
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? new Failure(cause) : new Failure(e);
    }
  }
}
