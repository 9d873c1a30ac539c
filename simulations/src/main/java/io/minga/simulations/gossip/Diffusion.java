package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.gossip.router.GossipOptions;
import io.minga.simulations.network.LinkOptions;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * How long messages take through meshes drawn at random, and how many copies of them go round: a
 * sample, of which the arrivals of a whole run are drawn.
 *
 * <p>An author sends to all whom it is connected with, and whoever gets a message for the first
 * time sends it to those of its mesh that it doesn't know to have it. A message comes by whichever
 * way is the fastest, so more ways make it faster, and a packet that is lost delays few.
 */
final class Diffusion {
  /**
   * How many a peer has in its mesh, in the mean, where degrees are from 5 to 12: one more where it
   * knows many.
   */
  private static final int MESH = 8;

  private static final int MANY = 40;

  private static final int PEERS_MAX = 2000;
  private static final int ARRIVALS = 4000;

  /** To verify a signature, before a message is handed on. */
  private static final long VERIFICATION_NANOS = MILLI / 10;

  /** In how many heartbeats those outside the mesh are told which messages there are. */
  private static final int HEARTBEATS = 3;

  /** Whom they tell, and how long a message's id is. */
  private static final GossipOptions.Degrees LAZY = GossipOptions.Degrees.DEFAULT;

  private static final int ID_BYTES = 48;

  private final SplittableRandom random;
  private final LinkOptions link;
  private final int size;
  private final int connections;

  /** Of each peer, who is in its mesh, and what the way there takes at least. */
  private final int[][] mesh;

  private final long[][] ways;

  private final Sample direct = new Sample();
  private final Sample indirect = new Sample();
  private final double copies;

  /** Delays, of which any is as likely as another. */
  private static final class Sample {
    private long[] nanos = new long[256];
    private int size;

