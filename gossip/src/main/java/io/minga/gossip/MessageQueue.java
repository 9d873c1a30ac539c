package io.minga.gossip;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A listener that keeps messages until somebody takes them, on whatever thread. It keeps so many at
 * most; those that find it full are dropped and counted, because a reader that is behind must not
 * hold up what goes on to other peers.
 */
public final class MessageQueue implements MessageListener {
  private final ArrayBlockingQueue<ReceivedMessage> messages;
  private final AtomicLong dropped = new AtomicLong();

  /** An empty queue for at most {@code messagesMax} messages. */
  public MessageQueue(int messagesMax) {
    if (messagesMax < 1) {
      throw new IllegalArgumentException("a queue holds at least one message, not " + messagesMax);
    }
    messages = new ArrayBlockingQueue<>(messagesMax);
  }

  @Override
  public void received(ReceivedMessage message) {
    if (!messages.offer(message)) {
      dropped.incrementAndGet();
    }
  }

  /** The next message, which is waited for. */
  public ReceivedMessage take() throws InterruptedException {
    return messages.take();
  }

  /** The next message if it comes within {@code timeout}, else null. */
  public @Nullable ReceivedMessage poll(Duration timeout) throws InterruptedException {
    return messages.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** How many messages wait. */
  public int size() {
    return messages.size();
  }

  /** How many messages found it full. */
  public long dropped() {
    return dropped.get();
  }
}
