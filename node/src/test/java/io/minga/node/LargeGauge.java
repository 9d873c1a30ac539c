package io.minga.node;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Measures large values between two processes on loopback: how fast they go there, back and both
 * ways, and in how small a heap. Run as a program: {@code LargeGauge [heap of both in MiB] [MiB of
 * a value] [rounds]}. Prints MiB a second, the median of the rounds after the first.
 */
final class LargeGauge {
  private static final int MIB = 1 << 20;
  private static final int PREFIX_BYTES = 5;

  private LargeGauge() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("peer")) {
      serve(args[1]);
      return;
    }
    String heap = args.length > 0 ? args[0] : "1024";
    if (!args[args.length == 0 ? 0 : args.length - 1].equals("caller")) {
      List<String> command = java(heap);
      command.addAll(List.of(args));
      command.add("caller");
      System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
    }
    measure(heap, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
  }

  private static List<String> java(String heap) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap + "m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            LargeGauge.class.getName()));
  }

  private static void serve(String address) throws Exception {
    Peer peer =
        Peer.start(
            PeerOptions.forNetwork("gauge")
                .withSlots(1)
                .listeningOn("/ip4/127.0.0.1/tcp/0")
                .bootstrappedBy(address));
    peer.register("length", byte[].class, Integer.class, it -> it.length);
    peer.register("make", Integer.class, byte[].class, byte[]::new);
    peer.register("echo", byte[].class, byte[].class, it -> it);
    new CountDownLatch(1).await();
  }

  private static void measure(String heap, int mib, int rounds) throws Exception {
    byte[] value = new byte[mib * MIB - PREFIX_BYTES];
    Random random = new Random(1);
    try (Peer peer =
        Peer.start(Neighbours.patient("gauge").withSlots(0).listeningOn("/ip4/127.0.0.1/tcp/0"))) {
      List<String> command = java(heap);
      command.addAll(List.of("peer", peer.addresses().get(0).toString()));
      Process other =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try {
        RemoteFunction<byte[], Integer> length =
            peer.function("length", byte[].class, Integer.class);
        RemoteFunction<Integer, byte[]> make = peer.function("make", Integer.class, byte[].class);
        RemoteFunction<byte[], byte[]> echo = peer.function("echo", byte[].class, byte[].class);
        say("there", mib, rounds, () -> length.call(changed(random, value)).join() > 0);
        say("back", mib, rounds, () -> make.call(value.length).join().length > 0);
        say("both", mib, rounds, () -> echo.call(changed(random, value)).join().length > 0);
        long peak =
            ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
        System.out.printf("caller's pools at their peaks: %d MiB%n", peak / MIB);
      } finally {
        other.destroyForcibly().onExit().join();
      }
    }
  }

  /** Another value each time, so that none is there already. */
  private static byte[] changed(Random random, byte[] value) {
    value[random.nextInt(value.length)]++;
    return value;
  }

  /** A round. */
  private interface Round {
    boolean run();
  }

  private static void say(String way, int mib, int rounds, Round round) {
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      long from = System.nanoTime();
      if (!round.run()) {
        throw new IllegalStateException("nothing came");
      }
      if (i > 0) {
        rates.add(mib * 1e9 / (System.nanoTime() - from));
      }
    }
    rates.sort(null);
    System.out.printf("%s: %.0f MiB/s%n", way, rates.get(rates.size() / 2));
  }
}