    void add(long delayNanos) {
      if (size == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * size);
      }
      nanos[size++] = delayNanos;
    }
  }

  private record Arrival(long atNanos, int peer, int from) implements Comparable<Arrival> {
    @Override
    public int compareTo(Arrival other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Integer.compare(peer, other.peer);
    }
  }

  /**
   * A sample for so many peers.
   *
   * @param connections how many each has
   */
  Diffusion(SplittableRandom random, LinkOptions link, int peers, int connections) {
    this.random = random;
    this.link = link;
    this.size = Math.max(2, Math.min(peers, PEERS_MAX));
    this.connections = Math.max(1, Math.min(connections, size - 1));
    this.mesh = new int[size][0];
    this.ways = new long[size][0];
    drawMeshes();
    long sent = 0;
    int messages = Math.max(4, ARRIVALS / size);
    for (int message = 0; message < messages; message++) {
      sent += send(random.nextInt(size));
    }
    this.copies = (double) sent / messages / size;
  }

  private void drawMeshes() {
    int few = Math.min(MESH / 2, Math.max(1, connections / 2));
    for (int peer = 0; peer < size; peer++) {
      int each = connections >= MANY ? few + peer % 2 : few;
      for (int i = 0; i < each; i++) {
        int other = other(peer);
        if (Arrays.stream(mesh[peer]).noneMatch(it -> it == other)) {
          long spread = link.latencyMaxNanos() - link.latencyMinNanos();
          long way = link.latencyMinNanos() + (spread == 0 ? 0 : random.nextLong(spread));
          add(peer, other, way);
          add(other, peer, way);
        }
      }
    }
  }

  private int other(int peer) {
    int other = random.nextInt(size - 1);
    return other < peer ? other : other + 1;
  }

  private void add(int peer, int other, long way) {
    int degree = mesh[peer].length;
    mesh[peer] = Arrays.copyOf(mesh[peer], degree + 1);
    ways[peer] = Arrays.copyOf(ways[peer], degree + 1);
    mesh[peer][degree] = other;
    ways[peer][degree] = way;
  }

  /** Sends a message through the meshes; returns how many copies there were. */
  private int send(int author) {
    long[] arrival = new long[size];
    Arrays.fill(arrival, Long.MAX_VALUE);
    arrival[author] = 0;
    boolean[] isDirect = new boolean[size];
    PriorityQueue<Arrival> coming = new PriorityQueue<>();
    int sent = flood(author, isDirect, coming);
    while (!coming.isEmpty()) {
      Arrival next = coming.remove();
      int peer = next.peer;
      if (arrival[peer] != Long.MAX_VALUE) {
        continue;
      }
      arrival[peer] = next.atNanos;
      (isDirect[peer] ? direct : indirect).add(next.atNanos);
      long forwardNanos = next.atNanos + VERIFICATION_NANOS;
      for (int i = 0; i < mesh[peer].length; i++) {
        int other = mesh[peer][i];
        long itsCopy = arrival[other] + VERIFICATION_NANOS + ways[peer][i];
        boolean isKnown = arrival[other] != Long.MAX_VALUE && itsCopy <= forwardNanos;
        if (other != author && other != next.from && !isKnown) {
          sent++;
          coming.add(new Arrival(forwardNanos + hopNanos(ways[peer][i]), other, peer));
        }
      }
    }
    return sent;
  }

  private int flood(int author, boolean[] isDirect, PriorityQueue<Arrival> coming) {
    int sent = 0;
    for (int i = 0; i < mesh[author].length && sent < connections; i++, sent++) {
      isDirect[mesh[author][i]] = true;
      coming.add(new Arrival(hopNanos(ways[author][i]), mesh[author][i], author));
    }
    long spread = link.latencyMaxNanos() - link.latencyMinNanos();
    for (int tries = 0; sent < connections && tries < 20 * size; tries++) {
      int other = connections == size - 1 ? (author + 1 + tries) % size : other(author);
      if (other != author && !isDirect[other]) {
        isDirect[other] = true;
        long way = link.latencyMinNanos() + (spread == 0 ? 0 : random.nextLong(spread));
        coming.add(new Arrival(hopNanos(way), other, author));
        sent++;
      }
    }
    return sent;
  }

  private long hopNanos(long way) {
    long nanos = way + (link.jitterNanos() == 0 ? 0 : random.nextLong(link.jitterNanos() + 1));
    long timeoutNanos = 2 * way + SECOND / 5;
    while (link.loss() > 0 && random.nextDouble() < link.loss()) {
      nanos += timeoutNanos; // TCP sends it again
      timeoutNanos *= 2;
    }
    return nanos;
  }

  /** Whether it is about right for so many peers with so many connections each. */
  boolean fits(int peers, int each) {
    int its = Math.max(2, Math.min(peers, PEERS_MAX));
    return isLike(size, its) && isLike(connections, Math.max(1, Math.min(each, its - 1)));
  }

  private static boolean isLike(int one, int other) {
    return 4 * Math.abs(one - other) <= Math.max(one, other) / 2;
  }

  /** How long a message takes to somebody, whom its author is connected with or not. */
  long delayNanos(SplittableRandom drawing, boolean isConnected) {
    if (isConnected && direct.size > 0) {
      return direct.nanos[drawing.nextInt(direct.size)];
    } else if (indirect.size > 0) {
      return indirect.nanos[drawing.nextInt(indirect.size)];
    }
    int one = drawing.nextInt(direct.size);
    return direct.nanos[one] + direct.nanos[drawing.nextInt(direct.size)];
  }

  /** How many bytes a peer takes in of a message so long, and of what is said about it. */
  double bytes(int length) {
    double outside = Math.max(0, connections - Math.min(MESH, connections));
    double share = Math.min(LAZY.lazyMost(), LAZY.gossipFactor() * outside);
    double told = Math.min(outside, Math.max(LAZY.lazy(), share));
    return copies * length + HEARTBEATS * told * ID_BYTES;
  }
}
