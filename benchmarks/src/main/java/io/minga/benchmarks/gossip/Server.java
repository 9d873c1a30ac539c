package io.minga.benchmarks.gossip;

import io.minga.gossip.Gossip;
import io.minga.gossip.MessageListener;
import io.minga.gossip.ReceivedMessage;
import java.io.OutputStream;

/**
 * The subscriber's process of a contender of ours, which is its argument. It prints its address,
 * counts messages, acknowledges those that want it, and runs until the end of stdin.
 */
final class Server implements MessageListener {
  private final Gossip gossip;
  private long delivered;

  private Server(Gossip gossip) {
    this.gossip = gossip;
  }

  /** Runs until the end of stdin. */
  public static void main(String[] arguments) throws Exception {
    try (Node node = new Node(Contender.valueOf(arguments[0]))) {
      node.gossip().subscribe(Payload.TOPIC, new Server(node.gossip()));
      System.out.println(node.address());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** On the gossip loop. */
  @Override
  public void received(ReceivedMessage message) {
    delivered++;
    Payload payload = Payload.decode(message.data());
    if (payload.wantsReceipt()) {
      long latencyNanos = System.nanoTime() - payload.sentNanos();
      gossip.publish(Receipt.TOPIC, new Receipt(delivered, latencyNanos, Cost.now()).encode());
    }
  }
}
