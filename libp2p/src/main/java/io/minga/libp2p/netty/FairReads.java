package io.minga.libp2p.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Lets each connection read for a moment before it is the turn of the next on the same event loop.
 *
 * <p>Netty counts reads, sixteen in a row; but what a read costs is the peer's choice, and a
 * mebibyte of tiny frames takes a thousand times as long as one of large ones. So a turn ends when
 * its time is over, and a connection whose reads are dear gets less with each.
 */
final class FairReads extends AdaptiveRecvByteBufAllocator {
  /** More than sixteen reads of bulk data take. */
  static final long TURN_NANOS = 2_000_000;

  static final int READ_BYTES_MIN = 1 << 10;
  static final int READ_BYTES_MAX = 64 << 10;

  /** What a read of bulk data stays below by far, and one of tiny frames may take. */
  private static final long DEAR_READ_NANOS = TURN_NANOS / 2;

  private static final long CHEAP_READ_NANOS = TURN_NANOS / 8;

  private final LongSupplier nanoTime;

  FairReads(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Turn((ExtendedHandle) super.newHandle());
  }

  private final class Turn extends DelegatingHandle implements ExtendedHandle {
    private final ExtendedHandle reads;
    private long endNanos;
    private long readAtNanos;
    private int bytesMax = READ_BYTES_MAX;

    Turn(ExtendedHandle reads) {
      super(reads);
      this.reads = reads;
    }

    @Override
    public void reset(ChannelConfig config) {
      readAtNanos = nanoTime.getAsLong();
      endNanos = readAtNanos + TURN_NANOS;
      super.reset(config);
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator buffers) {
      return buffers.ioBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(bytesMax, super.guess());
    }

    @Override
    public boolean continueReading() {
      boolean isInTime = isInTime();
      return reads.continueReading() && isInTime;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      boolean isInTime = isInTime();
      return reads.continueReading(maybeMoreData) && isInTime;
    }

    /** After a read and all that it caused. */
    private boolean isInTime() {
      long nowNanos = nanoTime.getAsLong();
      long tookNanos = nowNanos - readAtNanos;
      readAtNanos = nowNanos;
      if (tookNanos > DEAR_READ_NANOS) {
        bytesMax = Math.max(READ_BYTES_MIN, bytesMax / 2);
      } else if (tookNanos < CHEAP_READ_NANOS) {
        bytesMax = Math.min(READ_BYTES_MAX, bytesMax * 2);
      }
      return endNanos - nowNanos > 0;
    }
  }
}
