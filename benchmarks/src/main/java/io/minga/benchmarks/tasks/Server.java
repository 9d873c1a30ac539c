package io.minga.benchmarks.tasks;

import com.hazelcast.core.HazelcastInstance;
import io.minga.cli.bench.NoOpPeer;
import io.minga.cli.bench.NoOpServer;
import io.minga.node.Peer;

/**
 * The process that runs the tasks of a contender, which is its argument. It prints where it
 * listens, answers what {@link NoOpServer} does, and runs until the end of stdin.
 */
final class Server {
  private Server() {}

  /** Runs until the end of stdin. */
  public static void main(String[] arguments) throws Exception {
    switch (Contender.valueOf(arguments[0])) {
      case MINGA -> {
        try (Peer peer = NoOpPeer.serve()) {
          System.out.println(peer.addresses().get(0));
          NoOpServer.answer();
        }
      }
      case HAZELCAST -> {
        HazelcastInstance instance = HazelcastGrid.serve();
        System.out.println(HazelcastGrid.address(instance));
        NoOpServer.answer();
        instance.getLifecycleService().terminate();
      }
      case BARE -> {
        try (BareGrid.Server server = new BareGrid.Server()) {
          System.out.println(server.address());
          NoOpServer.answer();
        }
      }
    }
  }
}
