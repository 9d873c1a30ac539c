package io.minga.libp2p.mdns.netty;

import io.minga.libp2p.mdns.LinkId;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket on the port of multicast DNS, in the group on one link. Others of this machine have the
 * same port, and so have our own for other links.
 *
 * <p>The system delivers what comes for the group on any link to every such socket, and doesn't say
 * on which it came; where it comes from tells.
 */
final class LinkSocket {
  private static final Logger LOG = LoggerFactory.getLogger(LinkSocket.class);

  private static final int PORT = 5353;
  private static final String GROUP_4 = "224.0.0.251";
  private static final String GROUP_6 = "ff02::fb";

  /** As the standard wants it; no router passes on what is sent to these groups. */
  private static final int HOPS = 255;

  private final LinkId link;
  private final NetworkInterface networkInterface;
  private final InetSocketAddress group;
  private final Receiver receiver;
  private final NioDatagramChannel channel;

  /** Is told of each datagram, on the event loop. */
  @FunctionalInterface
  interface Receiver {
    /** A datagram that came on {@code link}, cut off one byte after the longest that is read. */
    void received(LinkId link, IpAddress source, int port, byte[] datagram);
  }

  /** Opens the socket; afterwards it is used on {@code loop} only, whose I/O is NIO. */
  LinkSocket(EventLoop loop, LinkId link, int packetBytesMax, Receiver receiver)
      throws IOException {
    NetworkInterface found = NetworkInterface.getByName(link.networkInterface());
    if (found == null) {
      throw new IOException("it is gone");
    }
    this.link = link;
    this.networkInterface = found;
    this.group = new InetSocketAddress(InetAddress.getByName(link.ip6() ? GROUP_6 : GROUP_4), PORT);
    this.receiver = receiver;
    this.channel = new NioDatagramChannel(open());
    channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(packetBytesMax + 1));
    channel.pipeline().addLast(new Handler());
    loop.register(channel);
  }

  private DatagramChannel open() throws IOException {
    boolean ip6 = link.ip6();
    DatagramChannel socket =
        DatagramChannel.open(ip6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    try {
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
      socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, HOPS);
      socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(ip6 ? "::" : "0.0.0.0"), PORT));
      socket.join(group.getAddress(), networkInterface);
      return socket;
    } catch (IOException | RuntimeException | Error e) {
      socket.close();
      throw e;
    }
  }

  /** Sends to all on the link. */
  void multicast(Bytes datagram) {
    send(datagram, group);
  }

  /** Sends to one on the link. */
  void unicast(Bytes datagram, IpAddress to, int port) {
    try {
      send(datagram, new InetSocketAddress(inetAddress(to), port));
    } catch (UnknownHostException e) {
      LOG.debug("no datagram to {} on {}", to, link, e);
    }
  }

  private InetAddress inetAddress(IpAddress ip) throws UnknownHostException {
    byte[] bytes = ip.bytes().toByteArray();
    InetAddress plain = InetAddress.getByAddress(bytes);
    return plain.isLinkLocalAddress() && plain instanceof Inet6Address
        ? Inet6Address.getByAddress(null, bytes, networkInterface)
        : plain;
  }

  private void send(Bytes datagram, InetSocketAddress to) {
    DatagramPacket packet = new DatagramPacket(Unpooled.wrappedBuffer(datagram.toByteArray()), to);
    channel
        .writeAndFlush(packet)
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                LOG.debug("datagram to {} on {} was not sent", to, link, sent.cause());
              }
            });
  }

  /** Whether it still is a socket on the interface of that name, which may have been replaced. */
  boolean isUsable() throws SocketException {
    NetworkInterface current = NetworkInterface.getByName(link.networkInterface());
    return channel.isOpen() && current != null && current.getIndex() == networkInterface.getIndex();
  }

  ChannelFuture close() {
    return channel.close();
  }

  /** Whether {@code source} is on an interface that we know is not ours. */
  private boolean isElsewhere(InetAddress source) {
    return source instanceof Inet6Address ip6
        && ip6.isLinkLocalAddress()
        && ip6.getScopeId() != 0
        && ip6.getScopeId() != networkInterface.getIndex();
  }

  private final class Handler extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      InetSocketAddress sender = packet.sender();
      if (!isElsewhere(sender.getAddress())) {
        IpAddress source = new IpAddress(Bytes.copyOf(sender.getAddress().getAddress()));
        receiver.received(link, source, sender.getPort(), ByteBufUtil.getBytes(packet.content()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof IOException) {
        LOG.debug("the socket on {} says", link, cause); // an ICMP error, for instance
      } else {
        LOG.error("discovery on {} has a defect", link, cause);
      }
    }
  }
}
