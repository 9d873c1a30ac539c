package io.minga.simulations.rig.runtime;

import io.minga.simulations.rig.Lane;
import io.minga.simulations.rig.Weather;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between all peers of {@link Cables}: accepts for each what comes to its address, and
 * carries it on in the weather of that direction. What it draws depends on the seed, the pair, and
 * which connection of the pair it is.
 */
final class Relay implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int WAITING_MAX = 1_024;

  private final long seed;
  private final ServerSocket server;
  private final Map<Way, Weather> weather = new ConcurrentHashMap<>();
  private final Map<Way, AtomicLong> connections = new ConcurrentHashMap<>();
  private final Set<Carried> carried = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  /** From one peer to another. */
  record Way(int from, int to) {
    Way back() {
      return new Way(to, from);
    }
  }

  /** Listens for all peers. */
  Relay(long seed) throws IOException {
    this.seed = seed;
    this.server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(Cables.PORT), WAITING_MAX); // of all addresses
    start(this::accept, "relay");
  }

  static void start(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!isClosed) {
      try {
        Socket in = server.accept();
        start(() -> connect(in), "relay-connect");
      } catch (IOException e) {
        if (!isClosed) {
          System.err.println("rig: the relay can't accept: " + e.getMessage());
        }
      }
    }
  }

  private void connect(Socket in) {
    Socket out = new Socket();
    try {
      InetAddress from = in.getInetAddress();
      InetAddress to = in.getLocalAddress();
      out.bind(new InetSocketAddress(from, 0));
      out.connect(new InetSocketAddress(to, Cables.PORT), CONNECT_MILLIS);
      in.setTcpNoDelay(true);
      out.setTcpNoDelay(true);
      carry(new Way(peer(from), peer(to)), in, out);
    } catch (IOException e) {
      reset(in);
      reset(out);
    }
  }

  private static int peer(InetAddress address) {
    return address.getAddress()[3] - 1;
  }

  private void carry(Way way, Socket in, Socket out) {
    long number = connections.computeIfAbsent(way, it -> new AtomicLong()).incrementAndGet();
    SplittableRandom random =
        new SplittableRandom(seed * 1_000_003 + way.from() * 10_007L + way.to() * 101L + number);
    Carried both = new Carried(way, in, out);
    carried.add(both);
    both.carry(new Lane(random.split(), at(way), System.nanoTime()), this);
    both.carryBack(new Lane(random.split(), at(way.back()), System.nanoTime()), this);
  }

  /** The weather from one peer to another, as it is now. */
  Weather at(Way way) {
    return weather.getOrDefault(way, Weather.FAIR);
  }

  void ended(Carried both) {
    carried.remove(both);
  }

  /** Changes the weather in one direction, for connections that there are and new ones. */
  void set(int from, int to, Weather weather) {
    this.weather.put(new Way(from, to), weather);
  }

  /** Changes it between all peers. */
  void setAll(int peers, Weather weather) {
    for (int i = 0; i < peers; i++) {
      for (int j = 0; j < peers; j++) {
        if (i != j) {
          set(i, j, weather);
        }
      }
    }
  }

  /** Resets all connections. */
  void resetAll() {
    carried.forEach(Carried::reset);
  }

  /** Closes a socket so that the other end learns at once. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already.
    }
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing more to do with it.
    }
  }

  @Override
  public void close() {
    isClosed = true;
    try {
      server.close();
    } catch (IOException e) {
      // It accepts no more.
    }
    carried.forEach(Carried::reset);
  }
}
