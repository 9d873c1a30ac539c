package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.ACK;
import static io.minga.libp2p.yamux.TestSession.FIN;
import static io.minga.libp2p.yamux.TestSession.GO_AWAY;
import static io.minga.libp2p.yamux.TestSession.PING;
import static io.minga.libp2p.yamux.TestSession.RST;
import static io.minga.libp2p.yamux.TestSession.SYN;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.concat;
import static io.minga.libp2p.yamux.TestSession.data;
import static io.minga.libp2p.yamux.TestSession.frame;

import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class YamuxFuzzTest {
  private static final List<byte[]> CORPUS =
      List.of(
          concat(frame(WINDOW, SYN, 1, 0), data(0, 1, 20), data(FIN, 1, 5)),
          concat(data(SYN, 3, 40), frame(WINDOW, 0, 3, 1000), frame(WINDOW, RST, 3, 9)),
          concat(data(SYN | FIN, 5, 1), frame(PING, SYN, 0, 7), frame(PING, ACK, 0, 1)),
          concat(frame(WINDOW, ACK, 2, 0), data(0, 2, 9), data(FIN | ACK, 4, 1)),
          concat(frame(WINDOW, SYN, 7, 5), frame(WINDOW, SYN, 9, 5), frame(WINDOW, FIN, 7, 0)),
          concat(data(0, 77, 300), frame(GO_AWAY, 0, 0, 0)),
          frame(GO_AWAY, 0, 0, 2));

  static LongStream seeds() {
    return Seeds.seeds(2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void received_byAFreshSession_breaksNothing(long seed) {
    Hostile.fuzz(seed, CORPUS, input -> new Fuzzed().receive(input));
  }

  /** One session takes input after input, until it is over and a new one begins. */
  @ParameterizedTest
  @MethodSource("seeds")
  void received_byASessionWithAPast_breaksNothing(long seed) {
    Fuzzed[] current = {new Fuzzed()};
    Hostile.fuzz(
        seed,
        CORPUS,
        input -> {
          if (current[0].isOver) {
            current[0] = new Fuzzed();
          }
          return current[0].receive(input);
        });
  }

  /** A listener with streams both ways whose application reads and answers everything. */
  private static final class Fuzzed {
    private final CountingBudget budget = new CountingBudget(Long.MAX_VALUE);
    private final YamuxSession session = new YamuxSession(YamuxOptions.DEFAULT, false, budget, 0);
    private boolean isOver;
    private long nowNanos;

    Fuzzed() {
      try {
        session.handle(0, new Input.Open());
        session.handle(0, new Input.Open());
        session.handle(0, new Input.Send(2, 1000));
        session.handle(0, new Input.Transmit(4096));
      } catch (WireException e) {
        throw new AssertionError(e);
      }
    }

    Object receive(byte[] input) throws WireException {
      nowNanos += 10_000_000;
      try {
        List<Effect> effects = session.handle(nowNanos, new Input.Received(ByteBuffer.wrap(input)));
        perform(effects, input.length);
        perform(session.handle(nowNanos, new Input.Transmit(1 << 20)), 0);
      } catch (WireException e) {
        isOver = true;
        session.handle(nowNanos, new Input.Transmit(12));
        check(session.streamCount() == 0 && budget.reservedBytes() == 0, "not empty");
        throw e;
      }
      check(session.streamCount() <= 258, "too many streams");
      check(session.streamCount() * 262_144L <= budget.reservedBytes(), "budget");
      return this;
    }

    private void perform(List<Effect> effects, int received) throws WireException {
      for (Effect effect : effects) {
        if (effect instanceof Effect.Data data) {
          check(data.offset() >= 0 && data.length() > 0, "data without bytes");
          check(data.offset() + data.length() <= received, "data beyond the input");
          session.handle(nowNanos, new Input.Consumed(data.streamId(), data.length()));
          if (session.isWritable(data.streamId())) {
            session.handle(nowNanos, new Input.Send(data.streamId(), data.length()));
          }
        } else if (effect instanceof Effect.RemoteClosed fin) {
          session.handle(nowNanos, new Input.CloseWrite(fin.streamId()));
        } else if (effect instanceof Effect.Closed) {
          isOver = true;
        }
      }
    }

    private static void check(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError(what);
      }
    }
  }
}
