package io.minga.benchmarks.host;

import io.minga.benchmarks.Quantity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Bytes one way on one fresh stream, written in chunks of 64 KiB while it is writable. The receiver
 * throws them away and sends a receipt now and then, and the last receipt stops the clock.
 */
final class Bulk implements Figure {
  private static final int CHUNK_BYTES = 64 << 10;
  private static final long PATIENCE_SECONDS = 120;

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.rate("rate", "MB/s"));
  }

  @Override
  public boolean suits(Contender contender) {
    return true;
  }

  @Override
  public double[] measure(Peer peer, long nanos) throws Exception {
    Run run = new Run(nanos);
    peer.open(Peer.Service.DISCARD, run);
    try {
      return new double[] {run.bytesPerSecond.get(PATIENCE_SECONDS, TimeUnit.SECONDS) / 1e6};
    } finally {
      run.chunk.release();
    }
  }

  private static final class Run implements Peer.Receiver {
    private final ByteBuf chunk = Unpooled.directBuffer(CHUNK_BYTES).writeZero(CHUNK_BYTES);
    private final long nanos;
    private final CompletableFuture<Double> bytesPerSecond = new CompletableFuture<>();
    private long startNanos;
    private long sentBytes;
    private long receivedBytes;

    Run(long nanos) {
      this.nanos = nanos;
    }

    @Override
    public void opened(Peer.Lane lane) {
      startNanos = System.nanoTime();
      writable(lane);
    }

    /** Two receipts ahead of the receiver, so that it never waits for us to hear of one. */
    @Override
    public void writable(Peer.Lane lane) {
      long limit = receivedBytes + 2L * Peer.BYTES_PER_RECEIPT;
      while (sentBytes < limit && lane.isWritable() && !bytesPerSecond.isDone()) {
        lane.write(chunk.retainedDuplicate());
        sentBytes += CHUNK_BYTES;
      }
    }

    @Override
    public void read(Peer.Lane lane, ByteBuf receipts) {
      receivedBytes += (long) receipts.readableBytes() * Peer.BYTES_PER_RECEIPT;
      receipts.release();
      long elapsedNanos = System.nanoTime() - startNanos;
      if (elapsedNanos < nanos) {
        writable(lane);
      } else if (bytesPerSecond.complete(receivedBytes * 1e9 / elapsedNanos)) {
        lane.close();
      }
    }

    @Override
    public void failed(Throwable cause) {
      bytesPerSecond.completeExceptionally(cause);
    }
  }
}
