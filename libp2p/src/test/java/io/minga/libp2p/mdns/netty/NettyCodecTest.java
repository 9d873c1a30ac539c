package io.minga.libp2p.mdns.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.mdns.DnsMessage;
import io.minga.libp2p.mdns.DnsRecord;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsPtrRecord;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Our reader and writer of DNS against another pair, Netty's. */
final class NettyCodecTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5353);

  @Test
  void message_ofOurs_isReadByNetty() {
    DnsMessage ours =
        new DnsMessage(
            9,
            true,
            false,
            List.of(),
            List.of(new DnsRecord.Ptr("_p2p._udp.local", 600, "one._p2p._udp.local")),
            List.of(
                new DnsRecord.Srv("one._p2p._udp.local", true, 600, 4001, "one.local"),
                new DnsRecord.Txt(
                    "one._p2p._udp.local",
                    true,
                    600,
                    List.of(Bytes.utf8("a=b"), Bytes.utf8("c")))));
    EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
    ByteBuf datagram = Unpooled.wrappedBuffer(ours.encode().toByteArray());
    channel.writeInbound(new DatagramPacket(datagram, HERE, HERE));
    DatagramDnsResponse theirs = channel.readInbound();

    assertThat(theirs.isAuthoritativeAnswer()).isTrue();
    DnsPtrRecord ptr = theirs.recordAt(DnsSection.ANSWER);
    assertThat(ptr.hostname()).isEqualTo("one._p2p._udp.local.");
    DnsRawRecord txt = theirs.recordAt(DnsSection.ADDITIONAL, 1);
    assertThat(txt.name()).isEqualTo("one._p2p._udp.local.");
    assertThat(ByteBufUtil.hexDump(txt.content())).isEqualTo("03613d620163");
    theirs.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void message_ofNettys_isReadByUs() throws Exception {
    DatagramDnsResponse theirs = new DatagramDnsResponse(HERE, HERE, 9);
    theirs.addRecord(
        DnsSection.ANSWER,
        new DefaultDnsPtrRecord("_p2p._udp.local.", 1, 600, "one._p2p._udp.local."));
    theirs.addRecord(
        DnsSection.ADDITIONAL,
        new DefaultDnsRawRecord(
            "one._p2p._udp.local.",
            DnsRecordType.TXT,
            0x8001,
            600,
            Unpooled.wrappedBuffer(Bytes.fromHex("03613d620163").toByteArray())));
    EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseEncoder());
    channel.writeOutbound(theirs);
    DatagramPacket packet = channel.readOutbound();
    byte[] datagram = ByteBufUtil.getBytes(packet.content());
    packet.release();
    channel.finishAndReleaseAll();
    DnsMessage message = DnsMessage.decode(datagram, MdnsOptions.DEFAULT);

    assertThat(message.answers())
        .containsExactly(new DnsRecord.Ptr("_p2p._udp.local", 600, "one._p2p._udp.local"));
    assertThat(message.additionals())
        .containsExactly(
            new DnsRecord.Txt(
                "one._p2p._udp.local", true, 600, List.of(Bytes.utf8("a=b"), Bytes.utf8("c"))));
  }
}
