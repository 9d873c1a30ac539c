package io.minga.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.CloseReason;
import io.minga.libp2p.yamux.Yamux.GoAwayCode;
import io.minga.libp2p.yamux.Yamux.Input;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two sessions against each other in virtual time, by seeds: what was sent arrives in order, limits
 * hold at every step, and once both applications are done, both sessions are empty.
 */
final class YamuxModelTest {
  private static final int STEPS = 3000;
  private static final int FINISH_ROUNDS_MAX = 200_000;

  static LongStream seeds() {
    return Seeds.seeds(200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anyHistory_losesNothingAndEndsEmpty(long seed) throws WireException {
    new Run(seed).play();
  }

  @Test
  void sameSeed_givesTheSameTrace() throws WireException {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(new Run(seed).play()).as("seed %d", seed).isEqualTo(new Run(seed).play());
    }
  }

  @Test
  void campaign_carriesDataAndMeetsLimits() throws WireException {
    long bytes = 0;
    int resets = 0;
    int closed = 0;
    for (long seed = 1; seed <= 20; seed++) {
      Run run = new Run(seed);
      run.play();
      bytes += run.dialer.bytesReceived + run.listener.bytesReceived;
      for (SimulatedPeer.End end : run.dialer.ends.values()) {
        resets += end.reset ? 1 : 0;
        closed += end.closed ? 1 : 0;
      }
    }
    assertThat(bytes).isGreaterThan(10_000_000);
    assertThat(resets).isGreaterThan(100);
    assertThat(closed).isGreaterThan(200);
  }

  private static final class Run {
    private final Random random;
    private final boolean lossy;
    private final SimulatedPeer dialer;
    private final SimulatedPeer listener;
    private final String drawn;
    private long nowNanos;

    Run(long seed) {
      random = new Random(seed);
      lossy = random.nextInt(3) > 0;
      int initialBytes = pick(1, 9, 100, 5000, 256 * 1024);
      YamuxOptions dialerOptions = options(initialBytes);
      YamuxOptions listenerOptions = options(initialBytes);
      dialer = new SimulatedPeer(dialerOptions, true, budget(initialBytes));
      listener = new SimulatedPeer(listenerOptions, false, budget(initialBytes));
      drawn = "seed %d %s / %s".formatted(seed, dialerOptions, listenerOptions);
    }

    long play() throws WireException {
      for (int step = 0; step < STEPS; step++) {
        nowNanos += random.nextInt(1_000_000);
        SimulatedPeer peer = random.nextBoolean() ? dialer : listener;
        peer.step(nowNanos, random, peer == dialer ? listener : dialer, lossy);
        peer.checkBounds();
        assertThat(peer.closed).as(drawn).isNull();
      }
      finish();
      check(dialer, listener);
      check(listener, dialer);
      goAway();
      return 31 * dialer.traceHash + listener.traceHash;
    }

    /** The liveness phase: no new streams, everything said is to be heard. */
    private void finish() throws WireException {
      for (int round = 0; !isQuiet(); round++) {
        assertThat(round)
            .as("rounds, %s, %s, %s", dialer, listener, drawn)
            .isLessThan(FINISH_ROUNDS_MAX);
        nowNanos += 1_000_000;
        dialer.finish(nowNanos, listener);
        listener.finish(nowNanos, dialer);
      }
    }

    private boolean isQuiet() {
      return dialer.session.streamCount() + listener.session.streamCount() == 0
          && dialer.pipeBytes() + listener.pipeBytes() == 0
          && !dialer.session.wantsTransmit()
          && !listener.session.wantsTransmit();
    }

    private void check(SimulatedPeer receiver, SimulatedPeer sender) {
      assertThat(receiver.budget.reservedBytes()).as(drawn).isZero();
      assertThat(receiver.isWaitingForOpenable()).as(drawn).isFalse();
      for (SimulatedPeer.End end : receiver.ends.values()) {
        assertThat(end.isLive()).as(drawn).isFalse();
        SimulatedPeer.End far = sender.ends.get(end.id);
        if (far == null) {
          assertThat(end.reset || end.readClosed)
              .as("stream %d was refused, or reset before its SYN, %s", end.id, drawn)
              .isTrue();
          continue;
        }
        assertThat(end.received).as(drawn).isLessThanOrEqualTo(far.written);
        if (end.closed && far.closed && !end.readClosed) {
          assertThat(end.received).as("stream %d, %s", end.id, drawn).isEqualTo(far.handed);
          assertThat(end.remoteClosed).as(drawn).isTrue();
        }
        if (!lossy) {
          assertThat(end.closed && far.closed).as("stream %d, %s", end.id, drawn).isTrue();
        }
      }
    }

    private void goAway() throws WireException {
      boolean dialerGoes = random.nextBoolean();
      SimulatedPeer goes = dialerGoes ? dialer : listener;
      SimulatedPeer stays = dialerGoes ? listener : dialer;
      goes.handle(nowNanos, new Input.GoAway(GoAwayCode.NORMAL));
      goes.finish(nowNanos, stays);
      stays.finish(nowNanos, goes);
      assertThat(goes.closed).isEqualTo(new Yamux.Effect.Closed(CloseReason.LOCAL_GOAWAY, 0));
      assertThat(stays.closed).isEqualTo(new Yamux.Effect.Closed(CloseReason.REMOTE_GOAWAY, 0));
    }

    private YamuxOptions options(int initialBytes) {
      int bytesMax = initialBytes * pick(1, 2, 7, 16);
      return new YamuxOptions(
          new YamuxOptions.Windows(initialBytes, bytesMax, pick(0, 10, 100_000, 1 << 25)),
          new YamuxOptions.Frames(pick(1 + initialBytes / 3, 1000, 65_536), 1 << 20, coin()),
          new YamuxOptions.Streams(pick(1, 5, 256), pick(1, 7, 1024), pick(1, 3, 256)),
          YamuxOptions.Floods.DEFAULT,
          new YamuxOptions.WriteMarks(300_000, pick(0, 1000, 300_000)),
          new YamuxOptions.KeepAlive(Duration.ofMillis(pick(0, 5, 50)), Duration.ofHours(1)));
    }

    private CountingBudget budget(int initialBytes) {
      return new CountingBudget(coin() ? Long.MAX_VALUE : initialBytes * 40L);
    }

    private boolean coin() {
      return random.nextBoolean();
    }

    private int pick(int... choices) {
      return choices[random.nextInt(choices.length)];
    }
  }
}
