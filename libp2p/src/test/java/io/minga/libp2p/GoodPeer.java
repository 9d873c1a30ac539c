package io.minga.libp2p;

import io.minga.libp2p.limits.ResourceAccounts;
import io.minga.libp2p.limits.ResourceUse;
import io.minga.libp2p.limits.Scope;
import io.minga.libp2p.limits.ScopeLimits;
import io.minga.libp2p.netty.HostBooks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A peer that does nothing wrong: while others attack {@code target} it pings it all the time over
 * the connection that it has, and looks into the target's books.
 */
final class GoodPeer implements AutoCloseable {
  private static final Executor SOON = CompletableFuture.delayedExecutor(3, TimeUnit.MILLISECONDS);

  private final Host host;
  private final Host target;
  private final ResourceAccounts books;
  private final List<Duration> roundTrips = new ArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private ResourceUse mostOfHost = ResourceUse.NONE;
  private ResourceUse mostPending = ResourceUse.NONE;
  private @Nullable Throwable failure;
  private boolean stopped;

  /** Begins to ping; {@code host} is connected with {@code target}. */
  GoodPeer(Host host, Host target) {
    this.host = host;
    this.target = target;
    this.books = HostBooks.of(target);
    ping();
  }

  private void ping() {
    host.ping(target.peerId()).whenComplete(this::pinged);
  }

  private synchronized void pinged(@Nullable Duration roundTrip, @Nullable Throwable thrown) {
    mostOfHost = most(mostOfHost, books.use(new Scope.Host()));
    mostPending = most(mostPending, books.use(new Scope.Pending()));
    if (roundTrip != null) {
      roundTrips.add(roundTrip);
    } else {
      failure = thrown;
    }
    if (stopped || failure != null) {
      ended.complete(null);
    } else {
      SOON.execute(this::ping);
    }
  }

  private static ResourceUse most(ResourceUse a, ResourceUse b) {
    return new ResourceUse(
        Math.max(a.connections(), b.connections()),
        Math.max(a.connectionsInbound(), b.connectionsInbound()),
        Math.max(a.streams(), b.streams()),
        Math.max(a.streamsInbound(), b.streamsInbound()),
        Math.max(a.memoryBytes(), b.memoryBytes()));
  }

  /** How many pings were answered so far. */
  synchronized int count() {
    return roundTrips.size();
  }

  synchronized ResourceUse mostPending() {
    return mostPending;
  }

  synchronized ResourceUse mostOfHost() {
    return mostOfHost;
  }

  synchronized @Nullable Throwable failure() {
    return failure;
  }

  synchronized Duration median() {
    return rank(0.5);
  }

  synchronized Duration slowest() {
    return rank(1);
  }

  private Duration rank(double part) {
    List<Duration> sorted = new ArrayList<>(roundTrips);
    Collections.sort(sorted);
    return sorted.get((int) Math.min(sorted.size() - 1, Math.round(part * sorted.size())));
  }

  /** Whether {@code use} is no more than {@code limits}. */
  static boolean isWithin(ResourceUse use, ScopeLimits limits) {
    return use.connections() <= limits.connections()
        && use.connectionsInbound() <= limits.connectionsInbound()
        && use.streams() <= limits.streams()
        && use.streamsInbound() <= limits.streamsInbound()
        && use.memoryBytes() <= limits.memoryBytes();
  }

  /** Stops after the ping that is under way. */
  @Override
  public void close() {
    synchronized (this) {
      stopped = true;
    }
    ended.join();
  }
}
