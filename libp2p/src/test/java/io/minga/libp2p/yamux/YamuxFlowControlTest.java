package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.ACK;
import static io.minga.libp2p.yamux.TestSession.DATA;
import static io.minga.libp2p.yamux.TestSession.FIN;
import static io.minga.libp2p.yamux.TestSession.KIB;
import static io.minga.libp2p.yamux.TestSession.PING;
import static io.minga.libp2p.yamux.TestSession.QUIET;
import static io.minga.libp2p.yamux.TestSession.RST;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.data;
import static io.minga.libp2p.yamux.TestSession.frame;
import static io.minga.libp2p.yamux.TestSession.out;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class YamuxFlowControlTest {
  private static final long RTT_NANOS = 10_000_000;

  @Test
  void consumed_underHalfAWindow_givesNoCredit() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 200 * KIB));
    listener.handle(new Input.Consumed(1, 128 * KIB - 1));
    assertThat(listener.transmit()).isEmpty();
    listener.handle(new Input.Consumed(1, 1));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, 0, 1, 128 * KIB));
  }

  @Test
  void consumed_beforeTransmit_isCreditedTogether() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 200 * KIB));
    listener.handle(new Input.Consumed(1, 128 * KIB));
    listener.handle(new Input.Consumed(1, 10 * KIB));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, 0, 1, 138 * KIB));
  }

  @Test
  void consumed_afterFin_givesNoCredit() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 200 * KIB));
    listener.handle(new Input.Consumed(1, 130 * KIB));
    listener.receive(frame(DATA, FIN, 1, 0));
    listener.handle(new Input.Consumed(1, 70 * KIB));
    assertThat(listener.transmit()).isEmpty();
  }

  @Test
  void consumed_moreThanThereWas_isOurError() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 5));
    assertThatThrownBy(() -> listener.handle(new Input.Consumed(1, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stream 1")
        .hasMessageContaining("5 unread");
  }

  @Test
  void data_upToTheWindow_isDelivered_andOneMoreByteIsViolation() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.receive(data(0, 1, 256 * KIB)))
        .containsExactly(new Effect.Data(1, 12, 256 * KIB));
    assertThatThrownBy(() -> listener.receive(frame(DATA, 0, 1, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("window, which has 0");
  }

  @Test
  void overflow_isFoundAtTheHeader() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThatThrownBy(() -> listener.receive(frame(DATA, 0, 1, 256 * KIB + 1)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void overflow_withReset_isViolationToo() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThatThrownBy(() -> listener.receive(frame(DATA, RST, 1, 256 * KIB + 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("window, which has 262144");
  }

  @Test
  void frameAsLongAsTheLargestWindow_passesThroughInPieces() throws WireException {
    int windowBytes = YamuxOptions.Windows.DEFAULT.bytesMax();
    int pieceBytes = 64 * KIB;
    TestSession listener =
        TestSession.listener(QUIET.with(new YamuxOptions.Windows(windowBytes, windowBytes, 0)));
    listener.accepted(1);
    assertThat(listener.receive(frame(DATA, 0, 1, windowBytes))).isEmpty();
    for (int received = 0; received < windowBytes; received += pieceBytes) {
      assertThat(listener.receive(new byte[pieceBytes]))
          .containsExactly(new Effect.Data(1, 0, pieceBytes));
      listener.handle(new Input.Consumed(1, pieceBytes));
      listener.transmit();
    }
    assertThat(listener.receive(data(FIN, 1, 1)))
        .containsExactly(new Effect.Data(1, 12, 1), new Effect.RemoteClosed(1));
  }

  @Test
  void frameOverTheLargestWindow_isViolationEvenForUnknownStreams() {
    int bytesMax = YamuxOptions.Windows.DEFAULT.bytesMax();
    assertThatThrownBy(() -> TestSession.listener().receive(frame(DATA, 0, 1, bytesMax + 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("at most " + bytesMax);
    assertThatThrownBy(() -> TestSession.listener().receive(frame(DATA, 0, 1, -1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("4294967295");
  }

  @Test
  void credit_overTheLargestWindow_isViolation() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(WINDOW, 0, 1, (int) (0xffff_ffffL - 256 * KIB)));
    assertThatThrownBy(() -> listener.receive(frame(WINDOW, 0, 1, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("4294967296");
  }

  @Test
  void credit_isUnsigned() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(WINDOW, 0, 1, 0x8000_0000));
    listener.handle(new Input.Send(1, 300 * KIB));
    assertThat(listener.frames()).hasSize(5);
  }

  @Test
  void window_usedByHalfWithin4RoundTrips_doubles() throws WireException {
    TestSession listener = measured(YamuxOptions.DEFAULT);
    assertThat(creditAfter(listener, 128 * KIB, RTT_NANOS)).isEqualTo(384 * KIB);
    assertThat(creditAfter(listener, 256 * KIB, RTT_NANOS)).isEqualTo(768 * KIB);
    assertThat(creditAfter(listener, 512 * KIB, 4 * RTT_NANOS))
        .as("slower: only what was read")
        .isEqualTo(512 * KIB);
    assertThat(listener.budget.reservedBytes()).isEqualTo(1024 * KIB);
  }

  @Test
  void window_withoutRoundTripTime_doesNotGrow() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(creditAfter(listener, 128 * KIB, 1)).isEqualTo(128 * KIB);
  }

  @Test
  void window_growsToItsLimit() throws WireException {
    TestSession listener =
        measured(
            YamuxOptions.DEFAULT.with(new YamuxOptions.Windows(256 * KIB, 600 * KIB, 9999 * KIB)));
    creditAfter(listener, 128 * KIB, 1);
    assertThat(creditAfter(listener, 256 * KIB, 1)).isEqualTo(256 * KIB + 88 * KIB);
    assertThat(creditAfter(listener, 300 * KIB, 1)).isEqualTo(300 * KIB);
    assertThat(listener.budget.reservedBytes()).isEqualTo(600 * KIB);
  }

  @Test
  void window_overTheConnectionsBudget_doesNotGrow() throws WireException {
    TestSession listener =
        measured(
            YamuxOptions.DEFAULT.with(new YamuxOptions.Windows(256 * KIB, 4096 * KIB, 300 * KIB)));
    assertThat(creditAfter(listener, 128 * KIB, 1)).isEqualTo(384 * KIB);
    assertThat(creditAfter(listener, 256 * KIB, 1)).isEqualTo(256 * KIB);
    listener.handle(new Input.Reset(1, 0));
    assertThat(listener.budget.reservedBytes()).isZero();

    listener.accepted(3);
    listener.receive(data(0, 3, 128 * KIB));
    listener.handle(new Input.Consumed(3, 128 * KIB));
    assertThat(listener.transmit())
        .as("the budget came back")
        .contains(out(WINDOW, 0, 3, 384 * KIB));
  }

  @Test
  void window_overTheHostsBudget_doesNotGrow() throws WireException {
    TestSession listener =
        TestSession.withBudget(false, YamuxOptions.DEFAULT, new CountingBudget(500 * KIB));
    measure(listener);
    assertThat(creditAfter(listener, 128 * KIB, 1)).isEqualTo(128 * KIB);
    assertThat(listener.budget.reservedBytes()).isEqualTo(256 * KIB);
  }

  @Test
  void send_isCutIntoFramesAndWindow() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.Send(1, 257 * KIB));
    Effect.Frame full = out(DATA, 0, 1, 64 * KIB);
    assertThat(listener.frames()).containsExactly(full, full, full, full);
    assertThat(listener.session.pendingBytes(1)).isEqualTo(KIB);
    assertThat(listener.session.wantsTransmit()).isFalse();
    listener.receive(frame(WINDOW, 0, 1, 2 * KIB));
    assertThat(listener.session.wantsTransmit()).isTrue();
    assertThat(listener.frames()).containsExactly(out(DATA, 0, 1, KIB));
  }

  @Test
  void send_isFairAmongStreams() throws WireException {
    TestSession listener = TestSession.listener();
    for (int id : new int[] {1, 3, 5}) {
      listener.accepted(id);
    }
    listener.handle(new Input.Send(1, 256 * KIB));
    listener.handle(new Input.Send(3, 100));
    listener.handle(new Input.Send(5, 70 * KIB));
    assertThat(listener.transmit())
        .containsExactly(
            out(DATA, 0, 1, 64 * KIB),
            out(DATA, 0, 3, 100),
            out(DATA, 0, 5, 64 * KIB),
            out(DATA, 0, 1, 64 * KIB),
            out(DATA, 0, 5, 6 * KIB),
            out(DATA, 0, 1, 64 * KIB),
            out(DATA, 0, 1, 64 * KIB));
  }

  @Test
  void transmit_keepsToItsRoomAndGoesOnWhereItStopped() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.accepted(3);
    listener.handle(new Input.Send(1, 10_000));
    listener.handle(new Input.Send(3, 10_000));
    assertThat(listener.transmit(12)).as("no room for a payload").isEmpty();
    assertThat(listener.transmit(5012)).containsExactly(out(DATA, 0, 1, 5000));
    assertThat(listener.transmit(11_000))
        .as("a cut of under 1 KiB isn't worth a header")
        .containsExactly(out(DATA, 0, 3, 10_000));
    assertThat(listener.transmit(100)).containsExactly(out(DATA, 0, 1, 88));
    assertThat(listener.session.wantsTransmit()).isTrue();
    assertThat(listener.transmit()).containsExactly(out(DATA, 0, 1, 4912));
  }

  @Test
  void transmit_writesControlBeforeData() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.accepted(3);
    listener.accepted(5);
    listener.receive(data(0, 1, 200 * KIB), frame(PING, TestSession.SYN, 0, 77));
    listener.handle(new Input.Send(5, 1));
    listener.handle(new Input.Consumed(1, 200 * KIB));
    listener.handle(new Input.Reset(3, 9));
    assertThat(listener.transmit(24))
        .containsExactly(out(WINDOW, TestSession.RST, 3, 9), out(PING, ACK, 0, 77));
    assertThat(listener.transmit())
        .containsExactly(out(WINDOW, 0, 1, 200 * KIB), out(DATA, 0, 5, 1));
  }

  @Test
  void writable_comesOnceUnderTheLowMark() throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(new YamuxOptions.WriteMarks(1000, 400)));
    listener.accepted(1);
    listener.handle(new Input.Send(1, 1000));
    assertThat(listener.session.isWritable(1)).isTrue();
    listener.handle(new Input.Send(1, 1));
    assertThat(listener.session.isWritable(1)).isFalse();
    assertThat(listener.transmit(12 + 600)).containsExactly(out(DATA, 0, 1, 600));
    assertThat(listener.transmit(12 + 1))
        .containsExactly(out(DATA, 0, 1, 1), new Effect.Writable(1));
    assertThat(listener.session.isWritable(1)).isTrue();
    assertThat(listener.transmit()).as("once").containsExactly(out(DATA, 0, 1, 400));
  }

  @Test
  void writable_isOwedThoughMoreIsSentBetweenTheMarks() throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(new YamuxOptions.WriteMarks(1000, 400)));
    listener.accepted(1);
    listener.handle(new Input.Send(1, 1001));
    listener.transmit(12 + 500);
    listener.handle(new Input.Send(1, 1));
    assertThat(listener.session.isWritable(1)).isFalse();
    assertThat(listener.transmit()).contains(new Effect.Writable(1));
  }

  @Test
  void applicationInput_leavesTheEffectsOfReceivedAlone() throws WireException {
    TestSession listener = TestSession.listener();
    List<Effect> received =
        listener.session.handle(
            0, new Input.Received(java.nio.ByteBuffer.wrap(data(TestSession.SYN, 1, 200 * KIB))));
    List<Effect> before = new ArrayList<>(received);
    listener.session.handle(0, new Input.Consumed(1, 200 * KIB));
    listener.session.handle(0, new Input.Open());
    assertThat(received).isEqualTo(before).hasSize(2);
  }

  /** A session that knows the round trip, with stream 1 open. */
  private static TestSession measured(YamuxOptions options) throws WireException {
    TestSession listener = TestSession.listener(options.with(everyHour()));
    measure(listener);
    return listener;
  }

  private static void measure(TestSession listener) throws WireException {
    int ping = ((Effect.Frame) listener.transmit().get(0)).length();
    listener.nowNanos += RTT_NANOS;
    listener.receive(frame(PING, ACK, 0, ping));
    listener.accepted(1);
    assertThat(listener.session.rttNanos()).isEqualTo(RTT_NANOS);
  }

  private static YamuxOptions.KeepAlive everyHour() {
    return new YamuxOptions.KeepAlive(Duration.ofHours(1), Duration.ofHours(1));
  }

  /** Sends and consumes {@code bytes} on stream 1 within {@code nanos}; the credit that gives. */
  private static int creditAfter(TestSession listener, int bytes, long nanos) throws WireException {
    listener.receive(data(0, 1, bytes));
    listener.nowNanos += nanos;
    listener.handle(new Input.Consumed(1, bytes));
    List<Effect> frames = listener.transmit();
    assertThat(frames).hasSize(1);
    return ((Effect.Frame) frames.get(0)).length();
  }
}
