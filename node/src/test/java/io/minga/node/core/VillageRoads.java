package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The connections of a village, with three streams each: frames take their time, come in the order
 * in which they were sent on a stream, and are lost with their connection.
 */
final class VillageRoads {
  private static final long FRAME_NANOS_LEAST = 50_000;
  private static final int FRAME_MILLIS_SPREAD = 5;
  private static final int DIAL_MILLIS_MOST = 500;

  /** How much later the other end may find that a connection is lost. */
  private static final int LOSS_MILLIS_MOST = 50;

  /** What all frames came to, those too that were lost. */
  long framesBytes;

  private final Village village;

  /** Pairs that can't connect. */
  private final Set<Set<House>> barred = new LinkedHashSet<>();

  /** Pairs between which nothing goes, gossip neither. */
  private final Set<Set<House>> cut = new LinkedHashSet<>();

  /** How many connections each pair has had. */
  private final Map<Set<House>, Integer> sessions = new LinkedHashMap<>();

  /** When the last of what was sent so arrives. */
  private final Map<Way, Long> lastArrivals = new LinkedHashMap<>();

  /** What has arrived where nothing comes through. */
  private final Map<Direction, List<Runnable>> stuck = new LinkedHashMap<>();

  private enum Stream {
    WORK,
    MOVES,
    COPIES
  }

  private record Way(House from, House to, Stream stream) {}

  private record Direction(House from, House to) {}

  VillageRoads(Village village) {
    this.village = village;
  }

  // Connections.

  void connectAll() {
    for (House one : village.houses) {
      for (House other : village.houses) {
        if (one.number < other.number) {
          connect(one, other);
        }
      }
    }
  }

  void connect(House one, House other) {
    if (one == other || barred.contains(Set.of(one, other)) || isCut(one, other)) {
      return;
    }
    if (one.isUp() && other.isUp() && one.neighbours.add(other)) {
      other.neighbours.add(one);
      sessions.merge(Set.of(one, other), 1, Integer::sum);
      one.input(new Input.Connected(other.peer));
      other.input(new Input.Connected(one.peer));
    }
  }

  /** A house that was just started is connected with all others. */
  void connectWithAll(House fresh) {
    village.houses.stream().filter(it -> it != fresh).forEach(it -> connect(fresh, it));
  }

  /** A house wants a connection, which takes a while. */
  void dial(House from, PeerId to) {
    House other = village.byPeer.get(to);
    if (other != null) {
      village.in(village.random.nextLong(1, DIAL_MILLIS_MOST), () -> connect(from, other));
    }
  }

  /** The first finds at once that they aren't connected any more, the other a little later. */
  void disconnect(House one, House other) {
    if (one.neighbours.remove(other)) {
      other.neighbours.remove(one);
      one.input(new Input.Disconnected(other.peer));
      afterLoss(
          () -> {
            if (!other.neighbours.contains(one)) {
              other.input(new Input.Disconnected(one.peer));
            }
          });
    }
  }

  /** All connections of a house that died are lost. */
  void disconnectDead(House dead) {
    for (House other : List.copyOf(dead.neighbours)) {
      dead.neighbours.remove(other);
      other.neighbours.remove(dead);
      afterLoss(() -> other.input(new Input.Disconnected(dead.peer)));
    }
  }

  private void afterLoss(Runnable what) {
    village.in(village.random.nextLong(1, LOSS_MILLIS_MOST), what);
  }

  // What is wrong with them.

  /** From now on these two can't connect. */
  void bar(House one, House other) {
    barred.add(Set.of(one, other));
  }

  /** What stood in the way of a house stands in the way of the one in its place. */
  void barLike(House before, House fresh) {
    village.houses.stream()
        .filter(other -> other != before && barred.contains(Set.of(before, other)))
        .forEach(other -> bar(fresh, other));
  }

  /** From now on all can connect. */
  void unbar() {
    barred.clear();
  }

  /** From now on nothing goes between these two. */
  void cut(House one, House other) {
    cut.add(Set.of(one, other));
    disconnect(one, other);
  }

  /** All are connected again. */
  void heal() {
    cut.clear();
    connectAll();
  }

  boolean isCut(House one, House other) {
    return !cut.isEmpty() && one != other && cut.contains(Set.of(one, other));
  }

  /** What one says to the other is stuck from now on, and not what the other says. */
  void block(House from, House to) {
    stuck.computeIfAbsent(new Direction(from, to), it -> new ArrayList<>());
  }

  /** What was stuck comes through, in its order, unless the connection is another by now. */
  void unblock(House from, House to) {
    List<Runnable> arrivals = stuck.remove(new Direction(from, to));
    if (arrivals != null) {
      arrivals.forEach(Runnable::run);
    }
  }

  // Frames.

  void send(House from, Effect.Send send) {
    Supplier<Input> arrival = () -> new Input.Received(from.peer, Frames.read(send));
    carry(from, send.to(), Stream.WORK, send.frame(), arrival);
  }

  void sendMove(House from, Effect.SendMove send) {
    Supplier<Input> arrival = () -> new Input.MoveReceived(from.peer, Frames.read(send));
    carry(from, send.to(), Stream.MOVES, send.frame(), arrival);
  }

  void sendCopy(House from, Effect.SendCopy send) {
    Supplier<Input> arrival = () -> new Input.CopyReceived(from.peer, Frames.read(send));
    carry(from, send.to(), Stream.COPIES, send.frame(), arrival);
  }

  private void carry(House from, PeerId peer, Stream stream, Bytes frame, Supplier<Input> arrival) {
    village.traced(frame.hashCode());
    framesBytes += frame.length();
    House to = village.byPeer.get(peer);
    if (to == null || !from.neighbours.contains(to)) {
      return;
    }
    Way way = new Way(from, to, stream);
    long earliest = village.nowNanos + FRAME_NANOS_LEAST;
    long drawn = earliest + village.random.nextLong(FRAME_MILLIS_SPREAD * Village.MILLION);
    long at = Math.max(drawn, lastArrivals.getOrDefault(way, 0L) + 1);
    lastArrivals.put(way, at);
    int session = session(from, to);
    village.at(at, () -> arrive(from, to, () -> receive(from, to, session, arrival)));
  }

  private int session(House one, House other) {
    return sessions.getOrDefault(Set.of(one, other), 0);
  }

  private void arrive(House from, House to, Runnable arrival) {
    List<Runnable> behind = stuck.get(new Direction(from, to));
    if (behind == null) {
      arrival.run();
    } else {
      behind.add(arrival);
    }
  }

  private void receive(House from, House to, int session, Supplier<Input> arrival) {
    if (to.neighbours.contains(from) && session(from, to) == session) {
      to.input(arrival.get());
    }
  }
}
