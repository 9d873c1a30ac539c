package io.minga.benchmarks.gossip;

import io.minga.gossip.PublishResult;
import io.minga.gossip.PublishResult.Published;
import io.minga.gossip.ReceivedMessage;
import io.minga.libp2p.HostException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher that is connected to the server. It keeps a bounded number of messages on their way:
 * those that are published and of which no receipt says that the server has them.
 */
final class Link implements AutoCloseable {
  /** How many messages are on their way at most. */
  static final int IN_FLIGHT_MAX = 512;

  private static final int PATIENCE_SECONDS = 20;
  private static final long PROBE_NANOS = 20_000_000;

  private final Node node;
  private final Semaphore room = new Semaphore(IN_FLIGHT_MAX);
  private long sent;
  private long delivered;
  private Receipt last = new Receipt(0, 0, new Cost(0, 0));
  private Consumer<Receipt> observer = receipt -> {};
  private volatile @Nullable PublishResult failure;

  Link(Contender contender, String server) throws IOException, HostException {
    node = new Node(contender);
    node.gossip().subscribe(Receipt.TOPIC, this::received);
    node.connect(server);
    node.awaitSubscribers(Payload.TOPIC, 1);
  }

  /** Tells {@code observer} of the receipts that come, on the gossip loop. */
  synchronized void observe(Consumer<Receipt> other) {
    observer = other;
  }

  /** On the gossip loop. */
  private synchronized void received(ReceivedMessage message) {
    Receipt receipt = Receipt.decode(message.data());
    long more = receipt.delivered() - delivered;
    if (more > 0) { // receipts may overtake each other
      delivered = receipt.delivered();
      room.release((int) more);
      notifyAll();
    }
    last = receipt;
    observer.accept(receipt);
  }

  /** Publishes one message when there is room for it. */
  void publish(boolean wantsReceipt) throws IOException, InterruptedException {
    if (!room.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("no receipt for " + PATIENCE_SECONDS + " s");
    }
    sent++;
    node.gossip()
        .publish(Payload.TOPIC, new Payload(System.nanoTime(), wantsReceipt).encode())
        .thenAccept(
            result -> {
              if (!(result instanceof Published published && published.peers() == 1)) {
                failure = result;
              }
            });
    if (failure != null) {
      throw new IOException("a message to the server: " + failure);
    }
  }

  /**
   * Publishes one more message and waits until all are delivered; fails if something is lost.
   *
   * @return how far it is then, with the cost of both sides
   */
  Progress settle() throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    do {
      if (deadlineNanos - System.nanoTime() <= 0) {
        throw new IOException("of %d messages %d were delivered".formatted(sent, delivered()));
      }
      publish(true);
    } while (!awaitAll());
    return progress();
  }

  private synchronized boolean awaitAll() throws InterruptedException {
    long deadlineNanos = System.nanoTime() + PROBE_NANOS;
    for (long left; delivered < sent && (left = deadlineNanos - System.nanoTime()) > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return delivered == sent;
  }

  private synchronized long delivered() {
    return delivered;
  }

  private synchronized Progress progress() {
    return new Progress(System.nanoTime(), delivered, Cost.now().plus(last.cost()));
  }

  @Override
  public void close() {
    node.close();
  }
}
