package io.minga.libp2p.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops that all hosts of a process share, one a core: started for the first host,
 * stopped after the last, so that a host by itself costs no thread.
 */
final class EventLoops {
  private static final long QUIET_MILLIS = 50;
  private static final long END_MILLIS = 1000;

  /** As many events at a time as there are; it begins small. */
  private static final int EVENTS_GROW = 0;

  private static @Nullable EventLoops shared;

  private final boolean epoll = Epoll.isAvailable();
  private final EventLoopGroup group;
  private @Nullable EventLoopGroup memoryGroup;
  private int users;

  private EventLoops() {
    IoHandlerFactory factory =
        epoll
            ? EpollIoHandler.newFactory(EVENTS_GROW, LoopWait::new)
            : NioIoHandler.newFactory(SelectorProvider.provider(), LoopWait::new);
    group = newGroup("minga-libp2p", factory);
  }

  private static EventLoopGroup newGroup(String name, IoHandlerFactory factory) {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory(name, false), LoopIo.of(factory));
  }

  /** The shared loops; each call is answered by one {@link #release}. */
  static synchronized EventLoops acquire() {
    EventLoops loops = shared;
    if (loops == null) {
      loops = new EventLoops();
      shared = loops;
    }
    loops.users++;
    return loops;
  }

  /**
   * Gives the loops back; the last one to do so stops them, once they had nothing to do for a
   * moment: the ends of connections still have to be told from one loop to another.
   */
  void release() {
    EventLoopGroup memory;
    synchronized (EventLoops.class) {
      if (--users > 0) {
        return;
      }
      shared = null;
      memory = memoryGroup;
    }
    group.shutdownGracefully(QUIET_MILLIS, END_MILLIS, TimeUnit.MILLISECONDS);
    if (memory != null) {
      memory.shutdownGracefully(QUIET_MILLIS, END_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** The loops of the memory transport, which can't share those of sockets. */
  EventLoopGroup memoryGroup() {
    synchronized (EventLoops.class) {
      EventLoopGroup made = memoryGroup;
      if (made == null) {
        made = newGroup("minga-libp2p-memory", LocalIoHandler.newFactory());
        memoryGroup = made;
      }
      return made;
    }
  }

  /** Whether the caller runs on one of the loops, which must not wait for them. */
  boolean isInLoop() {
    return isInLoop(group) || (memoryGroup != null && isInLoop(memoryGroup));
  }

  private static boolean isInLoop(EventLoopGroup loops) {
    for (EventExecutor loop : loops) {
      if (loop.inEventLoop()) {
        return true;
      }
    }
    return false;
  }

  EventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> serverSocketChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  Class<? extends SocketChannel> socketChannel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  Class<? extends DatagramChannel> datagramChannel() {
    return epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  /** The kind of I/O in use, for the log. */
  String kind() {
    return epoll ? "epoll" : "nio";
  }
}
