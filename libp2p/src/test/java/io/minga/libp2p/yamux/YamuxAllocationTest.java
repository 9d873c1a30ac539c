package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.QUIET;
import static io.minga.libp2p.yamux.TestSession.SYN;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.data;
import static io.minga.libp2p.yamux.TestSession.frame;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Input;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What the hot path allocates: the inputs and the effects, and nothing a stream or a byte. */
final class YamuxAllocationTest {
  private static final int STREAMS = 100;
  private static final int ROUNDS = 20_000;

  @Test
  void roundTrip_allocatesItsInputsAndEffectsOnly() throws WireException {
    YamuxSession session = new YamuxSession(QUIET, false, new CountingBudget(Long.MAX_VALUE), 0);
    ByteBuffer[] frames = new ByteBuffer[STREAMS];
    for (int i = 0; i < STREAMS; i++) {
      int id = 2 * i + 1;
      session.handle(0, new Input.Received(ByteBuffer.wrap(frame(WINDOW, SYN, id, 1 << 30))));
      frames[i] = ByteBuffer.wrap(data(0, id, 64));
    }
    play(session, frames, ROUNDS);
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long before = threads.getCurrentThreadAllocatedBytes();
    play(session, frames, ROUNDS);
    long perRoundTrip = (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;

    // Received, Data, Consumed, Send, Transmit and Frame are six objects of 16 to 24 bytes.
    assertThat(perRoundTrip).isLessThanOrEqualTo(160);
  }

  private static void play(YamuxSession session, ByteBuffer[] frames, int rounds)
      throws WireException {
    for (int i = 0; i < rounds; i++) {
      int id = 2 * (i % STREAMS) + 1;
      session.handle(i, new Input.Received(frames[i % STREAMS]));
      session.handle(i, new Input.Consumed(id, 64));
      session.handle(i, new Input.Send(id, 64));
      session.handle(i, new Input.Transmit(65_536));
    }
  }
}
