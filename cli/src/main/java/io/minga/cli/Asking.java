package io.minga.cli;

import io.minga.cli.control.Daemon;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

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
    Optional<Daemon> running = around.peers().running(common.data(around));
    if (running.isEmpty()) {
      return around.peers().forTheMoment(network);
    }
    Daemon daemon = running.get();
    Optional<String> named = network.named();
    if (named.isPresent()) {
      String its = get(daemon.status()).network();
      if (!its.equals(named.get())) {
        daemon.close();
        throw new Failure(
            "the peer of %s is of the network %s, not %s; name another directory with --data"
                .formatted(common.data(around), its, named.get()));
      }
    }
    return daemon;
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
