package io.minga.simulations.network;

import io.minga.simulations.events.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The peers of a run and the connections between them.
 *
 * <p>A connection is as reliable as TCP: what is sent arrives in order or the connection breaks. A
 * link that is cut in either direction breaks its connection after {@link LinkOptions#breakNanos};
 * one that is mended before loses nothing. Peers are numbered from 0.
 *
 * @param <F> what peers send each other
 */
public final class Network<F> {
  private static final long NEVER = Long.MAX_VALUE;

  private final Simulation simulation;
  private final LinkOptions options;
  private final SplittableRandom random;
  private final Faults faults = new Faults();
  private final List<Host<F>> hosts = new ArrayList<>();

  /** Links that are cut, as sender and receiver. */
  private final LinkedHashSet<Long> cutLinks = new LinkedHashSet<>();

  /** A network without peers. */
  public Network(Simulation simulation, LinkOptions options) {
    this.simulation = simulation;
    this.options = options;
    this.random = simulation.random("network");
  }

  /** What went wrong. */
  public Faults faults() {
    return faults;
  }

  /** Adds {@code peer}, which has the next number. */
  public void add(SimulatedPeer<F> peer) {
    Host<F> host = new Host<>(hosts.size(), peer);
    hosts.add(host);
    settle(host);
  }

  /** Puts {@code peer} in the place of {@code number}, which is down. */
  public void restart(int number, SimulatedPeer<F> peer) {
    Host<F> old = host(number);
    if (old.isUp) {
      throw new IllegalStateException("peer " + number + " is up and can't be restarted");
    }
    faults.struck(Fault.RESTART);
    for (Connection<F> connection : List.copyOf(old.connections())) {
      Stream<F> reset = connection.from(old);
      simulation.after(reset.latencyNanos(), () -> lose(connection, reset.to));
    }
    Host<F> host = new Host<>(number, peer);
    host.part = old.part;
    host.sentBytes = old.sentBytes;
    host.sentFrames = old.sentFrames;
    hosts.set(number, host);
    settle(host);
  }

  /**
   * Lets {@code action} be done by {@code peer}, as part of an event, if it still runs at {@code
   * number}.
   */
  public void act(int number, SimulatedPeer<F> peer, Runnable action) {
    Host<F> host = host(number);
    if (host.isUp && host.peer.equals(peer)) {
      action.run();
      settle(host);
    }
  }

  /** How many peers there are or have been. */
  public int size() {
    return hosts.size();
  }

  /** Whether {@code number} runs. */
  public boolean isUp(int number) {
    return host(number).isUp;
  }

  /** Whom {@code number} is connected with, as far as it knows. */
  public Set<Integer> connectionsOf(int number) {
    return host(number).connectedWith();
  }

  /** Whether {@code number} is connected with anybody, as far as it knows. */
  public boolean hasConnections(int number) {
    return !host(number).connectedWith().isEmpty();
  }

  /** Whether {@code number} is connected with {@code other}, as far as it knows. */
  public boolean isConnected(int number, int other) {
    return host(number).isConnected(other);
  }

  /** How many bytes {@code number} has sent, frames with their length prefixes. */
  public long sentBytes(int number) {
    return host(number).sentBytes;
  }

  /** How many frames {@code number} has sent. */
  public long sentFrames(int number) {
    return host(number).sentFrames;
  }

  /**
   * Two peers are connected from now on, as in a network that has been up for a while; not if they
   * are, or cannot be.
   */
  public void join(int one, int other) {
    Host<F> dialler = host(one);
    Host<F> listener = host(other);
    boolean isPossible = dialler.isUp && listener.isUp && !isCut(dialler, listener);
    if (one == other || !isPossible || dialler.isConnected(other)) {
      return;
    }
    Connection<F> connection = connection(dialler, listener);
    open(connection, dialler, true);
    open(connection, listener, false);
  }

  /** Begins a connection, unless there is one; it stands after one and a half round trips. */
  public void dial(int from, int to) {
    Host<F> dialler = host(from);
    boolean isKnown = dialler.isConnected(to) || dialler.dialled.contains(to);
    if (from == to || !dialler.isUp || isKnown) {
      return;
    }
    dialler.dialled.add(to);
    simulation.after(3 * latencyNanos(from, to), () -> establish(dialler, to));
  }

  private void establish(Host<F> dialler, int to) {
    dialler.dialled.remove(to);
    Host<F> listener = host(to);
    if (!dialler.isUp) {
      return;
    }
    if (!listener.isUp || isCut(dialler, listener) || isCut(listener, dialler)) {
      faults.struck(Fault.DIAL_FAILURE);
      return;
    }
    Connection<F> known = dialler.connection(to);
    if (known != null && known.equals(listener.connection(dialler.number))) {
      return; // the other has dialled, too, and was faster
    }
    forget(dialler, to);
    forget(listener, dialler.number);
    Connection<F> connection = connection(dialler, listener);
    simulation.at(
        connection.incoming.closeArrivalNanos(simulation.nowNanos()),
        () -> open(connection, dialler, true));
    open(connection, listener, false);
  }

  private Connection<F> connection(Host<F> dialler, Host<F> listener) {
    long latencyNanos = latencyNanos(dialler.number, listener.number);
    Connection<F> connection =
        new Connection<>(dialler, listener, options, latencyNanos, random, faults);
    dialler.connect(listener.number, connection);
    listener.connect(dialler.number, connection);
    return connection;
  }

  private void open(Connection<F> connection, Host<F> host, boolean outbound) {
    if (connection.isClosed || !host.isUp) {
      return;
    }
    int other = connection.other(host).number;
    trace(other, host.number, 0);
    connection.setOpenAt(host, true);
    host.peer.connected(simulation.nowNanos(), other, outbound);
    settle(host);
  }

  private void forget(Host<F> host, int other) {
    Connection<F> old = host.connection(other);
    if (old != null) {
      old.isClosed = true;
      lose(old, host);
    }
  }

  /** {@code host} has the connection no more. */
  private void lose(Connection<F> connection, Host<F> host) {
    host.disconnect(connection.other(host).number, connection);
    boolean wasOpen = connection.isOpenAt(host);
    connection.setOpenAt(host, false);
    if (wasOpen && host.isUp) {
      trace(connection.other(host).number, host.number, -1);
      host.peer.disconnected(simulation.nowNanos(), connection.other(host).number);
      settle(host);
    }
  }

  /**
   * Sends {@code frame}, which takes {@code bytes}, to a peer that {@code from} is connected with;
   * to another it goes nowhere. To be called by the peer itself.
   */
  public void send(int from, int to, F frame, int bytes) {
    Host<F> host = host(from);
    Connection<F> connection = host.connection(to);
    if (connection == null) {
      return;
    }
    host.sentFrames++;
    host.sentBytes += bytes;
    Stream<F> stream = connection.from(host);
    if (stream.isCut) {
      if (stream.hold(frame, bytes)) {
        host.wrote(to, bytes);
      }
      return;
    }
    transmit(stream, frame, bytes);
    long writtenNanos = stream.writtenNanos(simulation.nowNanos());
    if (writtenNanos <= simulation.nowNanos()) {
      host.wrote(to, bytes);
    } else {
      simulation.at(writtenNanos, () -> written(stream, bytes));
    }
  }

  private void written(Stream<F> stream, int bytes) {
    if (stream.connection.isOpenAt(stream.from) && stream.from.isUp) {
      stream.from.wrote(stream.to.number, bytes);
      settle(stream.from);
    }
  }

  private void transmit(Stream<F> stream, F frame, int bytes) {
    long arrivalNanos = stream.arrivalNanos(simulation.nowNanos(), bytes);
    if (arrivalNanos < 0) {
      simulation.after(options.breakNanos(), () -> breakUp(stream.connection));
    } else {
      simulation.at(arrivalNanos, () -> deliver(stream, frame, bytes));
    }
  }

  private void deliver(Stream<F> stream, F frame, int bytes) {
    Host<F> host = stream.to;
    if (!stream.connection.isOpenAt(host) || !host.isUp) {
      faults.struck(Fault.FRAME_LOST);
      return;
    }
    trace(stream.from.number, host.number, bytes);
    host.peer.received(simulation.nowNanos(), stream.from.number, frame);
    settle(host);
  }

  private void trace(int from, int to, int what) {
    simulation.trace().add((long) from << 32 | to);
    simulation.trace().add(what);
  }

  private void settle(Host<F> host) {
    host.tellWritten(simulation.nowNanos());
    long deadlineNanos = host.peer.nextDeadlineNanos();
    if (deadlineNanos < host.tickNanos) {
      host.tickNanos = deadlineNanos;
      simulation.at(deadlineNanos, () -> tick(host, deadlineNanos));
    }
  }

  private void tick(Host<F> host, long deadlineNanos) {
    if (host.isUp && host.tickNanos == deadlineNanos) {
      simulation.trace().add(host.number);
      host.tickNanos = NEVER;
      host.peer.tick(simulation.nowNanos());
      settle(host);
    }
  }

  /** Closes the connection of {@code number} with {@code other}, if there is one. */
  public void disconnect(int number, int other) {
    Host<F> host = host(number);
    Connection<F> connection = host.connection(other);
    if (connection != null) {
      faults.struck(Fault.DISCONNECT);
      close(host, connection);
    }
  }

  private void close(Host<F> host, Connection<F> connection) {
    connection.isClosed = true;
    Stream<F> last = connection.from(host);
    long arrivalNanos = last.closeArrivalNanos(simulation.nowNanos());
    simulation.at(
        last.isCut ? simulation.nowNanos() + options.breakNanos() : arrivalNanos,
        () -> lose(connection, last.to));
    lose(connection, host);
  }

  /** {@code number} leaves and says so. */
  public void leave(int number) {
    Host<F> host = host(number);
    faults.struck(Fault.LEAVE);
    host.isUp = false;
    List.copyOf(host.connections()).forEach(it -> close(host, it));
  }

  /** {@code number} vanishes: the others notice when its connections break. */
  public void crash(int number) {
    Host<F> host = host(number);
    faults.struck(Fault.CRASH);
    host.isUp = false;
    for (Connection<F> connection : host.connections()) {
      connection.isClosed = true;
      simulation.after(options.breakNanos(), () -> lose(connection, connection.other(host)));
    }
  }

  /** Cuts the link from one peer to another, in this direction only. */
  public void cut(int from, int to) {
    faults.struck(Fault.ONE_WAY_CUT);
    cutLinks.add((long) from << 32 | to);
    refresh(host(from));
  }

  /** Mends what {@link #cut} has cut. */
  public void mend(int from, int to) {
    cutLinks.remove((long) from << 32 | to);
    refresh(host(from));
  }

  /** Puts {@code number} into a part of the network, which reaches no other part; all are in 0. */
  public void partition(int number, int part) {
    Host<F> host = host(number);
    if (part != 0) {
      faults.struck(Fault.PARTITION);
    }
    host.part = part;
    refresh(host);
  }

  /** Whether what {@code from} sends cannot reach {@code to}. */
  public boolean isCut(int from, int to) {
    return isCut(host(from), host(to));
  }

  private boolean isCut(Host<F> from, Host<F> to) {
    return from.part != to.part
        || (!cutLinks.isEmpty() && cutLinks.contains((long) from.number << 32 | to.number));
  }

  private void refresh(Host<F> host) {
    for (Connection<F> connection : List.copyOf(host.connections())) {
      boolean wasCut = connection.isCut();
      refresh(connection, connection.outgoing);
      refresh(connection, connection.incoming);
      if (connection.isCut() != wasCut) {
        int cuts = ++connection.cuts;
        connection.cutNanos = simulation.nowNanos();
        if (connection.isCut()) {
          simulation.after(options.breakNanos(), () -> breakUp(connection, cuts));
        }
      }
    }
  }

  private void refresh(Connection<F> connection, Stream<F> stream) {
    boolean wasCut = stream.isCut;
    stream.isCut = isCut(stream.from, stream.to);
    if (wasCut && !stream.isCut) {
      stream.mend(simulation.nowNanos(), simulation.nowNanos() - connection.cutNanos);
      for (Stream.Frame<F> frame : stream.release()) {
        transmit(stream, frame.content(), frame.bytes());
        if (!frame.isWritten()) {
          long writtenNanos = stream.writtenNanos(simulation.nowNanos());
          simulation.at(writtenNanos, () -> written(stream, frame.bytes()));
        }
      }
    }
  }

  private void breakUp(Connection<F> connection, int cuts) {
    if (connection.cuts == cuts) {
      breakUp(connection);
    }
  }

  private void breakUp(Connection<F> connection) {
    if (!connection.isClosed) {
      faults.struck(Fault.BREAK);
      connection.isClosed = true;
      lose(connection, connection.outgoing.from);
      lose(connection, connection.outgoing.to);
    }
  }

  /** The latency of the link between two peers, the same both ways. */
  public long latencyNanos(int from, int to) {
    long spreadNanos = options.latencyMaxNanos() - options.latencyMinNanos();
    if (spreadNanos == 0) {
      return options.latencyMinNanos();
    }
    int pair = Math.min(from, to) * 0x10001 + Math.max(from, to) * 0x85ebca6b;
    return options.latencyMinNanos() + simulation.random("latency", pair).nextLong(spreadNanos + 1);
  }

  private Host<F> host(int number) {
    return hosts.get(number);
  }
}
