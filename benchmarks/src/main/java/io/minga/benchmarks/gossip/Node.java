package io.minga.benchmarks.gossip;

import io.minga.gossip.Gossip;
import io.minga.gossip.GossipStats;
import io.minga.gossip.Validator;
import io.minga.gossip.message.StrictSign;
import io.minga.gossip.message.Topic;
import io.minga.gossip.netty.NettyGossip;
import io.minga.gossip.netty.NettyGossipOptions;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Our gossip on a host on loopback, secured with Noise. */
final class Node implements AutoCloseable {
  private static final String LOOPBACK = "/ip4/127.0.0.1/tcp/0";
  private static final int POLL_MILLIS = 20;
  private static final int PATIENCE_SECONDS = 30;

  private final Host host;
  private final Gossip gossip;

  Node(Contender contender) throws HostException {
    HostOptions options =
        HostOptions.defaults()
            .withListen(List.of(Multiaddr.parse(LOOPBACK)))
            .withSecurities(List.of(Security.NOISE));
    host = NettyHost.start(options);
    gossip = NettyGossip.start(host, NettyGossipOptions.of(options.identity()));
    if (contender == Contender.VERIFYING) {
      gossip.setValidator(Payload.TOPIC, verifying());
      gossip.setValidator(Receipt.TOPIC, verifying());
    }
  }

  private static Validator verifying() {
    Crypto crypto = CryptoProviders.best();
    return Validator.of(
        received -> {
          try {
            StrictSign.verify(crypto, received.message());
            return Verdict.ACCEPT;
          } catch (WireException e) {
            return Verdict.REJECT;
          }
        });
  }

  Gossip gossip() {
    return gossip;
  }

  String address() {
    return host.listenAddresses().get(0) + "/p2p/" + host.peerId();
  }

  void connect(String address) {
    host.connect(Multiaddr.parse(address)).join();
  }

  /** Waits until so many peers subscribe to {@code topic}. */
  void awaitSubscribers(Topic topic, int count) throws IOException {
    await("subscribers", () -> gossip.subscribers(topic).join().size() >= count);
  }

  /** Waits until so many peers are in our mesh of {@code topic}. */
  void awaitMesh(Topic topic, int count) throws IOException {
    await("mesh peers", () -> meshSize(topic) >= count);
  }

  private int meshSize(Topic topic) {
    return gossip.stats().join().topics().stream()
        .filter(it -> it.topic().equals(topic))
        .map(GossipStats.TopicStatus::mesh)
        .mapToInt(List::size)
        .sum();
  }

  private static void await(String what, BooleanSupplier condition) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (deadlineNanos - System.nanoTime() <= 0) {
        throw new IOException("waited " + PATIENCE_SECONDS + " s for " + what);
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    gossip.close();
    host.close();
  }
}
