package io.minga.libp2p.mdns.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.mdns.DnsMessage;
import io.minga.libp2p.mdns.Effect;
import io.minga.libp2p.mdns.Input;
import io.minga.libp2p.mdns.Link;
import io.minga.libp2p.mdns.LinkId;
import io.minga.libp2p.mdns.MdnsDiscovery;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.WireException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Discovery of peers on the local links, running from {@link #start} to {@link #close}: says where
 * we listen, and tells a listener of others. It dials nobody. Safe for any thread.
 */
public final class Mdns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mdns.class);

  /** How often the interfaces and our listen addresses are looked at. */
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final MdnsOptions options;
  private final Supplier<List<Multiaddr>> listenAddresses;
  private final MdnsListener listener;
  private final EventLoop loop;
  private final @Nullable EventLoopGroup own;
  private final MdnsDiscovery discovery;
  private final AtomicBoolean closed = new AtomicBoolean();

  // On the loop from here on.
  private final Map<LinkId, LinkSocket> sockets = new LinkedHashMap<>();
  private final Map<String, String> failures = new TreeMap<>();
  private List<Link> links = List.of();
  private List<Multiaddr> listen = List.of();
  private @Nullable Future<?> timer;
  private boolean stopped;

  private Mdns(
      MdnsOptions options,
      PeerId self,
      Supplier<List<Multiaddr>> listenAddresses,
      MdnsListener listener,
      EventLoopGroup loops,
      boolean owned) {
    this.options = options;
    this.listenAddresses = listenAddresses;
    this.listener = listener;
    this.loop = loops.next();
    this.own = owned ? loops : null;
    this.discovery = new MdnsDiscovery(options, self, new SplittableRandom());
  }

  /**
   * Starts discovery on a thread of its own.
   *
   * @param self who we are
   * @param listenAddresses where we listen at the moment, without the {@code /p2p} part; asked
   *     every few seconds, on the event loop
   */
  public static Mdns start(
      MdnsOptions options,
      PeerId self,
      Supplier<List<Multiaddr>> listenAddresses,
      MdnsListener listener) {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("minga-mdns", true), NioIoHandler.newFactory());
    return new Mdns(options, self, listenAddresses, listener, loops, true).started();
  }

  /**
   * {@link #start(MdnsOptions, PeerId, Supplier, MdnsListener)} on one of {@code nioLoops}, which
   * many may share. Loops of epoll won't do: sockets of NIO alone can be in a group on the loopback
   * interface, and on one link each.
   */
  public static Mdns start(
      MdnsOptions options,
      PeerId self,
      Supplier<List<Multiaddr>> listenAddresses,
      MdnsListener listener,
      EventLoopGroup nioLoops) {
    return new Mdns(options, self, listenAddresses, listener, nioLoops, false).started();
  }

  private Mdns started() {
    loop.execute(this::poll);
    return this;
  }

  private void poll() {
    if (stopped) {
      return;
    }
    try {
      look();
    } catch (SocketException e) {
      LOG.debug("the network interfaces can't be looked at now", e);
    } catch (RuntimeException e) {
      LOG.error("the listen addresses can't be known", e);
    }
    loop.schedule(this::poll, POLL_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Looks at what may have changed: the interfaces, and where we listen. */
  private void look() throws SocketException {
    List<Link> current = NetworkInterfaces.links(options.interfaces());
    closeSockets(current);
    current.stream().map(Link::id).filter(id -> !sockets.containsKey(id)).forEach(this::open);
    if (sockets.isEmpty()) {
      failed("any interface", wanted());
    }
    List<Link> open = current.stream().filter(link -> sockets.containsKey(link.id())).toList();
    if (!open.equals(links)) {
      links = open;
      LOG.info(
          "mDNS looks for {} on {}", options.serviceName(), open.stream().map(Link::id).toList());
      handle(new Input.LinksChanged(open));
    }
    List<Multiaddr> addresses = List.copyOf(listenAddresses.get());
    if (!addresses.equals(listen)) {
      listen = addresses;
      handle(new Input.ListenChanged(addresses));
    }
  }

  /** Closes the sockets of links that are gone, or came back as others. */
  private void closeSockets(List<Link> current) throws SocketException {
    List<LinkId> ids = current.stream().map(Link::id).toList();
    failures.keySet().retainAll(ids.stream().map(LinkId::toString).toList());
    for (LinkId id : List.copyOf(sockets.keySet())) {
      LinkSocket socket = sockets.get(id);
      if (socket != null && (!ids.contains(id) || !socket.isUsable())) {
        sockets.remove(id);
        socket.close();
      }
    }
  }

  private String wanted() {
    return options.interfaces().isEmpty()
        ? "none is up and has an address and multicast"
        : options.interfaces() + " should be up and have an address";
  }

  private void open(LinkId id) {
    try {
      sockets.put(id, new LinkSocket(loop, id, options.packetBytesMax(), this::received));
      failures.remove(id.toString());
    } catch (IOException | UnsupportedOperationException e) {
      failed(id.toString(), "it can't be used: " + e.getMessage());
    }
  }

  /** Says what doesn't work, once. */
  private void failed(String where, String why) {
    if (!why.equals(failures.put(where, why))) {
      LOG.warn("mDNS finds no peers on {}: {}", where, why);
    }
  }

  private void received(LinkId link, IpAddress source, int port, byte[] datagram) {
    try {
      DnsMessage message = DnsMessage.decode(datagram, options);
      handle(new Input.Received(link, source, port, message));
    } catch (WireException ignored) {
      LOG.debug("datagram from {} on {}: {}", source, link, ignored.getMessage());
    }
  }

  private void handle(Input input) {
    if (stopped) {
      return;
    }
    discovery.handle(System.nanoTime(), input).forEach(this::perform);
    schedule();
  }

  private void schedule() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    long deadlineNanos = discovery.nextDeadlineNanos();
    if (deadlineNanos != Long.MAX_VALUE) {
      long delayNanos = Math.max(0, deadlineNanos - System.nanoTime());
      timer = loop.schedule(() -> handle(new Input.Tick()), delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Multicast multicast) {
      LinkSocket socket = sockets.get(multicast.link());
      if (socket != null) {
        socket.multicast(multicast.message().encode());
      }
    } else if (effect instanceof Effect.Unicast unicast) {
      LinkSocket socket = sockets.get(unicast.link());
      if (socket != null) {
        socket.unicast(unicast.message().encode(), unicast.to(), unicast.port());
      }
    } else if (effect instanceof Effect.Found found) {
      tell(found);
    }
  }

  private void tell(Effect.Found found) {
    try {
      listener.found(found.peer(), found.addresses());
    } catch (RuntimeException e) {
      LOG.error("a listener for found peers failed", e);
    }
  }

  /** Says goodbye to others and closes the sockets; waits for it, unless on an event loop. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    Future<?> stop = loop.submit(this::stop);
    if (!loop.inEventLoop()) {
      stop.awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
    }
    if (own != null) {
      Future<?> ended = own.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (!loop.inEventLoop()) {
        ended.awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
      }
    }
  }

  private void stop() {
    handle(new Input.Stop());
    stopped = true;
    if (timer != null) {
      timer.cancel(false);
    }
    List<LinkSocket> open = new ArrayList<>(sockets.values());
    sockets.clear();
    open.forEach(LinkSocket::close);
  }
}
