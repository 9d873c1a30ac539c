package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.DATA;
import static io.minga.libp2p.yamux.TestSession.KIB;
import static io.minga.libp2p.yamux.TestSession.QUIET;
import static io.minga.libp2p.yamux.TestSession.RST;
import static io.minga.libp2p.yamux.TestSession.SYN;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.data;
import static io.minga.libp2p.yamux.TestSession.frame;
import static io.minga.libp2p.yamux.TestSession.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Input;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamuxHostileTest {
  private static final YamuxOptions.Floods FLOODS =
      new YamuxOptions.Floods(50, 4, 4, 20, 10, 4096, 1024, 2);

  @ParameterizedTest
  @CsvSource({
    "01 00 0000 00000001 00000000, version is 1",
    "ff 00 0000 00000001 00000000, version is 255",
    "00 04 0000 00000001 00000000, type is 4",
    "00 ff 0000 00000001 00000000, type is 255",
    "00 02 0001 00000001 00000000, stream 0",
    "00 03 0000 00000001 00000000, stream 0",
    "00 01 0001 00000000 00000000, 0 is the session",
    "00 00 0000 00000005 7fffffff, at most 16777216",
  })
  void malformedFrame_isViolation(String bytes, String message) {
    assertThatThrownBy(() -> TestSession.listener().receive(hex(bytes)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(message);
  }

  @Test
  void unknownFlags_areIgnored() throws WireException {
    assertThat(TestSession.listener().receive(hex("00 01 fff1 00000001 00000000")))
        .containsExactly(new Effect.StreamOpened(1));
  }

  @Test
  void synFlood_unread_isViolationAndBounded() throws WireException {
    TestSession listener = TestSession.listener();
    int refused = 0;
    WireException violation = null;
    for (int i = 0; violation == null && i < 100_000; i++) {
      try {
        refused +=
            (int)
                listener.receive(frame(WINDOW, SYN, 2 * i + 1, 0)).stream()
                    .filter(Effect.StreamRefused.class::isInstance)
                    .count();
      } catch (WireException e) {
        violation = e;
      }
    }
    assertThat(violation).hasMessageContaining("without reading");
    assertThat(refused).isEqualTo(2048 - 256);
  }

  @Test
  void synFlood_read_isViolationAtTheRate() throws WireException {
    TestSession listener =
        TestSession.listener(QUIET.with(FLOODS).with(new YamuxOptions.Streams(0, 1, 1)));
    for (int i = 0; i < 20; i++) {
      listener.receive(frame(WINDOW, SYN, 2 * i + 1, 0));
      listener.transmit();
    }
    listener.nowNanos += 100_000_000;
    listener.receive(frame(WINDOW, SYN, 41, 0));
    assertThatThrownBy(() -> listener.receive(frame(WINDOW, SYN, 43, 0)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("for nothing");
  }

  @Test
  void rapidReset_isViolationAtTheRate() throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(FLOODS));
    for (int i = 0; i < 20; i++) {
      listener.receive(frame(WINDOW, SYN, 2 * i + 1, 0), frame(WINDOW, RST, 2 * i + 1, 0));
    }
    assertThat(listener.session.streamCount()).isZero();
    assertThatThrownBy(() -> listener.receive(frame(WINDOW, SYN, 41, 0), frame(WINDOW, RST, 41, 0)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void resetOfAcknowledgedStreams_isNotFutile() throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(FLOODS));
    for (int i = 0; i < 200; i++) {
      listener.accepted(2 * i + 1);
      listener.receive(frame(WINDOW, RST, 2 * i + 1, 0));
    }
    assertThat(listener.session.streamCount()).isZero();
  }

  @Test
  void strayData_isDroppedWithinItsRate() throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(FLOODS));
    assertThat(listener.receive(data(0, 1, 4096))).isEmpty();
    listener.nowNanos += 1_000_000_000;
    assertThat(listener.receive(data(0, 999, 1024))).isEmpty();
    assertThatThrownBy(() -> listener.receive(data(0, 1, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("don't exist");
  }

  @Test
  void formerStreams_areBounded() throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(FLOODS));
    for (int id : new int[] {1, 3, 5}) {
      listener.accepted(id);
      listener.handle(new Input.Reset(id, 0));
    }
    assertThat(listener.receive(data(0, 3, 8192))).as("by its window").isEmpty();
    assertThatThrownBy(() -> listener.receive(data(0, 1, 8192)))
        .as("pushed out, so it is stray")
        .isInstanceOf(WireException.class)
        .hasMessageContaining("don't exist");
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "1, 8", "0, 4", "1, 4"})
  void formerStream_thatThePeerEndsToo_isForgotten(int type, int flags) throws WireException {
    TestSession listener = TestSession.listener(QUIET.with(FLOODS));
    listener.accepted(1);
    listener.handle(new Input.Reset(1, 0));
    listener.receive(frame(type, flags, 1, 0));
    assertThatThrownBy(() -> listener.receive(data(0, 1, 8192)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("don't exist");
  }

  @Test
  void body_neverSent_holdsNothingUp() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    listener.receive(frame(DATA, 0, 1, 100 * KIB));
    listener.handle(new Input.Send(1, 3));
    assertThat(listener.transmit()).hasSize(1);
    listener.handle(new Input.Reset(1, 0));
    assertThat(listener.session.streamCount()).isZero();
    assertThat(listener.budget.reservedBytes()).isZero();
  }

  @Test
  void creditFlood_isHarmlessUntilItOverflows() throws WireException {
    TestSession listener = TestSession.listener();
    listener.accepted(1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(listener.receive(frame(WINDOW, 0, 1, 0))).isEmpty();
    }
    assertThat(listener.session.wantsTransmit()).isFalse();
    assertThatThrownBy(() -> listener.receive(frame(WINDOW, 0, 1, -1)))
        .isInstanceOf(WireException.class);
  }
}
