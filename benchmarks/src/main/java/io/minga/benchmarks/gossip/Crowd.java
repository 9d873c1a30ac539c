package io.minga.benchmarks.gossip;

import io.minga.libp2p.HostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Ten nodes of one process, all connected with each other and subscribed to one topic, which take
 * turns in publishing. So many messages are on their way at most that not all of the others have.
 */
final class Crowd implements AutoCloseable {
  /** How many nodes there are. */
  static final int NODES = 10;

  private static final int IN_FLIGHT_MAX = 256;
  private static final int MESH_MIN = 4;
  private static final int PATIENCE_SECONDS = 60;

  private final List<Node> nodes = new ArrayList<>();
  private final Semaphore room = new Semaphore(IN_FLIGHT_MAX * (NODES - 1));
  private long published;

  Crowd(Contender contender) throws IOException, HostException {
    for (int i = 0; i < NODES; i++) {
      Node node = new Node(contender);
      node.gossip().subscribe(Payload.TOPIC, message -> room.release());
      nodes.forEach(other -> node.connect(other.address()));
      nodes.add(node);
    }
    for (Node node : nodes) {
      node.awaitSubscribers(Payload.TOPIC, NODES - 1);
      node.awaitMesh(Payload.TOPIC, MESH_MIN);
    }
  }

  /** Has the next node publish when there is room for it. */
  void publish() throws IOException, InterruptedException {
    acquire(NODES - 1);
    nodes
        .get((int) (published % NODES))
        .gossip()
        .publish(Payload.TOPIC, new Payload(System.nanoTime(), false).encode());
    published++;
  }

  /** Waits until all that was published is delivered to all, and says how far that is. */
  Progress settle() throws IOException, InterruptedException {
    acquire(IN_FLIGHT_MAX * (NODES - 1));
    Progress now = new Progress(System.nanoTime(), published * (NODES - 1), Cost.now());
    room.release(IN_FLIGHT_MAX * (NODES - 1));
    return now;
  }

  private void acquire(int deliveries) throws IOException, InterruptedException {
    if (!room.tryAcquire(deliveries, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("some messages were not delivered to all of the crowd");
    }
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
  }
}
