package io.minga.libp2p.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.libp2p.Connection;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.discovery.BootstrapAddress;
import io.minga.libp2p.discovery.Resolution;
import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.store.PeersFile;
import io.minga.libp2p.wire.Bytes;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that find each other over loopback. */
@Timeout(120)
final class NettyDiscoveryTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Path directory;

  NettyDiscoveryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void close() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  @Test
  void threeHosts_thatKnowOneAddress_becomeOneNetwork_whenNeighboursTell() throws Exception {
    Host first = host();
    Host second = host();
    Host third = host();
    Seen seen = new Seen();
    discover(first, DiscoverySettings.defaults(), seen);
    DiscoverySettings toFirst = DiscoverySettings.defaults().withBootstrap(List.of(at(first)));
    discover(second, toFirst, new Seen());
    NettyDiscovery hints = discover(third, toFirst, new Seen());
    until(() -> first.connections().size() == 2);

    hints.hint(second.peerId(), second.listenAddresses());

    until(() -> !third.connections(second.peerId()).isEmpty());
    until(() -> seen.joined.size() == 2);
    assertThat(seen.joined.values()).containsOnly(Source.INBOUND);
  }

  @Test
  void bootstrapPeerThatIsNotThereYet_isSaid_andFoundWhenItComes() throws Exception {
    HostOptions later = HostOptions.defaults();
    Multiaddr address;
    try (Host gone = NettyHost.start(later.withListen(LISTEN))) {
      address = gone.listenAddresses().get(0).withPeerId(gone.peerId().toMultihash());
    }
    Seen seen = new Seen();
    discover(
        host(),
        DiscoverySettings.defaults().withBootstrap(List.of(new BootstrapAddress(address))),
        seen);
    until(() -> !seen.troubles.isEmpty());
    assertThat(seen.troubles.get(0))
        .contains("could not reach", "connection refused", "so trying on");

    open.add(NettyHost.start(later.withListen(List.of(address.decapsulatePeer().orElseThrow()))));

    until(() -> seen.joined.containsValue(Source.BOOTSTRAP));
  }

  @Test
  void peerThatWasFound_isRemembered_andDialledAtTheNextStart() throws Exception {
    Host first = host();
    Path file = directory.resolve("peers");
    DiscoverySettings remembering = DiscoverySettings.defaults().withRemembered(file);
    Host second = NettyHost.start(HostOptions.defaults());
    try (second;
        NettyDiscovery discovery =
            NettyDiscovery.start(
                second, remembering.withBootstrap(List.of(at(first))), new Seen())) {
      assertThat(discovery).isNotNull();
      until(() -> !second.connections().isEmpty());
    }
    assertThat(new PeersFile(file).load().peers())
        .extracting(it -> it.peer())
        .containsExactly(first.peerId());

    Seen seen = new Seen();
    discover(host(), remembering, seen);

    until(() -> seen.joined.containsKey(first.peerId()));
    assertThat(seen.joined).containsEntry(first.peerId(), Source.REMEMBERED);
  }

  @Test
  void hostsOnOneLink_findEachOther() throws Exception {
    MdnsOptions loopback =
        MdnsOptions.DEFAULT
            .withServiceName("_minga-test-" + ProcessHandle.current().pid() + "._udp")
            .withInterfaces(List.of("lo"));
    assumeTrue(
        NetworkInterface.getByName("lo") != null,
        "the loopback interface of this machine is not called lo");
    List<Host> hosts = List.of(host(), host(), host());
    for (Host host : hosts) {
      discover(host, DiscoverySettings.defaults().withMdns(loopback), new Seen());
    }

    for (Host host : hosts) {
      until(() -> host.connections().stream().map(Connection::peer).distinct().count() == 2);
    }
  }

  @Test
  void peerThatLeaves_isSaid() throws Exception {
    Host first = NettyHost.start(HostOptions.defaults().withListen(LISTEN));
    Seen seen = new Seen();
    discover(host(), DiscoverySettings.defaults().withBootstrap(List.of(at(first))), seen);
    until(() -> !seen.joined.isEmpty());

    first.close();

    until(() -> seen.left.contains(first.peerId()));
  }

  @Test
  void name_isResolvedByThePort() throws Exception {
    Host first = host();
    Seen seen = new Seen();
    Multiaddr name = Multiaddr.parse("/dnsaddr/minga.example");
    open.add(
        NettyDiscovery.start(
            host(),
            DiscoverySettings.defaults().withBootstrap(List.of(new BootstrapAddress(name))),
            seen,
            (loops, loop) -> resolver(new Resolution.Found(List.of(at(first).address())))));

    until(() -> seen.joined.containsKey(first.peerId()));
  }

  @Test
  void dnsaddr_isResolvedByATextRecordOfARealServer() throws Exception {
    EventLoops loops = EventLoops.acquire();
    open.add(loops::release);
    Host first = host();
    String id = first.peerId().toString();
    String direct = "dnsaddr=" + at(first);
    Channel server =
        dnsServer(
            loops,
            Map.of(
                "_dnsaddr.minga.example.",
                List.of("v=other", "dnsaddr=/dnsaddr/deeper.minga.example/p2p/" + id),
                "_dnsaddr.deeper.minga.example.",
                List.of(direct)));
    open.add(() -> server.close().syncUninterruptibly());
    InetSocketAddress at = (InetSocketAddress) server.localAddress();
    NettyDiscovery.NameResolvers names =
        (its, loop) ->
            new DnsNames(its, loop, () -> new SingletonDnsServerAddressStreamProvider(at));
    Seen seen = new Seen();

    open.add(
        NettyDiscovery.start(
            host(),
            DiscoverySettings.defaults()
                .withBootstrap(
                    List.of(
                        BootstrapAddress.parse("/dnsaddr/minga.example"),
                        BootstrapAddress.parse("/dnsaddr/nobody.example"))),
            seen,
            names));

    until(() -> seen.joined.containsKey(first.peerId()));
    until(() -> !seen.troubles.isEmpty());
    assertThat(seen.troubles)
        .containsExactly(
            "bootstrap address /dnsaddr/nobody.example: no TXT record of _dnsaddr.nobody.example:"
                + " there is no such name; trying on");
  }

  @Test
  void names_ofThisMachine_areItsAddresses_ofTheKindThatIsAskedFor() throws Exception {
    EventLoops loops = EventLoops.acquire();
    open.add(loops::release);
    try (DnsNames names =
        new DnsNames(
            loops,
            loops.group().next(),
            () -> new SingletonDnsServerAddressStreamProvider(new InetSocketAddress(1)))) {
      assertThat(get(names.resolve(Multiaddr.parse("/dns4/localhost/tcp/4001"))))
          .isEqualTo(new Resolution.Found(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"))));
      assertThat(get(names.resolve(Multiaddr.parse("/dns6/127.0.0.1/tcp/4001"))))
          .isEqualTo(new Resolution.Failed("127.0.0.1 has no IPv6 address"));
      assertThat(get(names.resolve(Multiaddr.parse("/dns/not%20a%20name/tcp/4001"))))
          .isInstanceOf(Resolution.Failed.class);
    }
  }

  @Test
  void start_withTooManyBootstrapAddresses_saysHowManyThereMayBe() throws Exception {
    Host host = host();
    List<BootstrapAddress> many = Collections.nCopies(65, at(host));

    assertThatThrownBy(
            () ->
                NettyDiscovery.start(
                    host, DiscoverySettings.defaults().withBootstrap(many), new Seen()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are 65 bootstrap addresses; name at most 64");
  }

  private static final List<Multiaddr> LISTEN = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));

  private static final class Seen implements DiscoveryListener {
    final Map<PeerId, Source> joined = new ConcurrentSkipListMap<>();
    final List<PeerId> left = new CopyOnWriteArrayList<>();
    final List<String> troubles = new CopyOnWriteArrayList<>();

    @Override
    public void joined(PeerId peer, Source source, Multiaddr remoteAddress) {
      joined.put(peer, source);
    }

    @Override
    public void left(PeerId peer) {
      left.add(peer);
    }

    @Override
    public void trouble(String sentence) {
      troubles.add(sentence);
    }
  }

  private Host host() throws Exception {
    Host host = NettyHost.start(HostOptions.defaults().withListen(LISTEN));
    open.add(host);
    return host;
  }

  private NettyDiscovery discover(Host host, DiscoverySettings settings, Seen seen) {
    NettyDiscovery discovery = NettyDiscovery.start(host, settings, seen);
    open.add(discovery);
    return discovery;
  }

  private static BootstrapAddress at(Host host) {
    return new BootstrapAddress(
        host.listenAddresses().get(0).withPeerId(host.peerId().toMultihash()));
  }

  private static NameResolver resolver(Resolution answer) {
    return new NameResolver() {
      @Override
      public CompletableFuture<Resolution> resolve(Multiaddr address) {
        return CompletableFuture.completedFuture(answer);
      }

      @Override
      public void close() {}
    };
  }

  private static Channel dnsServer(EventLoops loops, Map<String, List<String>> texts) {
    return new Bootstrap()
        .group(loops.group())
        .channel(loops.datagramChannel())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder())
                    .addLast(new Answers(texts));
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel();
  }

  private static final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    private final Map<String, List<String>> texts;

    Answers(Map<String, List<String>> texts) {
      this.texts = texts;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
      DnsQuestion question = query.recordAt(DnsSection.QUESTION);
      DatagramDnsResponse response =
          new DatagramDnsResponse(
              /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
      response.addRecord(DnsSection.QUESTION, question);
      List<String> found = texts.get(question.name());
      if (found == null || !question.type().equals(DnsRecordType.TXT)) {
        response.setCode(DnsResponseCode.NXDOMAIN);
      } else {
        for (String text : found) {
          response.addRecord(
              DnsSection.ANSWER,
              new DefaultDnsRawRecord(
                  question.name(), DnsRecordType.TXT, 60, Unpooled.wrappedBuffer(strings(text))));
        }
      }
      ctx.writeAndFlush(response);
    }

    /** A text of several strings, as long ones must be. */
    private static byte[] strings(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int half = bytes.length / 2;
      return Bytes.of(half)
          .concat(Bytes.copyOf(bytes, 0, half))
          .concat(Bytes.of(bytes.length - half))
          .concat(Bytes.copyOf(bytes, half, bytes.length - half))
          .toByteArray();
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(60)).until(condition);
  }
}
