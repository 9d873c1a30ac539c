package io.minga.benchmarks.tasks;

import com.hazelcast.core.HazelcastInstance;
import io.minga.node.Peer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * The process that runs the tasks of a contender, which is its argument. It prints where it
 * listens, answers each of the words below with a line, and runs until the end of stdin.
 */
final class Server {
  /** Lets gated tasks go. */
  static final String OPEN = "open";

  /** Asks for the bytes of heap that are alive. */
  static final String LIVE_BYTES = "live-bytes";

  private Server() {}

  /** Runs until the end of stdin. */
  public static void main(String[] arguments) throws Exception {
    if (Contender.valueOf(arguments[0]) == Contender.MINGA) {
      try (Peer peer = MingaGrid.serve()) {
        System.out.println(peer.addresses().get(0));
        answer();
      }
    } else {
      HazelcastInstance instance = HazelcastGrid.serve();
      System.out.println(HazelcastGrid.address(instance));
      answer();
      instance.getLifecycleService().terminate();
    }
  }

  private static void answer() throws Exception {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = questions.readLine()) != null; ) {
      switch (line) {
        case OPEN -> {
          Task.GATE.countDown();
          System.out.println("open");
        }
        case LIVE_BYTES -> System.out.println(liveBytes());
        default -> throw new IllegalArgumentException("asked for " + line);
      }
    }
  }

  /** The bytes of this process's heap that are alive. */
  @SuppressWarnings("SystemGc") // it is what is measured
  static long liveBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
