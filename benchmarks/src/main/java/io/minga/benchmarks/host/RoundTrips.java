package io.minga.benchmarks.host;

import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.Samples;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Messages of 64 bytes that come back on one long stream, so many under way at any time. */
final class RoundTrips implements Figure {
  /** How many are under way where the rate counts. */
  static final int PIPELINED = 256;

  private static final int MESSAGE_BYTES = 64;
  private static final long PATIENCE_SECONDS = 60;

  private final int depth;

  RoundTrips(int depth) {
    this.depth = depth;
  }

  @Override
  public String name() {
    return depth == 1 ? "pingpong" : "pipelined-" + depth;
  }

  @Override
  public List<Quantity> quantities() {
    return depth == 1
        ? List.of(Quantity.cost("p50", "µs"), Quantity.cost("p99", "µs"))
        : List.of(Quantity.rate("rate", "1/s"));
  }

  @Override
  public boolean suits(Contender contender) {
    return true;
  }

  @Override
  public double[] measure(Peer peer, long nanos) throws Exception {
    Run run = new Run(depth, nanos);
    peer.open(Peer.Service.ECHO, run);
    try {
      double perSecond = run.perSecond.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return depth == 1
          ? new double[] {run.latencies.quantile(0.5) / 1e3, run.latencies.quantile(0.99) / 1e3}
          : new double[] {perSecond};
    } finally {
      run.message.release();
    }
  }

  private static final class Run implements Peer.Receiver {
    private final ByteBuf message = Unpooled.directBuffer(MESSAGE_BYTES).writeZero(MESSAGE_BYTES);
    private final int depth;
    private final long nanos;
    private final Samples latencies = new Samples();
    private final CompletableFuture<Double> perSecond = new CompletableFuture<>();
    private long startNanos;
    private long sentNanos;
    private long bytes;
    private long answered;

    Run(int depth, long nanos) {
      this.depth = depth;
      this.nanos = nanos;
    }

    @Override
    public void opened(Peer.Lane lane) {
      startNanos = System.nanoTime();
      send(lane, depth);
    }

    @Override
    public void read(Peer.Lane lane, ByteBuf chunk) {
      bytes += chunk.readableBytes();
      chunk.release();
      long complete = bytes / MESSAGE_BYTES;
      int fresh = (int) (complete - answered);
      if (fresh == 0 || perSecond.isDone()) {
        return;
      }
      answered = complete;
      long nowNanos = System.nanoTime();
      if (depth == 1) {
        latencies.add(nowNanos - sentNanos);
      }
      if (nowNanos - startNanos < nanos) {
        send(lane, fresh);
      } else {
        perSecond.complete(answered * 1e9 / (nowNanos - startNanos));
        lane.close();
      }
    }

    private void send(Peer.Lane lane, int count) {
      sentNanos = System.nanoTime();
      for (int i = 0; i < count; i++) {
        lane.write(message.retainedDuplicate());
      }
    }

    @Override
    public void failed(Throwable cause) {
      perSecond.completeExceptionally(cause);
    }
  }
}
