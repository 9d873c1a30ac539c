package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gossip without routers: what a peer says reaches everybody that is connected with anybody. Those
 * that its author is connected with get it at once, the others after as many hops as meshes take.
 *
 * <p>Messages come out of order. A packet that is lost is sent again, which takes longer; one
 * message in so many is lost for good, and one in so many comes twice. What takes little of the
 * simulator's time are the messages: everybody is handed the very same object, and all that comes
 * to a peer within a moment at once.
 *
 * @param <M> what peers say
 */
public final class Epidemic<M> {
  private static final long HEARTBEAT_NANOS = SECOND;

  /** A power of two. */
  private static final int SOON = 1024;

  /** How often is looked whether peers have come, or connections. */
  private static final long LOOK_NANOS = SECOND;

  private final Simulation simulation;
  private final Network<?> network;
  private final LinkOptions link;
  private final Ears<M> ears;
  private final SplittableRandom random;
  private final long grainNanos;

  /** What arrives at a moment. */
  private final Map<Long, Moment<M>> arriving = new LinkedHashMap<>();

  /** Some of that by the last digits of its number, since a message asks for it for each peer. */
  private final @Nullable Moment<M>[] soon = newSoon();

  private @Nullable Diffusion diffusion;
  private long lookNanos;
  private double lossShare;
  private double doubleShare;
  private long messages;
  private long bytes;

  /** Whoever is told what arrives. */
  public interface Ears<M> {
    /** These have come to a peer within a moment. */
    void hear(int peer, List<M> messages);

    /** A message never comes to a peer. */
    void lost();

    /** A message comes to a peer twice. */
    void doubled();
  }

  /** What arrives at a moment: who hears what, in the order in which it was thought of. */
  private static final class Moment<M> {
    final long number;
    private int[] peers = new int[16];
    private final List<M> messages = new ArrayList<>();

    Moment(long number) {
      this.number = number;
    }

    void add(int peer, M message) {
      int place = messages.size();
      if (place == peers.length) {
        peers = Arrays.copyOf(peers, 2 * place);
      }
      peers[place] = peer;
      messages.add(message);
    }

    /** Hands each of so many peers what it hears. */
    void forEach(int size, ObjIntConsumer<List<M>> hear) {
      int[] ends = new int[size];
      int[] places = placesByPeer(ends);
      int from = 0;
      for (int peer = 0; peer < size; peer++) {
        if (ends[peer] > from) {
          List<M> its = new ArrayList<>(ends[peer] - from);
          while (from < ends[peer]) {
            its.add(messages.get(places[from++]));
          }
          hear.accept(its, peer);
        }
      }
    }

    /** The places of the messages for the first peer, then of those for the second, and so on. */
    private int[] placesByPeer(int[] ends) {
      for (int place = 0; place < messages.size(); place++) {
        ends[peers[place]]++;
      }
      int sum = 0;
      for (int peer = 0; peer < ends.length; peer++) {
        int its = ends[peer];
        ends[peer] = sum;
        sum += its;
      }
      int[] places = new int[sum];
      for (int place = 0; place < sum; place++) {
        places[ends[peers[place]]++] = place;
      }
      return places;
    }
  }

  /**
   * The gossip of the peers of a network.
   *
   * @param grainNanos how long a moment is: what arrives within it arrives at its end
   */
  public Epidemic(
      Simulation simulation, Network<?> network, LinkOptions link, long grainNanos, Ears<M> ears) {
    this.simulation = simulation;
    this.network = network;
    this.link = link;
    this.ears = ears;
    this.random = simulation.random("gossip");
    this.grainNanos = Math.max(1, Math.min(grainNanos, 100 * MILLI));
  }

  /** From now on so many of what peers hear is lost for good, or comes twice. */
  public void disturb(double loss, double doubling) {
    lossShare = loss;
    doubleShare = doubling;
  }

  /** How many bytes all peers together have taken in. */
  public long bytes() {
    return bytes;
  }

  /** How many messages there were. */
  public long messages() {
    return messages;
  }

  /** Whether something is on its way. */
  public boolean isQuiet() {
    return arriving.isEmpty();
  }

  /** A peer says something to all. */
  public void spread(int from, M message, int length) {
    Diffusion how = isHeard(from, length) ? diffusion() : null;
    if (how != null) {
      int reached = 0;
      for (int to = 0; to < network.size(); to++) {
        reached += reach(how, from, to, message) ? 1 : 0;
      }
      bytes += Math.round(reached * how.bytes(length));
    }
  }

  @SuppressWarnings("unchecked") // Java has no arrays of such
  private static <T> @Nullable Moment<T>[] newSoon() {
    return (Moment<T>[]) new Moment<?>[SOON];
  }

  private boolean isHeard(int from, int length) {
    messages++;
    simulation.trace().add(from * 0x10001L + length);
    return network.hasConnections(from);
  }

  private Diffusion diffusion() {
    Diffusion known = diffusion;
    if (known != null && simulation.nowNanos() < lookNanos) {
      return known;
    }
    lookNanos = simulation.nowNanos() + LOOK_NANOS;
    int up = 0;
    long connections = 0;
    for (int peer = 0; peer < network.size(); peer++) {
      if (network.isUp(peer)) {
        up++;
        connections += network.connectionsOf(peer).size();
      }
    }
    int each = (int) (connections / Math.max(1, up));
    if (known == null || !known.fits(up, each)) {
      known = new Diffusion(random, link, up, each);
      diffusion = known;
    }
    return known;
  }

  private boolean reach(Diffusion how, int from, int to, M message) {
    if (to == from || !network.isUp(to) || network.isCut(from, to) || !network.hasConnections(to)) {
      return false;
    }
    if (lossShare > 0 && random.nextDouble() < lossShare) {
      ears.lost();
      return false;
    }
    boolean isConnected = network.isConnected(from, to);
    arrive(to, message, how.delayNanos(random, isConnected));
    if (doubleShare > 0 && random.nextDouble() < doubleShare) {
      ears.doubled();
      long late = random.nextLong(HEARTBEAT_NANOS);
      arrive(to, message, how.delayNanos(random, isConnected) + late);
    }
    return true;
  }

  private void arrive(int to, M message, long delayNanos) {
    long now = simulation.nowNanos();
    long number = (now + delayNanos + grainNanos - 1) / grainNanos;
    int place = (int) number & (SOON - 1);
    Moment<M> moment = soon[place];
    if (moment == null || moment.number != number) {
      moment = arriving.computeIfAbsent(number, this::begin);
      soon[place] = moment;
    }
    moment.add(to, message);
  }

  private Moment<M> begin(long number) {
    simulation.at(number * grainNanos, () -> arrived(number));
    return new Moment<>(number);
  }

  private void arrived(long number) {
    Moment<M> moment = arriving.remove(number);
    if (moment != null) {
      soon[(int) number & (SOON - 1)] = null;
      moment.forEach(
          network.size(),
          (its, to) -> {
            if (network.hasConnections(to)) {
              ears.hear(to, its);
            }
          });
    }
  }
}
