package io.minga.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.LengthPrefixed;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class IdentifyReaderTest {
  private static final Multiaddr ONE = Multiaddr.parse("/ip4/192.0.2.1/tcp/1");
  private static final Multiaddr TWO = Multiaddr.parse("/ip4/192.0.2.2/tcp/2");
  private static final IdentifyMessage FIRST =
      new IdentifyMessage(null, List.of(ONE), List.of("/a", "/b"), ONE, "v", "w", null);
  private static final IdentifyMessage SECOND =
      new IdentifyMessage(
          null, List.of(TWO, ONE), List.of("/c", "/a"), TWO, null, "x", Bytes.fromHex("00"));

  private static Bytes frame(IdentifyMessage message) {
    return LengthPrefixed.encode(message.encode());
  }

  private static IdentifyMessage read(List<Bytes> parts) throws WireException {
    IdentifyReader reader = new IdentifyReader(IdentifyLimits.DEFAULT);
    for (Bytes part : parts) {
      reader.read(part.asReadOnlyBuffer());
    }
    return reader.finish();
  }

  @Test
  void finish_oneMessage_isIt() throws WireException {
    assertThat(read(List.of(frame(FIRST)))).isEqualTo(FIRST);
  }

  @Test
  void finish_twoMessages_areMergedAsProtobufDoes() throws WireException {
    IdentifyMessage merged =
        new IdentifyMessage(
            null, List.of(ONE, TWO), List.of("/a", "/b", "/c"), TWO, "v", "x", Bytes.fromHex("00"));
    Bytes stream = frame(FIRST).concat(frame(SECOND));
    assertThat(read(List.of(stream))).isEqualTo(merged);
    for (int at = 0; at <= stream.length(); at++) {
      List<Bytes> split = List.of(stream.slice(0, at), stream.slice(at, stream.length()));
      assertThat(read(split)).as("split at %d", at).isEqualTo(merged);
    }
    List<Bytes> single =
        IntStream.range(0, stream.length()).mapToObj(i -> stream.slice(i, i + 1)).toList();
    assertThat(read(single)).isEqualTo(merged);
  }

  @Test
  void finish_withinAMessage_isAViolation() {
    Bytes stream = frame(FIRST);
    for (int length = 0; length < stream.length(); length++) {
      Bytes cut = stream.slice(0, length);
      assertThatThrownBy(() -> read(List.of(cut))).isInstanceOf(WireException.class);
    }
    assertThatThrownBy(() -> read(List.of()))
        .hasMessage("identify stream closed without a message; one at least is right");
  }

  @Test
  void read_elevenMessages_isAViolation() throws WireException {
    Bytes ten = Bytes.EMPTY;
    for (int i = 0; i < 10; i++) {
      ten = ten.concat(frame(IdentifyMessage.EMPTY));
    }
    assertThat(read(List.of(ten))).isEqualTo(IdentifyMessage.EMPTY);
    Bytes eleven = ten.concat(frame(FIRST));
    assertThatThrownBy(() -> read(List.of(eleven)))
        .isInstanceOf(WireException.class)
        .hasMessage("identify stream has more than 10 messages");
  }

  @Test
  void read_lengthOfOneMebibyte_isRefusedBeforeTheBytes() {
    assertThatThrownBy(() -> read(List.of(Bytes.fromHex("808040"))))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("8192");
  }

  @Test
  void read_protocolsOverSeveralMessages_countTogether() {
    Bytes stream = Bytes.EMPTY;
    for (int part = 0; part < 3; part++) {
      int from = 50 * part;
      List<String> names = IntStream.range(from, from + 50).mapToObj(i -> "/" + i).toList();
      stream = stream.concat(frame(IdentifyMessage.EMPTY.withLists(List.of(), names)));
    }
    Bytes all = stream;
    assertThatThrownBy(() -> read(List.of(all)))
        .hasMessage("identify names more than 128 protocols");
  }

  @Test
  void read_addressesOverSeveralMessages_keepsTheFirst() throws WireException {
    Bytes stream = Bytes.EMPTY;
    for (int part = 0; part < 2; part++) {
      int from = 50 * part;
      List<Multiaddr> addresses =
          IntStream.range(from, from + 50)
              .mapToObj(i -> Multiaddr.parse("/ip4/192.0.2.1/tcp/" + i))
              .toList();
      stream = stream.concat(frame(IdentifyMessage.EMPTY.withLists(addresses, List.of())));
    }
    assertThat(read(List.of(stream)).listenAddresses()).hasSize(24);
  }

  @Test
  void read_hostileBytes_isRefusedOrRead() {
    Bytes stream = frame(FIRST).concat(frame(SECOND));
    Hostile.fuzz(
        1,
        List.of(stream.toByteArray(), frame(FIRST).toByteArray()),
        input -> {
          int half = input.length / 2;
          return read(
              List.of(
                  Bytes.copyOf(input, 0, half), Bytes.copyOf(input, half, input.length - half)));
        });
  }
}
