package io.minga.libp2p.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a connection may read, over a clock that the test turns. */
final class FairReadsTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private long nowNanos = 1_000;
  private final ExtendedHandle turn = newTurn();

  private ExtendedHandle newTurn() {
    FairReads reads = new FairReads(() -> nowNanos);
    reads.maxMessagesPerRead(16); // as TCP channels set it
    return reads.newHandle();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** Reads a full buffer, which takes {@code nanos}; returns whether there may be another read. */
  private boolean read(long nanos) {
    ByteBuf buffer = turn.allocate(UnpooledByteBufAllocator.DEFAULT);
    int bytes = buffer.writableBytes();
    buffer.release();
    turn.attemptedBytesRead(bytes);
    turn.lastBytesRead(bytes);
    turn.incMessagesRead(1);
    nowNanos += nanos;
    return turn.continueReading();
  }

  /** Takes turns of reads that take {@code nanos} each, and returns how large the last was. */
  private int turns(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      turn.reset(channel.config());
      while (read(nanos)) {
        // Another one.
      }
      turn.readComplete();
    }
    return turn.guess();
  }

  private int readsInTurn(long nanos) {
    turn.reset(channel.config());
    int count = 1;
    while (read(nanos)) {
      count++;
    }
    return count;
  }

  @Test
  void cheapReads_areSixteenInARow() {
    assertThat(readsInTurn(1_000)).isEqualTo(16);
  }

  @Test
  void dearReads_endTheTurnInTime() {
    assertThat(readsInTurn(FairReads.TURN_NANOS / 4)).isEqualTo(4);
    assertThat(readsInTurn(FairReads.TURN_NANOS * 100)).isEqualTo(1);
  }

  @Test
  void dearReads_becomeSmall_andCheapOnesLargeAgain() {
    assertThat(turns(20, 1_000)).isEqualTo(FairReads.READ_BYTES_MAX);

    assertThat(turns(20, FairReads.TURN_NANOS)).isEqualTo(FairReads.READ_BYTES_MIN);

    assertThat(turns(20, 1_000)).isEqualTo(FairReads.READ_BYTES_MAX);
  }
}
