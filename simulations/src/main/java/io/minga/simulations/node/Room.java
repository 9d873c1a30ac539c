package io.minga.simulations.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Whom peers have a connection left for. Usually for everybody; where they have few, some take
 * everybody and the others no more than so many beside those, so that they speak with the rest
 * through neighbours. Should one of the former be gone, another takes its place.
 */
final class Room {
  /** With fewer peers all have room for all. */
  static final int PEERS_MIN = 4;

  private static final int EVERYBODY = Integer.MAX_VALUE;

  /** With so many known, peers look for ways where connections are few. */
  private static final int WAYS_MIN = 2;

  private final World world;

  /** How many take everybody. */
  private final int hubs;

  /** How many connections the others have beside those with hubs. */
  private final int others;

  /** Of each peer: how many it speaks with through others. */
  private final Map<Integer, Integer> ways = new LinkedHashMap<>();

  private Room(World world, int hubs, int others) {
    this.world = world;
    this.hubs = hubs;
    this.others = others;
  }

  /** All have room for as many as the plan says. */
  static Room ofMany(World world) {
    return new Room(world, EVERYBODY, 0);
  }

  /** One or two take everybody, the others none to two more. */
  static Room ofFew(World world, SplittableRandom random) {
    return new Room(world, 1 + random.nextInt(2), random.nextInt(3));
  }

  boolean isFew() {
    return hubs < EVERYBODY;
  }

  /** From how many known peers on these look for ways. */
  int waysMin(int otherwise) {
    return isFew() ? WAYS_MIN : otherwise;
  }

  /** Whether two peers may be connected. */
  boolean isBetween(int one, int other) {
    return isFew()
        ? isHub(one) || isHub(other) || (hasMore(one) && hasMore(other))
        : hasAny(one) && hasAny(other);
  }

  private boolean hasAny(int number) {
    return world.network().connectionsOf(number).size() < world.plan().connectionsMax();
  }

  private boolean hasMore(int number) {
    return world.network().connectionsOf(number).stream().filter(it -> !isHub(it)).count() < others;
  }

  /** The first of those that run, submitters last. */
  private boolean isHub(int number) {
    int before = 0;
    for (int each = 0; each < world.size(); each++) {
      boolean isSooner =
          isSubmitter(each) == isSubmitter(number) ? each < number : isSubmitter(number);
      before += isSooner && world.isRunning(each) ? 1 : 0;
    }
    return world.isRunning(number) && before < hubs;
  }

  private static boolean isSubmitter(int number) {
    return number < 2;
  }

  /** A peer has had its turn. */
  void turned(NodePeer peer) {
    if (isFew()) {
      int now = peer.core().ways().size();
      int before = ways.getOrDefault(peer.number, 0);
      if (now != before) {
        ways.put(peer.number, now);
      }
      if (now > before) {
        world.struck(NodeFault.FEW_CONNECTIONS);
      }
    }
  }

  /** Those through whom others speak at the moment. */
  List<Integer> carriers() {
    List<Integer> carriers = new ArrayList<>();
    for (int each = 0; each < world.size() && isFew(); each++) {
      if (world.isRunning(each)) {
        for (var through : world.peer(each).core().ways().values()) {
          int carrier = world.number(through);
          if (world.isRunning(carrier) && !carriers.contains(carrier)) {
            carriers.add(carrier);
          }
        }
      }
    }
    return carriers;
  }

  @Override
  public String toString() {
    return "%d with connections to all, %d others a peer".formatted(hubs, others);
  }
}
