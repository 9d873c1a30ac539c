package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.ACK;
import static io.minga.libp2p.yamux.TestSession.FIN;
import static io.minga.libp2p.yamux.TestSession.GO_AWAY;
import static io.minga.libp2p.yamux.TestSession.PING;
import static io.minga.libp2p.yamux.TestSession.QUIET;
import static io.minga.libp2p.yamux.TestSession.RST;
import static io.minga.libp2p.yamux.TestSession.SYN;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.data;
import static io.minga.libp2p.yamux.TestSession.frame;
import static io.minga.libp2p.yamux.TestSession.hex;
import static io.minga.libp2p.yamux.TestSession.out;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.CloseReason;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.GoAwayCode;
import io.minga.libp2p.yamux.Yamux.Input;
import io.minga.libp2p.yamux.Yamux.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What concerns the session as a whole: pings, time, going away. */
final class YamuxSessionTest {
  private static final long SECOND = 1_000_000_000L;
  private static final YamuxOptions PINGING =
      YamuxOptions.DEFAULT.with(
          new YamuxOptions.KeepAlive(Duration.ofSeconds(5), Duration.ofSeconds(10)));

  @Test
  void ping_isEchoedExactly() throws WireException {
    TestSession listener = TestSession.listener();
    assertThat(listener.receive(hex("00 02 0001 00000000 cafebabe"))).isEmpty();
    assertThat(listener.transmit()).containsExactly(out(PING, ACK, 0, 0xcafe_babe));
    assertThat(listener.transmit()).as("once").isEmpty();
  }

  @Test
  void pings_withTheSameValue_areAnsweredOnceATransmit() throws WireException {
    TestSession listener = TestSession.listener();
    listener.receive(frame(PING, SYN, 0, 1), frame(PING, SYN, 0, 2), frame(PING, SYN, 0, 1));
    assertThat(listener.transmit()).containsExactly(out(PING, ACK, 0, 1), out(PING, ACK, 0, 2));
  }

  @Test
  void pings_aFloodOfThem_isAnsweredAtTheRate() throws WireException {
    TestSession listener = TestSession.listener();
    for (int i = 0; i < 1000; i++) {
      listener.receive(frame(PING, SYN, 0, i));
    }
    assertThat(listener.transmit()).hasSize(32);
    listener.receive(frame(PING, SYN, 0, 5000));
    assertThat(listener.transmit()).isEmpty();
    listener.nowNanos += SECOND / 16;
    for (int i = 0; i < 10; i++) {
      listener.receive(frame(PING, SYN, 0, i));
    }
    assertThat(listener.transmit()).as("32 a second").hasSize(2);
  }

  @Test
  void pingAnswer_thatWeDidNotAskFor_isIgnored() throws WireException {
    TestSession listener = TestSession.listener(PINGING);
    assertThat(listener.receive(frame(PING, ACK, 0, 1))).isEmpty();
    listener.transmit();
    assertThat(listener.receive(frame(PING, ACK, 0, 2))).isEmpty();
    assertThat(listener.session.rttNanos()).isZero();
  }

  @Test
  void rtt_isMeasuredFromTransmission() throws WireException {
    TestSession listener = TestSession.listener(PINGING);
    listener.nowNanos = 3 * SECOND;
    assertThat(listener.transmit()).containsExactly(out(PING, SYN, 0, 1));
    listener.nowNanos += 40;
    assertThat(listener.receive(frame(PING, ACK, 0, 1))).containsExactly(new Effect.Rtt(40));
    assertThat(listener.receive(frame(PING, ACK, 0, 1))).as("answered").isEmpty();
    assertThat(listener.session.rttNanos()).isEqualTo(40);
  }

  @Test
  void ping_goesAgainAfterTheInterval() throws WireException {
    TestSession listener = TestSession.listener(PINGING);
    listener.transmit();
    listener.receive(frame(PING, ACK, 0, 1));
    assertThat(listener.session.nextDeadlineNanos()).isEqualTo(5 * SECOND);
    listener.nowNanos = 5 * SECOND - 1;
    listener.handle(new Input.Tick());
    assertThat(listener.session.wantsTransmit()).isFalse();
    listener.nowNanos = 5 * SECOND;
    listener.handle(new Input.Tick());
    assertThat(listener.session.wantsTransmit()).isTrue();
    assertThat(listener.transmit()).containsExactly(out(PING, SYN, 0, 2));
  }

