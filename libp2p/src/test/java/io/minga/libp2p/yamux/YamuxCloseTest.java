package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.ACK;
import static io.minga.libp2p.yamux.TestSession.DATA;
import static io.minga.libp2p.yamux.TestSession.FIN;
import static io.minga.libp2p.yamux.TestSession.KIB;
import static io.minga.libp2p.yamux.TestSession.QUIET;
import static io.minga.libp2p.yamux.TestSession.RST;
import static io.minga.libp2p.yamux.TestSession.SYN;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.data;
import static io.minga.libp2p.yamux.TestSession.frame;
import static io.minga.libp2p.yamux.TestSession.out;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class YamuxCloseTest {
  private static final YamuxOptions FIN_ON_DATA =
      QUIET.with(new YamuxOptions.Frames(64 * KIB, 1024 * KIB, true));

  @Test
  void closeWrite_withNothingPending_sendsFinAndHalfCloses() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.session.state(1)).isEqualTo(StreamState.OPEN);
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.session.isWritable(1)).isFalse();
    assertThat(listener.transmit()).containsExactly(out(WINDOW, FIN, 1, 0));
    assertThat(listener.session.state(1)).isEqualTo(StreamState.LOCAL_HALF_CLOSED);
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit()).as("FIN goes once").isEmpty();
  }

  @Test
  void closeWrite_withDataPending_sendsFinRightAfterIt() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.accepted(3);
    listener.handle(new Input.Send(1, 10));
    listener.handle(new Input.Send(3, 10));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit())
        .containsExactly(out(DATA, 0, 1, 10), out(WINDOW, FIN, 1, 0), out(DATA, 0, 3, 10));
  }

  @Test
  void closeWrite_finOnData_ridesOnTheLastFrame() throws WireException {
    TestSession listener = TestSession.listener(FIN_ON_DATA);
    listener.receive(frame(WINDOW, SYN, 1, 0));
    listener.handle(new Input.Send(1, 64 * KIB + 10));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit())
        .containsExactly(out(DATA, ACK, 1, 64 * KIB), out(DATA, FIN, 1, 10));
    assertThat(listener.session.state(1)).isEqualTo(StreamState.LOCAL_HALF_CLOSED);
  }

  @Test
  void closeWrite_whenTheWindowIsUsedUp_sendsFinOnlyAfterTheRest() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.Send(1, 256 * KIB + 1));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.frames()).hasSize(4);
    assertThat(listener.frames()).isEmpty();
    listener.receive(frame(WINDOW, 0, 1, 1));
    assertThat(listener.frames()).containsExactly(out(DATA, 0, 1, 1), out(WINDOW, FIN, 1, 0));
  }

  @Test
  void fin_closesTheRemoteSideAfterThePayload() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    byte[] whole = data(FIN, 1, 8);
    assertThat(listener.receive(Arrays.copyOf(whole, 15)))
        .containsExactly(new Effect.Data(1, 12, 3));
    assertThat(listener.session.state(1)).isEqualTo(StreamState.OPEN);
    assertThat(listener.receive(Arrays.copyOfRange(whole, 15, 20)))
        .containsExactly(new Effect.Data(1, 0, 5), new Effect.RemoteClosed(1));
    assertThat(listener.session.state(1)).isEqualTo(StreamState.REMOTE_HALF_CLOSED);
  }

  @ParameterizedTest
  @ValueSource(ints = {DATA, WINDOW})
  void fin_twice_isReportedOnce(int type) throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.receive(frame(type, FIN, 1, 0)))
        .containsExactly(new Effect.RemoteClosed(1));
    assertThat(listener.receive(frame(type, FIN, 1, 0))).isEmpty();
  }

  @Test
  void fin_onWindowUpdateWithDelta_givesCreditToo() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(WINDOW, FIN, 1, 64 * KIB));
    listener.handle(new Input.Send(1, 1024 * KIB));
    assertThat(listener.frames()).hasSize(5);
  }

  @Test
  void data_afterFin_isViolation() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(FIN, 1, 1));
    assertThatThrownBy(() -> listener.receive(data(0, 1, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("after FIN");
  }

  @Test
  void windowUpdate_afterFin_stillGivesCredit() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(WINDOW, FIN, 1, 0), frame(WINDOW, 0, 1, 1));
    listener.handle(new Input.Send(1, 256 * KIB + 1));
    assertThat(listener.frames()).hasSize(5).endsWith(out(DATA, 0, 1, 1));
  }

  @Test
  void stream_closedByBothAndConsumed_isForgotten() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(FIN, 1, 3));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, FIN, 1, 0));
    assertThat(listener.session.state(1)).as("3 bytes unread").isEqualTo(StreamState.CLOSED);
    assertThat(listener.handle(new Input.Consumed(1, 3)))
        .containsExactly(new Effect.StreamClosed(1));
    assertThat(listener.session.state(1)).isNull();
    assertThat(listener.session.streamCount()).isZero();
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void stream_finSentLast_isForgottenAfterTheFrame() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(WINDOW, FIN, 1, 0));
    listener.handle(new Input.Send(1, 2));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit())
        .containsExactly(out(DATA, 0, 1, 2), out(WINDOW, FIN, 1, 0), new Effect.StreamClosed(1));
  }

  @Test
  void stream_finReceivedLast_isForgotten() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.CloseWrite(1));
    listener.transmit();
    assertThat(listener.receive(frame(WINDOW, FIN, 1, 0)))
        .containsExactly(new Effect.RemoteClosed(1), new Effect.StreamClosed(1));
  }

  @Test
  void closeRead_dropsDataAndCreditsIt() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 10));
    listener.handle(new Input.CloseRead(1));
    assertThat(listener.receive(data(0, 1, 100 * KIB))).isEmpty();
    assertThat(listener.handle(new Input.Consumed(1, 10))).isEmpty();
    assertThat(listener.transmit()).as("under half a window").isEmpty();
    listener.receive(data(0, 1, 100 * KIB));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, 0, 1, 200 * KIB + 10));
  }

  @Test
  void closeRead_amidAPayload_andCloseWrite_stillResetsWhenTheWindowIsUsedUp()
      throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    byte[] whole = data(0, 1, 256 * KIB);
    listener.receive(Arrays.copyOf(whole, 100));
    listener.handle(new Input.CloseWrite(1));
    listener.handle(new Input.CloseRead(1));
    assertThat(listener.transmit())
        .containsExactly(out(WINDOW, FIN, 1, 0), new Effect.StreamClosed(1));
    listener.receive(Arrays.copyOfRange(whole, 100, whole.length));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, RST, 1, 0));
  }

  @Test
  void closeRead_andCloseWrite_abandonTheStreamAndResetItWhenTheWindowIsUsedUp()
      throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.CloseRead(1));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit())
        .containsExactly(out(WINDOW, FIN, 1, 0), new Effect.StreamClosed(1));
    assertThat(listener.receive(data(0, 1, 256 * KIB - 1))).isEmpty();
    assertThat(listener.transmit()).isEmpty();
    assertThat(listener.receive(data(0, 1, 1))).isEmpty();
    assertThat(listener.transmit()).containsExactly(out(WINDOW, RST, 1, 0));
    assertThatThrownBy(() -> listener.receive(data(0, 1, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("stream we ended");
  }

  @Test
  void closeRead_whenTheWindowIsUsedUpAlready_resetsAfterFin() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 256 * KIB));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, FIN, 1, 0));
    assertThat(listener.handle(new Input.CloseRead(1))).containsExactly(new Effect.StreamClosed(1));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, RST, 1, 0));
  }

  @Test
  void closeBoth_whenTheWindowIsUsedUpAlready_resetsInTheSameTransmission() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 256 * KIB));
    listener.handle(new Input.CloseRead(1));
    listener.handle(new Input.CloseWrite(1));
    assertThat(listener.transmit())
        .containsExactly(
            out(WINDOW, FIN, 1, 0), new Effect.StreamClosed(1), out(WINDOW, RST, 1, 0));
  }

  @Test
  void abandonedStream_thatThePeerFinishes_isNotReset() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.CloseRead(1));
    listener.handle(new Input.CloseWrite(1));
    listener.transmit();
    listener.receive(data(0, 1, 5), frame(WINDOW, FIN, 1, 0));
    for (int id = 3; id < 3 + 2 * 300; id += 2) {
      listener.accepted(id);
      listener.handle(new Input.Reset(id, 0));
      assertThat(listener.transmit()).containsExactly(out(WINDOW, RST, id, 0));
    }
  }

  @Test
  void abandonedStream_thatIsPushedOut_isReset() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.CloseRead(1));
    listener.handle(new Input.CloseWrite(1));
    listener.transmit();
    for (int id = 3; id < 3 + 2 * 256; id += 2) {
      listener.accepted(id);
      listener.handle(new Input.Reset(id, 0));
    }
    assertThat(listener.transmit()).contains(out(WINDOW, RST, 1, 0));
  }

  @Test
  void closeRead_afterFin_isForgottenAtOnce() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.CloseWrite(1));
    listener.transmit();
    assertThat(listener.handle(new Input.CloseRead(1))).containsExactly(new Effect.StreamClosed(1));
  }

  @Test
  void reset_sendsRstWithItsCodeAndDropsWhatIsPending() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.Send(1, 100));
    listener.handle(new Input.Reset(1, 0xdead_beef));
    assertThat(listener.transmit()).containsExactly(out(WINDOW, RST, 1, 0xdead_beef));
    assertThat(listener.session.pendingBytes(1)).isZero();
    assertThat(listener.session.streamCount()).isZero();
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void reset_thenInputsForTheStream_areIgnored() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 100));
    listener.handle(new Input.Reset(1, 0));
    listener.transmit();
    listener.handle(new Input.Send(1, 1));
    listener.handle(new Input.Consumed(1, 100));
    listener.handle(new Input.CloseWrite(1));
    listener.handle(new Input.CloseRead(1));
    listener.handle(new Input.Accept(1));
    listener.handle(new Input.Reset(1, 0));
    assertThat(listener.transmit()).isEmpty();
  }

  @Test
  void reset_amidAPayload_dropsTheRestOfIt() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    byte[] whole = data(FIN, 1, 8);
    listener.receive(Arrays.copyOf(whole, 15));
    listener.handle(new Input.Reset(1, 0));
    assertThat(listener.receive(Arrays.copyOfRange(whole, 15, 20), data(SYN, 3, 1)))
        .containsExactly(new Effect.StreamOpened(3), new Effect.Data(3, 17, 1));
  }

  @Test
  void rstOnWindowUpdate_hasACodeAndGivesNoCredit() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.Send(1, 512 * KIB));
    listener.transmit();
    assertThat(listener.receive(frame(WINDOW, RST, 1, 0xffff_ffff)))
        .containsExactly(new Effect.RemoteReset(1, -1));
    assertThat(listener.transmit()).isEmpty();
    assertThat(listener.session.streamCount()).isZero();
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void rstOnData_hasNoCodeAndItsPayloadIsDropped() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    assertThat(listener.receive(data(RST, 1, 5), data(SYN, 3, 1)))
        .containsExactly(
            new Effect.RemoteReset(1, 0),
            new Effect.StreamOpened(3),
            new Effect.Data(3, 12 + 5 + 12, 1));
  }

  @Test
  void rstOnSyn_opensAndEnds() throws WireException {
    TestSession listener = TestSession.listener();
    assertThat(listener.receive(frame(WINDOW, SYN | RST, 1, 4)))
        .containsExactly(new Effect.StreamOpened(1), new Effect.RemoteReset(1, 4));
  }

  @Test
  void frames_afterRst_areIgnored() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(WINDOW, RST, 1, 0));
    assertThat(
            listener.receive(
                data(0, 1, 100),
                frame(WINDOW, 0, 1, 5),
                frame(WINDOW, FIN, 1, 5),
                frame(WINDOW, RST, 1, 5),
                data(FIN | ACK, 1, 100)))
        .isEmpty();
    assertThat(listener.transmit()).isEmpty();
  }

  @Test
  void data_forAStreamThatWeReset_isDroppedWithinItsWindow() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(data(0, 1, 56 * KIB));
    listener.handle(new Input.Reset(1, 0));
    assertThat(listener.receive(data(0, 1, 200 * KIB))).isEmpty();
    assertThatThrownBy(() -> listener.receive(data(0, 1, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("window");
  }

  @Test
  void send_afterCloseWrite_isOurError() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.handle(new Input.CloseWrite(1));
    assertThatThrownBy(() -> listener.handle(new Input.Send(1, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stream 1");
  }
}
