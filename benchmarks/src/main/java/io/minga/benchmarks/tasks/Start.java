package io.minga.benchmarks.tasks;

import io.minga.benchmarks.ChildProcess;
import io.minga.benchmarks.Quantity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A server that nobody has used yet: how soon it listens, and what memory it holds when idle. */
final class Start implements Figure {
  private static final long IDLE_MILLIS = 2_000;
  private static final String RESIDENT = "VmRSS:";

  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.cost("ready", "ms"), Quantity.cost("idle memory", "MB"));
  }

  @Override
  public boolean suits(Contender contender) {
    return contender != Contender.BARE;
  }

  @Override
  public double[] measure(Client client, long nanos) throws Exception {
    long startNanos = System.nanoTime();
    try (ChildProcess server =
        ChildProcess.startPlainJava(
            client.contender() + "-start", Server.class, client.contender().name())) {
      server.hear();
      long readyNanos = System.nanoTime() - startNanos;
      Thread.sleep(nanos < SERIOUS_NANOS ? 1 : IDLE_MILLIS);
      return new double[] {readyNanos / 1e6, residentBytes(server.pid()) / 1e6};
    }
  }

  /** What the kernel says; NaN where there is no such file. */
  private static double residentBytes(long pid) throws Exception {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.exists(status)) {
      return Double.NaN;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith(RESIDENT))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToDouble(kib -> Double.parseDouble(kib) * 1024)
          .findFirst()
          .orElse(Double.NaN);
    }
  }
}