  @Test
  void silentPeer_isDeadAfterTheTimeout() throws WireException {
    TestSession listener = TestSession.listener(PINGING);
    listener.accepted(1);
    assertThat(listener.session.nextDeadlineNanos()).isEqualTo(10 * SECOND);
    listener.nowNanos = 10 * SECOND - 1;
    assertThat(listener.handle(new Input.Tick())).isEmpty();
    listener.nowNanos = 10 * SECOND;
    assertThat(listener.handle(new Input.Tick()))
        .containsExactly(new Effect.Closed(CloseReason.KEEP_ALIVE_TIMEOUT, 0));
    assertThat(listener.session.streamCount()).isZero();
    assertThat(listener.budget.reservedBytes()).isZero();
    assertThat(listener.session.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void unwritableConnection_isDeadAfterTheTimeoutToo() throws WireException {
    TestSession listener = TestSession.listener(PINGING);
    listener.nowNanos = 10 * SECOND;
    assertThat(listener.handle(new Input.Tick()))
        .as("the ping was never transmitted")
        .containsExactly(new Effect.Closed(CloseReason.KEEP_ALIVE_TIMEOUT, 0));
  }

  @Test
  void busyPeer_livesThoughItsAnswerIsLate() throws WireException {
    TestSession listener = TestSession.listener(PINGING);
    listener.accepted(1);
    listener.nowNanos = 9 * SECOND;
    listener.receive(data(0, 1, 1));
    listener.nowNanos = 12 * SECOND;
    assertThat(listener.handle(new Input.Tick())).isEmpty();
    assertThat(listener.session.nextDeadlineNanos()).isEqualTo(19 * SECOND);
    listener.nowNanos = 19 * SECOND;
    assertThat(listener.handle(new Input.Tick())).hasSize(1);
  }

  @Test
  void keepAlive_worksAcrossTheWrapOfTime() throws WireException {
    YamuxSession session =
        new YamuxSession(
            PINGING, true, new CountingBudget(Long.MAX_VALUE), Long.MAX_VALUE - SECOND);
    long deadline = session.nextDeadlineNanos();
    assertThat(session.handle(deadline - 1, new Input.Tick())).isEmpty();
    assertThat(session.handle(deadline, new Input.Tick())).hasSize(1);
  }

  @Test
  void keepAlive_off_neverPings() throws WireException {
    TestSession listener = TestSession.listener(QUIET);
    assertThat(listener.session.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    listener.nowNanos = 1_000_000 * SECOND;
    assertThat(listener.handle(new Input.Tick())).isEmpty();
    assertThat(listener.transmit()).isEmpty();
  }

  @Test
  void remoteGoAway_withoutStreams_closes() throws WireException {
    assertThat(TestSession.listener().receive(hex("00 03 0000 00000000 00000000")))
        .containsExactly(
            new Effect.RemoteGoAway(), new Effect.Closed(CloseReason.REMOTE_GOAWAY, 0));
  }

  @Test
  void remoteGoAway_letsStreamsFinishButOpensNoMore() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.receive(frame(GO_AWAY, 0, 0, 0)))
        .containsExactly(new Effect.RemoteGoAway());
    assertThat(listener.handle(new Input.Open()))
        .containsExactly(new Effect.OpenRefused(Refusal.REMOTE_GOAWAY));
    listener.handle(new Input.Send(1, 5));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.receive(data(FIN, 1, 5))).hasSize(2);
    listener.handle(new Input.Consumed(1, 5));
    assertThat(listener.transmit())
        .hasSize(4)
        .endsWith(new Effect.StreamClosed(1), new Effect.Closed(CloseReason.REMOTE_GOAWAY, 0));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "4294967295, -1"})
  void remoteGoAway_withAnError_closesAtOnce(long code, int asInt) throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.receive(frame(GO_AWAY, 0, 0, (int) code), data(0, 1, 5)))
        .containsExactly(new Effect.Closed(CloseReason.REMOTE_GOAWAY, asInt));
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void goAway_normal_waitsForTheStreamsAndRefusesNewOnes() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.GoAway(GoAwayCode.NORMAL));
    assertThat(listener.session.wantsTransmit()).isFalse();
    assertThat(listener.handle(new Input.Open()))
        .containsExactly(new Effect.OpenRefused(Refusal.LOCAL_GOAWAY));
    assertThat(listener.receive(frame(WINDOW, SYN, 3, 0)))
        .containsExactly(new Effect.StreamRefused(3, Refusal.LOCAL_GOAWAY));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, RST, 3, 0));
    listener.receive(frame(WINDOW, FIN, 1, 0));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit())
        .containsExactly(
            out(WINDOW, FIN, 1, 0),
            new Effect.StreamClosed(1),
            out(GO_AWAY, 0, 0, 0),
            new Effect.Closed(CloseReason.LOCAL_GOAWAY, 0));
    assertThat(listener.session.wantsTransmit()).isFalse();
  }

  @Test
  void goAway_normal_waitsForRoom() throws WireException {
    TestSession listener = TestSession.listener();
    listener.handle(new Input.GoAway(GoAwayCode.NORMAL));
    assertThat(listener.transmit(11)).isEmpty();
    assertThat(listener.session.wantsTransmit()).isTrue();
    assertThat(listener.transmit(12)).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = GoAwayCode.class,
      names = {"PROTOCOL_ERROR", "INTERNAL_ERROR"})
  void goAway_withAnError_dropsTheStreams(GoAwayCode code) throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.Send(1, 5));
    listener.handle(new Input.GoAway(code));
    assertThat(listener.session.streamCount()).isZero();
    assertThat(listener.budget.reservedBytes()).isZero();
    int number = code == GoAwayCode.PROTOCOL_ERROR ? 1 : 2;
    assertThat(listener.transmit())
        .containsExactly(
            out(GO_AWAY, 0, 0, number), new Effect.Closed(CloseReason.LOCAL_GOAWAY, number));
  }

  @Test
  void violation_endsTheSessionAndTellsThePeer() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.Send(1, 5));
    assertThatThrownBy(() -> listener.receive(hex("01 00 0000 00000001 00000000")))
        .isInstanceOf(WireException.class);
    assertThat(listener.receive(data(0, 1, 5))).isEmpty();
    assertThat(listener.handle(new Input.Open()))
        .containsExactly(new Effect.OpenRefused(Refusal.CLOSED));
    assertThat(listener.session.wantsTransmit()).isTrue();
    assertThat(listener.transmit())
        .containsExactly(out(GO_AWAY, 0, 0, 1), new Effect.Closed(CloseReason.PROTOCOL_ERROR, 1));
    assertThat(listener.transmit()).isEmpty();
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void disconnected_closesOnce() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.handle(new Input.Disconnected()))
        .containsExactly(new Effect.Closed(CloseReason.DISCONNECTED, 0));
    assertThat(listener.handle(new Input.Disconnected())).isEmpty();
    assertThat(listener.handle(new Input.Send(1, 5))).isEmpty();
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void disconnected_beforeTheLastGoAway_closes() throws WireException {
    TestSession listener = TestSession.listener();
    listener.handle(new Input.GoAway(GoAwayCode.INTERNAL_ERROR));
    assertThat(listener.handle(new Input.Disconnected()))
        .containsExactly(new Effect.Closed(CloseReason.DISCONNECTED, 0));
  }

  @Test
  void littleEndianBuffer_isOurError() {
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    assertThatThrownBy(() -> TestSession.listener().handle(new Input.Received(bytes)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void options_thatMakeNoSense_areRefused() {
    assertThatThrownBy(() -> new YamuxOptions.Windows(10, 9, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytesMax is 9, should be at least 10");
    assertThatThrownBy(() -> new YamuxOptions.Frames(0, 1, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new YamuxOptions.WriteMarks(1, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new YamuxOptions.KeepAlive(Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void effects_ofAQuietInput_areNone() throws WireException {
    assertThat(TestSession.listener().receive(new byte[0])).isEqualTo(List.of());
  }
}
