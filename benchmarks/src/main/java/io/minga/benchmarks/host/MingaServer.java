package io.minga.benchmarks.host;

import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.connections.DialOptions;
import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.limits.ScopeLimits;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;

/** Our host, echoing and discarding. */
final class MingaServer implements AutoCloseable {
  static final String ECHO = "/minga/bench/echo/1";
  static final String DISCARD = "/minga/bench/discard/1";

  private static final String LOOPBACK = "/ip4/127.0.0.1/tcp/0";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Host host;

  MingaServer(Contender contender) throws HostException {
    host = start(contender);
    host.handle(ECHO, stream -> new Echo());
    host.handle(DISCARD, stream -> new Discard());
  }

  /** A host on loopback. */
  static Host start(Contender contender) throws HostException {
    Security security = contender == Contender.TLS ? Security.TLS : Security.NOISE;
    HostOptions options = HostOptions.defaults();
    return NettyHost.start(
        options
            .withListen(List.of(Multiaddr.parse(LOOPBACK)))
            .withSecurities(List.of(security))
            .withDials(withPatience(options.dials()))
            .withLimits(withManyStreams(options.limits())));
  }

  /** A machine that others use makes dials long, which is to be measured and not to end it all. */
  private static DialOptions withPatience(DialOptions dials) {
    return new DialOptions(
        dials.dialsMax(),
        dials.dialsPerPeerMax(),
        dials.addressesPerPeerMax(),
        dials.peersMax(),
        dials.requestsMax(),
        dials.backoffsMax(),
        PATIENCE,
        PATIENCE.multipliedBy(2),
        dials.stagger(),
        dials.staggerLocal(),
        dials.backoffMin(),
        dials.backoffMax());
  }

  /** 100 streams of one protocol at once are more than one peer is allowed by default. */
  private static HostLimits withManyStreams(HostLimits limits) {
    ScopeLimits peer = limits.peer();
    return new HostLimits(
        limits.system(),
        limits.pending(),
        peer,
        new ScopeLimits(0, 0, peer.streams(), peer.streamsInbound(), limits.peer().memoryBytes()),
        PATIENCE,
        PATIENCE);
  }

  String address() {
    return host.listenAddresses().get(0) + "/p2p/" + host.peerId();
  }

  @Override
  public void close() {
    host.close();
  }

  private static final class Echo implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      stream.write(bytes);
    }
  }

  private static final class Discard implements StreamHandler {
    private final Receipts receipts = new Receipts();

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      int due = receipts.due(bytes.readableBytes());
      bytes.release();
      if (due > 0) {
        stream.write(stream.allocator().buffer(due).writeZero(due));
      }
    }
  }
}
