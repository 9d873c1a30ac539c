package io.minga.libp2p.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.ping.PingInitiator.Effect;
import io.minga.libp2p.ping.PingInitiator.Input;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PingInitiatorTest {
  private static final long START =
      Long.MAX_VALUE - 1_000_000_000L; // the clock wraps within a test
  private static final long MILLI = 1_000_000;
  private static final long TIMEOUT = PingOptions.DEFAULT.timeout().toNanos();
  private static final long INTERVAL = PingOptions.DEFAULT.interval().toNanos();

  private int drawn;
  private final PingInitiator initiator = new PingInitiator(PingOptions.DEFAULT, this::draw);

  static LongStream seeds() {
    return Seeds.seeds(50);
  }

  /** Entropy that counts up, so that every ping is another. */
  private byte[] draw(int length) {
    byte[] bytes = new byte[length];
    bytes[0] = (byte) ++drawn;
    return bytes;
  }

  private static Bytes ping(int number) {
    return Bytes.fromHex("%02x".formatted(number) + "00".repeat(31));
  }

  private List<Effect> handle(long nowNanos, Input input) throws WireException {
    return initiator.handle(nowNanos, input);
  }

  private void openAndPing() throws WireException {
    assertThat(handle(START, new Input.Ping())).containsExactly(new Effect.OpenStream());
    assertThat(handle(START, new Input.Opened())).containsExactly(new Effect.Send(ping(1)));
  }

  @Test
  void ping_echoed_measuresFromTheSending() throws WireException {
    assertThat(handle(START, new Input.Ping())).containsExactly(new Effect.OpenStream());
    assertThat(handle(START + 5 * MILLI, new Input.Opened()))
        .containsExactly(new Effect.Send(ping(1)));
    assertThat(handle(START + 6 * MILLI, new Input.Received(ping(1).slice(0, 30)))).isEmpty();
    assertThat(handle(START + 8 * MILLI, new Input.Received(ping(1).slice(30, 32))))
        .containsExactly(new Effect.RoundTrip(3 * MILLI));
    assertThat(initiator.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void ping_again_usesTheSameStream() throws WireException {
    openAndPing();
    handle(START, new Input.Received(ping(1)));
    assertThat(handle(START, new Input.Ping())).containsExactly(new Effect.Send(ping(2)));
  }

  @Test
  void ping_whileOneIsUnderWay_sharesItsResult() throws WireException {
    openAndPing();
    assertThat(handle(START, new Input.Ping())).isEmpty();
    assertThat(handle(START + 1, new Input.Received(ping(1))))
        .containsExactly(new Effect.RoundTrip(1));
  }

  @Test
  void received_otherBytes_isAViolationAndEndsTheStream() throws WireException {
    openAndPing();
    assertThatThrownBy(() -> handle(START, new Input.Received(ping(2))))
        .isInstanceOf(WireException.class)
        .hasMessage("ping answered with other bytes than were sent, within bytes 0 to 32");
    assertThat(handle(START, new Input.Ping())).containsExactly(new Effect.OpenStream());
  }

  @Test
  void received_tooMuch_isAViolation() throws WireException {
    openAndPing();
    assertThatThrownBy(() -> handle(START, new Input.Received(ping(1).concat(ping(1)))))
        .isInstanceOf(WireException.class)
        .hasMessage("ping answered with 64 bytes where 32 were due");
  }

  @Test
  void received_withoutAPing_isAViolation() throws WireException {
    openAndPing();
    handle(START, new Input.Received(ping(1)));
    assertThatThrownBy(() -> handle(START, new Input.Received(ping(1).slice(0, 1))))
        .isInstanceOf(WireException.class)
        .hasMessage("ping answered with 1 bytes where 0 were due");
  }

  @Test
  void tick_withoutAnEcho_failsAndResets() throws WireException {
    openAndPing();
    assertThat(initiator.nextDeadlineNanos()).isEqualTo(START + TIMEOUT);
    assertThat(handle(START + TIMEOUT - 1, new Input.Tick())).isEmpty();
    assertThat(handle(START + TIMEOUT, new Input.Tick()))
        .containsExactly(
            new Effect.ResetStream(), new Effect.Failed("no answer to a ping within 10000 ms"));
    assertThat(handle(START + TIMEOUT, new Input.Ping())).containsExactly(new Effect.OpenStream());
  }

  @Test
  void tick_whileTheStreamOpens_failsToo() throws WireException {
    handle(START, new Input.Ping());
    assertThat(handle(START + TIMEOUT, new Input.Tick()))
        .hasExactlyElementsOfTypes(Effect.ResetStream.class, Effect.Failed.class);
  }

  @Test
  void openFailed_isTheResult() throws WireException {
    handle(START, new Input.Ping());
    assertThat(handle(START, new Input.OpenFailed("it does not speak ping")))
        .containsExactly(new Effect.Failed("it does not speak ping"));
  }

  @Test
  void remoteClosed_betweenPings_opensAnotherForTheNext() throws WireException {
    openAndPing();
    handle(START, new Input.Received(ping(1)));
    assertThat(handle(START, new Input.RemoteClosed())).containsExactly(new Effect.CloseStream());
    assertThat(handle(START, new Input.Ping())).containsExactly(new Effect.OpenStream());
  }

  @Test
  void remoteClosed_duringAPing_triesOnceMore() throws WireException {
    openAndPing();
    handle(START, new Input.Received(ping(1).slice(0, 9)));
    assertThat(handle(START, new Input.RemoteClosed()))
        .containsExactly(new Effect.CloseStream(), new Effect.OpenStream());
    assertThat(handle(START, new Input.Opened())).containsExactly(new Effect.Send(ping(2)));
    assertThat(handle(START, new Input.RemoteClosed()))
        .containsExactly(
            new Effect.CloseStream(),
            new Effect.Failed("the peer closed the ping stream without an answer"));
  }

  @Test
  void loop_pingsAgainAfterTheInterval_alsoAfterAFailure() throws WireException {
    handle(START, new Input.Loop());
    handle(START, new Input.Opened());
    long echoed = START + MILLI;
    handle(echoed, new Input.Received(ping(1)));
    assertThat(initiator.nextDeadlineNanos()).isEqualTo(echoed + INTERVAL);
    assertThat(handle(echoed + INTERVAL - 1, new Input.Tick())).isEmpty();
    assertThat(handle(echoed + INTERVAL, new Input.Tick()))
        .containsExactly(new Effect.Send(ping(2)));
    long failed = echoed + INTERVAL + TIMEOUT;
    assertThat(handle(failed, new Input.Tick())).hasSize(2);
    assertThat(handle(failed + INTERVAL, new Input.Tick()))
        .containsExactly(new Effect.OpenStream());
  }

  @Test
  void stop_endsTheLoopAndTheStream() throws WireException {
    handle(START, new Input.Loop());
    assertThat(handle(START, new Input.Stop())).containsExactly(new Effect.ResetStream());
    handle(START, new Input.Loop());
    handle(START, new Input.Opened());
    assertThat(handle(START, new Input.Stop())).containsExactly(new Effect.CloseStream());
    assertThat(handle(START, new Input.Stop())).isEmpty();
    assertThat(initiator.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void handle_inputOfNoStream_isOurError() {
    assertThatIllegalStateException()
        .isThrownBy(() -> handle(START, new Input.Received(ping(1))))
        .withMessage("the ping stream is NONE, not OPEN");
    assertThatIllegalStateException().isThrownBy(() -> handle(START, new Input.Opened()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void loop_againstTheResponder_splitAnywhere_alwaysRoundTrips(long seed) throws WireException {
    Random random = new Random(seed);
    PingOptions options =
        new PingOptions(Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofSeconds(60), 2);
    PingInitiator looping = new PingInitiator(options, length -> randomBytes(random, length));
    PingResponder responder = new PingResponder(options, START);
    long now = START;
    int roundTrips = 0;
    List<Effect> effects = new ArrayList<>(looping.handle(now, new Input.Loop()));
    while (roundTrips < 20) {
      Effect effect = effects.isEmpty() ? new Effect.Failed("nothing to do") : effects.remove(0);
      if (effect instanceof Effect.OpenStream) {
        effects.addAll(looping.handle(now, new Input.Opened()));
      } else if (effect instanceof Effect.Send send) {
        for (Bytes part : split(random, send.bytes())) {
          for (PingResponder.Effect answer :
              responder.handle(now, new PingResponder.Input.Received(part))) {
            now += MILLI;
            for (Bytes echo : split(random, ((PingResponder.Effect.Send) answer).bytes())) {
              effects.addAll(looping.handle(now, new Input.Received(echo)));
            }
          }
        }
      } else {
        assertThat(effect).isEqualTo(new Effect.RoundTrip(MILLI));
        roundTrips++;
        now = looping.nextDeadlineNanos();
        effects.addAll(looping.handle(now, new Input.Tick()));
      }
    }
  }

  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static List<Bytes> split(Random random, Bytes bytes) {
    int at = random.nextInt(bytes.length() + 1);
    return List.of(bytes.slice(0, at), bytes.slice(at, bytes.length()));
  }

  @Test
  void received_hostileBytes_neverAreARoundTripButTheEcho() {
    Hostile.fuzz(1, List.of(ping(1).toByteArray()), PingInitiatorTest::feed);
  }

  private static @Nullable Object feed(byte[] input) throws WireException {
    PingInitiator initiator =
        new PingInitiator(PingOptions.DEFAULT, length -> ping(1).toByteArray());
    initiator.handle(START, new Input.Ping());
    initiator.handle(START, new Input.Opened());
    List<Effect> effects = initiator.handle(START, new Input.Received(Bytes.copyOf(input)));
    assertThat(effects.isEmpty()).isEqualTo(!Bytes.copyOf(input).equals(ping(1)));
    return effects;
  }
}
