package io.minga.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DnsMessageTest {
  private static final MdnsOptions OPTIONS = MdnsOptions.DEFAULT;

  private static DnsMessage decode(Bytes datagram) throws WireException {
    return DnsMessage.decode(datagram.toByteArray(), OPTIONS);
  }

  @Test
  void response_inGosShape_isRead() throws WireException {
    DnsMessage message = decode(Shapes.go());

    assertThat(message.response()).isTrue();
    assertThat(message.answers())
        .containsExactly(
            new DnsRecord.Ptr("_p2p._udp.local", 3200, Shapes.NAME + "._p2p._udp.local"));
    assertThat(message.additionals())
        .containsExactly(
            new DnsRecord.Srv(
                Shapes.NAME + "._p2p._udp.local", false, 3200, 4001, Shapes.NAME + ".local"),
            new DnsRecord.Txt(
                Shapes.NAME + "._p2p._udp.local",
                false,
                3200,
                List.of(
                    Shapes.text("/ip4/192.0.2.7/tcp/4001"), Shapes.text("/ip6/fd00::7/tcp/4001"))),
            new DnsRecord.Address(
                Shapes.NAME + ".local", false, 3200, IpAddress.parse("192.0.2.7")));
  }

  @Test
  void response_inRustsShape_isRead() throws WireException {
    DnsMessage message = decode(Shapes.rust());

    assertThat(message.answers())
        .containsExactly(new DnsRecord.Ptr("_p2p._udp.local", 360, Shapes.NAME));
    assertThat(message.additionals())
        .containsExactly(
            new DnsRecord.Txt(
                Shapes.NAME, true, 360, List.of(Shapes.text("/ip4/192.0.2.7/tcp/4001"))),
            new DnsRecord.Txt(
                Shapes.NAME, true, 360, List.of(Shapes.text("/ip6/fd00::7/tcp/4001"))));
  }

  @Test
  void response_inJsShape_isRead() throws WireException {
    DnsMessage message = decode(Shapes.js());

    assertThat(message.additionals()).isEmpty();
    assertThat(message.answers())
        .containsExactly(
            new DnsRecord.Ptr("_p2p._udp.local", 120, Shapes.NAME + "._p2p._udp.local"),
            new DnsRecord.Txt(
                Shapes.NAME + "._p2p._udp.local",
                false,
                120,
                List.of(Shapes.text("/ip4/192.0.2.7/tcp/4001"))));
  }

  @Test
  void query_ofRust_isRead() throws WireException {
    DnsMessage query =
        decode(Bytes.fromHex("beef00000001000000000000045f703270045f756470056c6f63616c00000c0001"));

    assertThat(query.response()).isFalse();
    assertThat(query.id()).isEqualTo(0xbeef);
    assertThat(query.questions())
        .containsExactly(new DnsQuestion("_p2p._udp.local", DnsType.PTR, false));
  }

  @Test
  void encode_announcement_hasGosShapeAndBytes() throws WireException {
    DnsMessage message = Shapes.announcement();

    assertThat(message.encode().slice(0, 12).toHex()).isEqualTo("000084000000000100000003");
    assertThat(decode(message.encode())).isEqualTo(message);
  }

  @Test
  void decode_nameInUpperCase_isLowered() throws WireException {
    DnsMessage query =
        decode(Bytes.fromHex("000000000001000000000000045f503250045f554450054c4f43414c00000c8001"));

    assertThat(query.questions())
        .containsExactly(new DnsQuestion("_p2p._udp.local", DnsType.PTR, true));
  }

  @Test
  void decode_dotWithinLabel_isNotTwoLabels() throws WireException {
    DnsMessage query = decode(Bytes.fromHex("00000000000100000000000003612e6200000c0001"));

    assertThat(query.questions()).containsExactly(new DnsQuestion("a\\.b", DnsType.PTR, false));
  }

  @Test
  void decode_pointerToItselfOrForward_isRefused() {
    assertRefused("000000000001000000000000c00c000c0001", "points forward");
    assertRefused("000000000001000000000000c00e0000000c0001", "points forward");
  }

  @Test
  void decode_pointersInALoopThroughALabel_isRefused() {
    // A label at byte 12, and behind it a pointer to it: backward each time, but without an end.
    assertRefused("0000000000010000000000000161c00c000c0001", "longer than 253 B");
  }

  @Test
  void decode_moreRecordsThanAllowed_isRefused() {
    assertRefused("00008400" + "0000" + "ffff" + "0000" + "0000", "at most 64");
  }

  @Test
  void decode_longerThanAllowed_isRefused() {
    assertThatThrownBy(() -> DnsMessage.decode(new byte[64 * 1024], OPTIONS))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("12 to 9000 B");
  }

  @Test
  void decode_textBeyondItsRecord_isRefused() {
    assertRefused(
        "000084000000000100000000" + "0161000010000100000078" + "0003" + "ff6162",
        "cut short at 2");
  }

  @Test
  void decode_recordOfAnotherTypeOrClass_isLeftOut() throws WireException {
    Bytes nsec =
        Bytes.fromHex("000084000000000100000000" + "016100002f000100000078" + "0002" + "0000");
    Bytes chaos =
        Bytes.fromHex("000084000000000100000000" + "0161000001000300000078" + "0004" + "01020304");

    assertThat(decode(nsec).answers()).isEmpty();
    assertThat(decode(chaos).answers()).isEmpty();
  }

  @Test
  void decode_hostileInput_throwsOnlyWireExceptionWithinItsMemory() {
    List<byte[]> corpus = new ArrayList<>();
    List.of(Shapes.go(), Shapes.rust(), Shapes.js(), Shapes.announcement().encode())
        .forEach(shape -> corpus.add(shape.toByteArray()));
    Hostile.fuzz(1, corpus, input -> DnsMessage.decode(input, OPTIONS));
  }

  private static void assertRefused(String hex, String why) {
    assertThatThrownBy(() -> decode(Bytes.fromHex(hex)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }
}
