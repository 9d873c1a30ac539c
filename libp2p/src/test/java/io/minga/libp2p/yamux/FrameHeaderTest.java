package io.minga.libp2p.yamux;

import static io.minga.libp2p.yamux.TestSession.ACK;
import static io.minga.libp2p.yamux.TestSession.DATA;
import static io.minga.libp2p.yamux.TestSession.FIN;
import static io.minga.libp2p.yamux.TestSession.GO_AWAY;
import static io.minga.libp2p.yamux.TestSession.PING;
import static io.minga.libp2p.yamux.TestSession.RST;
import static io.minga.libp2p.yamux.TestSession.SYN;
import static io.minga.libp2p.yamux.TestSession.WINDOW;
import static io.minga.libp2p.yamux.TestSession.hex;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameHeaderTest {
  /** Derived by hand from the yamux specification, Framing. */
  @ParameterizedTest
  @CsvSource({
    "00 00 0000 00000001 00000005, 0, 0, 1, 5",
    "00 00 0001 00000001 00010000, 0, 1, 1, 65536",
    "00 01 0001 00000003 00040000, 1, 1, 3, 262144",
    "00 01 0002 00000002 00000000, 1, 2, 2, 0",
    "00 01 0004 ffffffff 00000000, 1, 4, 4294967295, 0",
    "00 01 0008 80000001 deadbeef, 1, 8, 2147483649, 3735928559",
    "00 00 000f 00000007 00000000, 0, 15, 7, 0",
    "00 02 0001 00000000 00000001, 2, 1, 0, 1",
    "00 02 0002 00000000 ffffffff, 2, 2, 0, 4294967295",
    "00 03 0000 00000000 00000002, 3, 0, 0, 2",
  })
  void goldenHeader_isReadAndWritten(
      String bytes, int type, int flags, long streamId, long length) {
    ByteBuffer golden = ByteBuffer.wrap(hex(bytes));
    long head = golden.getLong(0);

    assertThat(FrameHeader.version(head)).isZero();
    assertThat(FrameHeader.type(head)).isEqualTo(type);
    assertThat(FrameHeader.flags(head)).isEqualTo(flags);
    assertThat(FrameHeader.streamId(head)).isEqualTo((int) streamId);
    assertThat(FrameHeader.head(type, flags, (int) streamId)).isEqualTo(head);

    ByteBuffer written = ByteBuffer.allocate(FrameHeader.BYTES);
    new Yamux.Effect.Frame(head, (int) length).encode(written);
    assertThat(written.array()).isEqualTo(golden.array());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, DATA stream 5 length 7",
    "1, 9, WINDOW_UPDATE SYN|RST stream 5 length 7",
    "2, 2, PING ACK stream 5 length 7",
    "3, 4, GO_AWAY FIN stream 5 length 7",
    "9, 0, type 9 stream 5 length 7",
  })
  void describe_namesTypeAndFlags(int type, int flags, String words) {
    assertThat(FrameHeader.describe(FrameHeader.head(type, flags, 5), 7)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 0", "2, 0", "3, 0"})
  void payloadBytes_onlyDataHasAny(int type, int bytes) {
    assertThat(TestSession.out(type, 0, 1, 3).payloadBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 2, 3", "1, 2, 4, 8"})
  void numbers_areTheSpecifications(int first, int second, int third, int fourth) {
    int[] numbers =
        first == 0 ? new int[] {DATA, WINDOW, PING, GO_AWAY} : new int[] {SYN, ACK, FIN, RST};
    assertThat(numbers).containsExactly(first, second, third, fourth);
  }
}
