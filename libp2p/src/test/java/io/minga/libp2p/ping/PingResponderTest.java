package io.minga.libp2p.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.ping.PingResponder.Effect;
import io.minga.libp2p.ping.PingResponder.Input;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PingResponderTest {
  private static final long START =
      Long.MAX_VALUE - 1_000_000_000L; // the clock wraps within a test
  private static final long IDLE = PingOptions.DEFAULT.idle().toNanos();

  private final PingResponder responder = new PingResponder(PingOptions.DEFAULT, START);

  static LongStream seeds() {
    return Seeds.seeds(50);
  }

  private static Bytes ping(int fill) {
    return Bytes.fromHex("%02x".formatted(fill).repeat(PingOptions.PING_LENGTH));
  }

  private List<Effect> receive(Bytes bytes) throws WireException {
    return responder.handle(START, new Input.Received(bytes));
  }

  @Test
  void received_ping_isEchoed() throws WireException {
    assertThat(receive(ping(1))).containsExactly(new Effect.Send(ping(1)));
    assertThat(receive(ping(2))).containsExactly(new Effect.Send(ping(2)));
  }

  @Test
  void received_partOfAPing_waitsForTheRest() throws WireException {
    assertThat(receive(ping(1).slice(0, 31))).isEmpty();
    assertThat(receive(ping(1).slice(31, 32).concat(ping(2)).concat(ping(3).slice(0, 1))))
        .containsExactly(new Effect.Send(ping(1).concat(ping(2))));
  }

  @Test
  void remoteClosed_afterAPing_answersAndThenClosesItsOwnSide() throws WireException {
    List<Effect> effects = new ArrayList<>(receive(ping(1)));
    effects.addAll(responder.handle(START, new Input.RemoteClosed()));
    assertThat(effects).containsExactly(new Effect.Send(ping(1)), new Effect.CloseWrite());
    assertThat(responder.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void remoteClosed_withinAPing_isAViolation() throws WireException {
    receive(ping(1).slice(0, 7));
    assertThatThrownBy(() -> responder.handle(START, new Input.RemoteClosed()))
        .isInstanceOf(WireException.class)
        .hasMessage("ping stream closed after 7 bytes of a ping, which has 32");
  }

  @Test
  void tick_afterSilence_resetsOnce() throws WireException {
    long later = START + 5;
    assertThat(responder.handle(later, new Input.Received(ping(1)))).hasSize(1);
    assertThat(responder.nextDeadlineNanos()).isEqualTo(later + IDLE);
    assertThat(responder.handle(later + IDLE - 1, new Input.Tick())).isEmpty();
    assertThat(responder.handle(later + IDLE, new Input.Tick()))
        .containsExactly(new Effect.Reset());
    assertThat(responder.handle(later + IDLE, new Input.Tick())).isEmpty();
  }

  @Test
  void handle_afterTheEnd_isOurError() throws WireException {
    responder.handle(START, new Input.RemoteClosed());
    assertThatIllegalStateException().isThrownBy(() -> receive(ping(1)));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void received_splitAnywhere_echoesTheSameBytes(long seed) throws WireException {
    Random random = new Random(seed);
    byte[] sent = new byte[PingOptions.PING_LENGTH * (1 + random.nextInt(20))];
    random.nextBytes(sent);
    Bytes all = Bytes.copyOf(sent);
    Bytes echoed = Bytes.EMPTY;
    int at = 0;
    while (at < all.length()) {
      int next = Math.min(all.length(), at + random.nextInt(70));
      for (Effect effect : receive(all.slice(at, next))) {
        echoed = echoed.concat(((Effect.Send) effect).bytes());
      }
      at = next;
      assertThat(at - echoed.length()).as("bytes held").isBetween(0, PingOptions.PING_LENGTH - 1);
    }
    assertThat(echoed).isEqualTo(all);
    assertThat(responder.handle(START, new Input.RemoteClosed()))
        .containsExactly(new Effect.CloseWrite());
  }

  @Test
  void received_hostileBytes_areEchoedOrRefused() {
    Hostile.fuzz(1, List.of(ping(1).concat(ping(2)).toByteArray()), PingResponderTest::feed);
  }

  private static @Nullable Object feed(byte[] input) throws WireException {
    PingResponder responder = new PingResponder(PingOptions.DEFAULT, START);
    int half = input.length / 2;
    int echoed = 0;
    for (Bytes part :
        List.of(Bytes.copyOf(input, 0, half), Bytes.copyOf(input, half, input.length - half))) {
      for (Effect effect : responder.handle(START, new Input.Received(part))) {
        echoed += ((Effect.Send) effect).bytes().length();
      }
    }
    assertThat(echoed).isEqualTo(input.length - input.length % PingOptions.PING_LENGTH);
    return responder.handle(START, new Input.RemoteClosed());
  }
}
