package io.minga.libp2p;

import static io.minga.libp2p.Soon.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.limits.ResourceAccounts;
import io.minga.libp2p.limits.ResourceUse;
import io.minga.libp2p.limits.Scope;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.HostBooks;
import io.minga.libp2p.netty.NettyHost;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestReporter;

/**
 * A host that each test attacks, and what holds whatever the attack: a good peer that is connected
 * all the while has its pings answered in time, the host keeps to its limits, reports no defect of
 * its own, and in the end holds nothing for the attacker.
 */
abstract class AttackedHost {
  static final String ECHO = "/test/echo/1.0.0";
  static final String PAUSED = "/test/paused/1.0.0";

  /**
   * What a good peer's ping may take; the median of them, so that one pause of the JVM is no
   * failure.
   */
  private static final Duration ROUND_TRIP_MAX = Duration.ofMillis(100);

  private static final int PINGS_MIN = 20;
  private static final long QUICK_MILLIS = 1_000;

  private final ErrorLog log = new ErrorLog();
  final Heard heard = new Heard();
  HostOptions options;
  Host host;
  Host friend;
  GoodPeer good;
  ResourceAccounts books;
  private ResourceUse before;

  /** The limits of a small machine with deadlines that a test can wait for. */
  static HostLimits limits() {
    HostLimits ofSmall = HostLimits.DEFAULT;
    return new HostLimits(
        ofSmall.system(),
        ofSmall.pending(),
        ofSmall.peer(),
        ofSmall.peerProtocol(),
        Duration.ofMillis(QUICK_MILLIS),
        Duration.ofMillis(QUICK_MILLIS));
  }

  /** How the attacked host is started; to be overridden. */
  HostOptions options() {
    return HostOptions.defaults()
        .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")))
        .withLimits(limits());
  }

  @BeforeEach
  void startHosts() throws Exception {
    options = options();
    host = NettyHost.start(options);
    host.handle(ECHO, stream -> new Echo());
    host.onConnection(heard);
    books = HostBooks.of(host);
    friend = NettyHost.start(HostOptions.defaults());
    Multiaddr address = Multiaddr.parse(host.listenAddresses().get(0) + "/p2p/" + host.peerId());
    friend.connect(address).get(20, TimeUnit.SECONDS).identified().get(20, TimeUnit.SECONDS);
    heard.awaitConnected(friend.peerId()).identified().get(20, TimeUnit.SECONDS);
    good = new GoodPeer(friend, host);
    await().until(() -> good.count() > 0 && books.use(new Scope.Host()).streams() == 1);
    before = books.use(new Scope.Host());
    good.begin();
  }

  @AfterEach
  void stopHosts(TestReporter reporter) {
    try {
      await().until(() -> good.count() >= PINGS_MIN || good.failure() != null);
      good.close();
      Duration median = good.percentile(50);
      reporter.publishEntry(
          "a good peer's %d pings: median, 99 %%, slowest".formatted(good.count()),
          "%s, %s, %s".formatted(median, good.percentile(99), good.percentile(100)));
      assertThat(good.failure()).isNull();
      assertThat(median).isLessThan(ROUND_TRIP_MAX);
      assertThat(GoodPeer.isWithin(good.mostOfHost(), limits().system())).isTrue();
      assertThat(GoodPeer.isWithin(good.mostPending(), limits().pending())).isTrue();
      await().until(() -> books.use(new Scope.Pending()), ResourceUse.NONE::equals);
      await().until(() -> books.use(new Scope.Host()), before::equals);
      await().until(() -> HostBooks.channels(host), count -> count == 2); // listening, friend's
      assertThat(log.errors()).isEmpty();
    } finally {
      friend.close();
      host.close();
      log.close();
    }
  }

  /** Sends back what comes. */
  static final class Echo implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      stream.write(bytes);
    }
  }
}
