package io.minga.gossip.netty;

import io.minga.gossip.PublishResult;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Counter;
import io.minga.libp2p.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures gossip between hosts of this process over loopback; not a test. Arguments: hosts,
 * seconds, rounds. First messages of 200 bytes as fast as they go from one host, then, of two
 * hosts, how long 100 a second take.
 */
final class Throughput {
  private static final Topic TOPIC = Topic.of("throughput");
  private static final int DATA_BYTES = 200;
  private static final int UNANSWERED_MAX = 512;
  private static final int WARM_SECONDS = 4;
  private static final int TIMED = 1_000;
  private static final long QUIET_NANOS = 500_000_000;
  private static final long TIMED_EVERY_NANOS = 10_000_000;

  private final List<TestPeer> peers = new ArrayList<>();
  private final AtomicLong delivered = new AtomicLong();
  private final long[] latencies = new long[TIMED];
  private int timed;

  private Throughput() {}

  public static void main(String[] args) throws InterruptedException {
    int hosts = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    Throughput run = new Throughput();
    run.start(hosts);
    run.publish(WARM_SECONDS);
    double[] rates = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      rates[i] = run.publish(seconds);
    }
    Arrays.sort(rates);
    System.out.printf(
        "%d hosts: deliveries/s median %.0f, least %.0f, most %.0f%n",
        hosts, rates[rounds / 2], rates[0], rates[rounds - 1]);
    if (hosts == 2) {
      run.time();
      run.time();
    }
    for (TestPeer peer : run.peers) {
      Map<Counter, Long> counters = peer.stats().counters();
      counters.values().removeIf(count -> count == 0);
      System.out.println(counters);
    }
    run.peers.forEach(TestPeer::close);
  }

  private void start(int hosts) {
    for (int i = 0; i < hosts; i++) {
      TestPeer peer = TestPeer.start();
      if (i > 0) {
        peer.gossip.subscribe(
            TOPIC,
            message -> {
              delivered.incrementAndGet();
              long sentNanos = ByteBuffer.wrap(message.data().toByteArray()).getLong();
              if (sentNanos != 0 && timed < TIMED) {
                latencies[timed++] = System.nanoTime() - sentNanos;
              }
            });
      }
      peers.forEach(peer::connect);
      peers.add(peer);
    }
    peers.forEach(
        it -> it.awaitSubscribers(TOPIC, hosts > 2 ? hosts - 2 : it == peers.get(0) ? 1 : 0));
  }

  /** Publishes for so long and returns deliveries a second. */
  private double publish(int seconds) throws InterruptedException {
    Semaphore unanswered = new Semaphore(UNANSWERED_MAX);
    Bytes data = Bytes.copyOf(new byte[DATA_BYTES]);
    long before = delivered.get();
    long beginNanos = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - beginNanos < seconds * 1_000_000_000L) {
      unanswered.acquire();
      count++;
      peers
          .get(0)
          .gossip
          .publish(TOPIC, data)
          .thenAccept(
              result -> {
                if (!(result instanceof PublishResult.Published)) {
                  System.out.println(result);
                }
                unanswered.release();
              });
    }
    long deliveries = delivered.get() - before;
    double tookSeconds = (System.nanoTime() - beginNanos) / 1e9;
    System.out.printf(
        "published %.0f/s, delivered %.0f/s%n", count / tookSeconds, deliveries / tookSeconds);
    unanswered.acquire(UNANSWERED_MAX);
    awaitQuiet();
    return deliveries / tookSeconds;
  }

  /** Waits until nothing has been delivered for a while. */
  private void awaitQuiet() {
    long seen;
    do {
      seen = delivered.get();
      LockSupport.parkNanos(QUIET_NANOS);
    } while (delivered.get() != seen);
  }

  private void time() {
    timed = 0;
    long nextNanos = System.nanoTime();
    for (int i = 0; i < TIMED; i++) {
      nextNanos += TIMED_EVERY_NANOS;
      LockSupport.parkNanos(nextNanos - System.nanoTime());
      ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).putLong(System.nanoTime()).rewind();
      peers.get(0).gossip.publish(TOPIC, Bytes.copyOf(data));
    }
    awaitQuiet();
    long[] sorted = Arrays.copyOf(latencies, timed);
    Arrays.sort(sorted);
    System.out.printf(
        "%d messages at 100/s: p50 %d us, p90 %d us, p99 %d us%n",
        timed,
        sorted[timed / 2] / 1000,
        sorted[timed * 9 / 10] / 1000,
        sorted[timed * 99 / 100] / 1000);
  }
}
