package io.minga.libp2p.netty;

import io.minga.libp2p.Connection;
import io.minga.libp2p.ConnectionListener;
import io.minga.libp2p.Host;
import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.discovery.Discovery;
import io.minga.libp2p.discovery.Discovery.Effect;
import io.minga.libp2p.discovery.Discovery.Input;
import io.minga.libp2p.discovery.RememberedPeer;
import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.mdns.netty.Mdns;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.store.PeersFile;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the network of a {@link Host}, and keeps it in it: runs {@link Discovery} on an event loop.
 * Close it before the host, so that the peers that are connected last are remembered.
 */
public final class NettyDiscovery implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NettyDiscovery.class);
  private static final long CLOSE_SECONDS_MAX = 3;

  private final Host host;
  private final DiscoverySettings settings;
  private final DiscoveryListener listener;
  private final EventLoops loops = EventLoops.acquire();
  private final EventLoop loop = loops.group().next();
  private final NameResolver names;
  private final Optional<PeersFile> file;
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(new DefaultThreadFactory("minga-peers-file", true));
  private final AtomicInteger hintsWaiting = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private Optional<Mdns> mdns = Optional.empty();

  // Owned by the loop.
  private final Discovery discovery;
  private final Deadline deadline;
  private final Set<Connection> connections = new LinkedHashSet<>();

  private NettyDiscovery(
      Host host, DiscoverySettings settings, DiscoveryListener listener, NameResolvers names) {
    this.host = host;
    this.settings = settings;
    this.listener = listener;
    this.names = names.on(loops, loop);
    this.file = settings.remembered().map(PeersFile::new);
    this.discovery =
        new Discovery(host.peerId(), settings.limits(), RandomGenerator.of("L64X128MixRandom"));
    this.deadline = new Deadline(loop, () -> handle(new Input.Tick()));
  }

  /** Makes the resolver that a discovery owns. */
  interface NameResolvers {
    NameResolver on(EventLoops loops, EventLoop loop);
  }

  /**
   * Starts to look for peers of {@code host}, and dials them.
   *
   * @throws IllegalArgumentException if there are more bootstrap addresses than the limits allow
   */
  public static NettyDiscovery start(
      Host host, DiscoverySettings settings, DiscoveryListener listener) {
    return start(
        host,
        settings,
        listener,
        (loops, loop) ->
            new DnsNames(loops, loop, DnsServerAddressStreamProviders::platformDefault));
  }

  static NettyDiscovery start(
      Host host, DiscoverySettings settings, DiscoveryListener listener, NameResolvers names) {
    int addressesMax = settings.limits().bootstrapAddressesMax();
    if (settings.bootstrap().size() > addressesMax) {
      throw new IllegalArgumentException(
          "there are %d bootstrap addresses; name at most %d"
              .formatted(settings.bootstrap().size(), addressesMax));
    }
    NettyDiscovery discovery = new NettyDiscovery(host, settings, listener, names);
    discovery.begin();
    return discovery;
  }

  private void begin() {
    PeersFile.Loaded loaded =
        file.map(PeersFile::load).orElse(new PeersFile.Loaded(List.of(), Optional.empty()));
    host.onConnection(new Connections());
    loop.execute(
        () -> {
          loaded.complaint().ifPresent(this::trouble);
          host.connections().forEach(this::connected);
          handle(new Input.Started(settings.bootstrap(), loaded.peers()));
        });
    mdns =
        settings
            .mdns()
            .map(
                it ->
                    Mdns.start(
                        it,
                        host.peerId(),
                        host::listenAddresses,
                        (peer, addresses) -> hint(Source.MDNS, peer, addresses)));
  }

  /** Another peer says that {@code peer} is at these addresses. Too many hints at once are lost. */
  public void hint(PeerId peer, List<Multiaddr> addresses) {
    hint(Source.EXCHANGE, peer, addresses);
  }

  private void hint(Source source, PeerId peer, List<Multiaddr> addresses) {
    if (hintsWaiting.incrementAndGet() > settings.limits().exchangeHintsMax()) {
      hintsWaiting.decrementAndGet();
      return;
    }
    onLoop(
        () -> {
          hintsWaiting.decrementAndGet();
          handle(new Input.Hint(source, peer, addresses));
        });
  }

  private final class Connections implements ConnectionListener {
    @Override
    public void connected(Connection connection) {
      onLoop(() -> NettyDiscovery.this.connected(connection));
    }

    @Override
    public void disconnected(Connection connection, String reason) {
      onLoop(
          () -> {
            if (connections.remove(connection)) {
              handle(new Input.Disconnected(connection.peer()));
            }
          });
    }
  }

  private void connected(Connection connection) {
    if (!connections.add(connection)) {
      return;
    }
    Direction direction = connection.isInitiator() ? Direction.OUTBOUND : Direction.INBOUND;
    handle(new Input.Connected(connection.peer(), direction, connection.remoteAddress()));
    connection
        .identified()
        .thenAccept(it -> onLoop(() -> handle(new Input.Identified(it.peer(), it.addresses()))));
  }

  private void handle(Input input) {
    if (closed.get() && !(input instanceof Input.Stopping)) {
      return;
    }
    for (Effect effect : discovery.handle(System.nanoTime(), input)) {
      perform(effect);
    }
    deadline.arm(discovery.nextDeadlineNanos());
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Dial dial) {
      dial(dial);
    } else if (effect instanceof Effect.Resolve resolve) {
      names
          .resolve(resolve.address())
          .thenAccept(it -> onLoop(() -> handle(new Input.Resolved(resolve.address(), it))));
    } else if (effect instanceof Effect.Remember remember) {
      file.ifPresent(it -> save(it, remember.peers()));
    } else if (effect instanceof Effect.Joined joined) {
      LOG.debug("{} joined, found by {}", joined.peer(), joined.source());
      tell(() -> listener.joined(joined.peer(), joined.source(), joined.remoteAddress()));
    } else if (effect instanceof Effect.Left left) {
      LOG.debug("{} left", left.peer());
      tell(() -> listener.left(left.peer()));
    } else if (effect instanceof Effect.Trouble trouble) {
      trouble(trouble.sentence());
    }
  }

  private void dial(Effect.Dial dial) {
    host.connect(dial.peer(), dial.addresses())
        .whenComplete(
            (connection, failure) -> {
              if (failure != null) {
                String reason = String.valueOf(failure.getMessage());
                onLoop(() -> handle(new Input.DialFailed(dial.peer(), reason)));
              }
            });
  }

  private void save(PeersFile peersFile, List<RememberedPeer> peers) {
    disk.execute(
        () -> {
          try {
            peersFile.save(peers.subList(0, Math.min(peers.size(), PeersFile.PEERS_MAX)));
          } catch (IOException e) {
            String sentence = String.valueOf(e.getMessage());
            onLoop(() -> trouble(sentence));
          }
        });
  }

  private void trouble(String sentence) {
    LOG.info("{}", sentence);
    tell(() -> listener.trouble(sentence));
  }

  private void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      LOG.warn("a discovery listener failed", e);
    }
  }

  /** Looks for no more peers, and keeps those to dial first at the next start. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    mdns.ifPresent(Mdns::close);
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    loop.execute(
        () -> {
          handle(new Input.Stopping());
          deadline.cancel();
          disk.shutdown();
          names.close();
          stopped.complete(null);
        });
    if (!loops.isInLoop()) {
      stopped.join();
      awaitDisk();
    }
    loops.release();
  }

  private void awaitDisk() {
    try {
      if (!disk.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        LOG.warn("the remembered peers are still being written");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // Both the host and this are closed, and nobody is waiting.
    }
  }
}
