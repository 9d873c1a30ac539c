package io.minga.libp2p;

import static io.minga.libp2p.Soon.await;

import io.minga.libp2p.limits.ResourceAccounts;
import io.minga.libp2p.limits.ResourceUse;
import io.minga.libp2p.limits.Scope;
import io.minga.libp2p.limits.ScopeLimits;
import io.minga.libp2p.netty.HostBooks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A peer that does nothing wrong: while others attack {@code target} it pings it all the time over
 * the connection that it has, and looks into the target's books. It asks at fixed times, however
 * long the last answer takes, so that a pause of the target is felt as often as it is long.
 */
final class GoodPeer implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 5;

  private static final ScheduledExecutorService CLOCK =
      Executors.newScheduledThreadPool(
          1,
          task -> {
            Thread thread = new Thread(task, "pings");
            thread.setDaemon(true);
            return thread;
          });

  private final Host host;
  private final Host target;
  private final ResourceAccounts books;
  private final List<Duration> waits = new ArrayList<>();
  private final ScheduledFuture<?> asking;
  private ResourceUse mostOfHost = ResourceUse.NONE;
  private ResourceUse mostPending = ResourceUse.NONE;
  private @Nullable Throwable failure;
  private int unanswered;

  /** Begins to ping; {@code host} is connected with {@code target}. */
  GoodPeer(Host host, Host target) {
    this.host = host;
    this.target = target;
    this.books = HostBooks.of(target);
    this.asking = CLOCK.scheduleAtFixedRate(this::ping, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void ping() {
    long startNanos = System.nanoTime();
    synchronized (this) {
      unanswered++;
    }
    host.ping(target.peerId())
        .whenComplete(
            (roundTrip, thrown) ->
                answered(Duration.ofNanos(System.nanoTime() - startNanos), thrown));
  }

  private synchronized void answered(Duration wait, @Nullable Throwable thrown) {
    unanswered--;
    mostOfHost = most(mostOfHost, books.use(new Scope.Host()));
    mostPending = most(mostPending, books.use(new Scope.Pending()));
    if (thrown == null) {
      waits.add(wait);
    } else if (failure == null) {
      failure = thrown;
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

  /** Forgets how long pings took so far. */
  synchronized void begin() {
    waits.clear();
  }

  /** How many pings were answered since then. */
  synchronized int count() {
    return waits.size();
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

  /** What {@code percent} of the pings took at most. */
  synchronized Duration percentile(double percent) {
    List<Duration> sorted = new ArrayList<>(waits);
    Collections.sort(sorted);
    return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  /** Whether {@code use} is no more than {@code limits}. */
  static boolean isWithin(ResourceUse use, ScopeLimits limits) {
    return use.connections() <= limits.connections()
        && use.connectionsInbound() <= limits.connectionsInbound()
        && use.streams() <= limits.streams()
        && use.streamsInbound() <= limits.streamsInbound()
        && use.memoryBytes() <= limits.memoryBytes();
  }

  /** Stops, and waits for the answers to what it has asked. */
  @Override
  public void close() {
    asking.cancel(false);
    await().until(this::isAnswered);
  }

  private synchronized boolean isAnswered() {
    return unanswered == 0;
  }
}
