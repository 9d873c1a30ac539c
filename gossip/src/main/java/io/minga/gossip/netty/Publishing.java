package io.minga.gossip.netty;

import io.minga.gossip.PublishResult;
import io.minga.gossip.PublishResult.Reason;
import io.minga.gossip.message.Author;
import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.GossipRouter;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Refusal;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the application publishes, from the call until the router takes it. Messages wait while more
 * than half of the peers of their topic are behind. A peer that has taken nothing for a second does
 * not count, so that those who do not read hold up nobody else.
 */
final class Publishing {
  private static final int PER_CYCLE = 256;

  /** How many messages go at a time, at most, before it is looked whether the peers keep up. */
  private static final int PER_LOOK = 32;

  /** How full the queue of a peer is that is behind. */
  private static final double BEHIND = 0.25;

  private record Waiting(Message message, CompletableFuture<PublishResult> result) {}

  private final RouterLoop loop;
  private final Peers peers;
  private final Author author;
  private final NettyGossipOptions.Limits limits;
  private final int bytesPerLook;
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger bytes = new AtomicInteger();
  private volatile boolean closed;
  private @Nullable Waiting current;

  /**
   * @param queuedBytesMax how many bytes the router keeps for a peer before it drops messages
   */
  Publishing(
      RouterLoop loop,
      Peers peers,
      Author author,
      NettyGossipOptions.Limits limits,
      int queuedBytesMax) {
    this.loop = loop;
    this.peers = peers;
    this.author = author;
    this.limits = limits;
    this.bytesPerLook = (int) (queuedBytesMax * BEHIND);
  }

  /** For any thread: signs and queues. */
  CompletableFuture<PublishResult> publish(Topic topic, Bytes data) {
    if (closed) {
      return refused(Reason.CLOSED);
    }
    int length = data.length();
    if (count.incrementAndGet() > limits.waitingPublishesMax()) {
      count.decrementAndGet();
      return refused(Reason.BUSY);
    }
    if (bytes.addAndGet(length) > limits.waitingPublishBytesMax() && bytes.get() != length) {
      bytes.addAndGet(-length);
      count.decrementAndGet();
      return refused(Reason.BUSY);
    }
    CompletableFuture<PublishResult> result = new CompletableFuture<>();
    synchronized (author) {
      // Together, so that the numbers rise in the order in which messages leave.
      waiting.add(new Waiting(author.write(topic, data), result));
    }
    if (closed) {
      close();
    }
    loop.wake();
    return result;
  }

  private static CompletableFuture<PublishResult> refused(Reason reason) {
    return CompletableFuture.completedFuture(new PublishResult.Refused(reason));
  }

  int waitingCount() {
    return count.get();
  }

  // On the loop.

  /** Gives the router what can go, and says whether there is more that can. */
  boolean publishSome() {
    for (int published = 0; published < PER_CYCLE; published += PER_LOOK) {
      Waiting first = waiting.peek();
      if (first == null || !hasRoom(first.message.topic())) {
        return false;
      }
      Topic topic = first.message.topic();
      int lookBytes = 0;
      for (int i = 0; i < PER_LOOK && lookBytes < bytesPerLook; i++) {
        Waiting next = waiting.peek();
        if (next == null || !next.message.topic().equals(topic)) {
          break;
        }
        remove();
        current = next;
        lookBytes += next.message.heldBytes();
        loop.handle(new Input.Publish(next.message));
      }
    }
    return !waiting.isEmpty();
  }

  /** Whether half of those who take anything at all have room for more. */
  private boolean hasRoom(Topic topic) {
    GossipRouter router = loop.router();
    List<PeerId> subscribers = router.subscribers(topic);
    int taking = 0;
    int withRoom = 0;
    for (int i = 0; i < subscribers.size(); i++) {
      PeerId peer = subscribers.get(i);
      if (router.queueLevel(peer) <= BEHIND) {
        withRoom++;
        taking++;
      } else if (peers.isTaking(peer)) {
        taking++;
      }
    }
    return subscribers.isEmpty() || (taking > 0 && 2 * withRoom >= taking);
  }

  private @Nullable Waiting remove() {
    Waiting removed = waiting.poll();
    if (removed != null) {
      count.decrementAndGet();
      bytes.addAndGet(-removed.message.data().length());
    }
    return removed;
  }

  void published(MessageId id, int peers) {
    complete(new PublishResult.Published(id, peers));
  }

  void refused(Refusal refusal) {
    complete(
        new PublishResult.Refused(
            switch (refusal) {
              case TOO_LARGE -> Reason.TOO_LARGE;
              case DUPLICATE -> Reason.DUPLICATE;
              case UNSIGNED -> throw new IllegalStateException("what we publish is signed");
            }));
  }

  private void complete(PublishResult result) {
    Waiting answered = current;
    if (answered != null) {
      current = null;
      answered.result.complete(result);
    }
  }

  /** Refuses what waits and what comes. */
  void close() {
    closed = true;
    for (Waiting next; (next = remove()) != null; ) {
      next.result.complete(new PublishResult.Refused(Reason.CLOSED));
    }
  }
}
