package io.minga.libp2p.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.discovery.Discovery.Effect;
import io.minga.libp2p.discovery.Discovery.Input;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many machines over virtual time: whatever way they begin, they end as one network. */
final class DiscoveryNetworkTest {
  private static final int HALF = 10;

  static LongStream seeds() {
    return Seeds.seeds(20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void twoHalvesThatBeganApart_mergeWhenOneLinkAppears(long seed) {
    World world = new World(seed);
    for (int i = 0; i < 2 * HALF; i++) {
      world.start(i, DiscoveryOptions.DEFAULT, i < HALF ? 0 : HALF);
    }
    world.run(Duration.ofMinutes(1));
    assertThat(world.reachableFrom(0)).as("the first half").hasSize(HALF);
    assertThat(world.reachableFrom(HALF)).as("the second half").hasSize(HALF);

    world.hear(3, Source.MDNS, HALF + 4);
    world.run(Duration.ofMinutes(5));

    for (int i = 0; i < 2 * HALF; i++) {
      assertThat(world.neighbours(i)).as("neighbours of %d", i).hasSize(2 * HALF - 1);
    }
  }

  /** Far more peers than anyone keeps: the network must be one all the same. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aNetworkLargerThanLowWater_isOne(long seed) {
    World world = new World(seed);
    DiscoveryOptions few = DiscoveryOptions.DEFAULT.withWater(4, 8);
    for (int i = 0; i < 3 * HALF; i++) {
      world.start(i, few, i == 0 ? 1 : 0);
    }

    world.run(Duration.ofMinutes(5));

    assertThat(world.reachableFrom(0)).hasSize(3 * HALF);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aNetworkWhoseBootstrapPeerRestartsEmpty_takesItBack(long seed) {
    World world = new World(seed);
    for (int i = 0; i < HALF; i++) {
      world.start(i, DiscoveryOptions.DEFAULT, 0);
    }
    world.run(Duration.ofMinutes(10));
    world.stop(0);
    world.run(Duration.ofMinutes(10));
    assertThat(world.reachableFrom(1)).as("without it").hasSize(HALF - 1);

    world.start(0, DiscoveryOptions.DEFAULT, 0);
    world.run(Duration.ofMinutes(10));

    assertThat(world.neighbours(0)).hasSize(HALF - 1);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aPeerThatRestarts_findsTheNetworkByThoseItRemembers(long seed) {
    World world = new World(seed);
    for (int i = 0; i < HALF; i++) {
      world.start(i, DiscoveryOptions.DEFAULT, 0);
    }
    world.run(Duration.ofMinutes(10));
    world.stop(5);
    world.stop(0);
    world.run(Duration.ofMinutes(1));

    assertThat(world.remembered(5)).as("good peers on disk").hasSizeGreaterThanOrEqualTo(4);
    world.start(5, DiscoveryOptions.DEFAULT, 0);
    world.run(Duration.ofMinutes(5));

    assertThat(world.neighbours(5)).hasSize(HALF - 2);
  }

  /** Machines, the links between them, and what every neighbour tells now and then. */
  private static final class World {
    private static final long GOSSIP_NANOS = Duration.ofSeconds(10).toNanos();

    private record Event(long atNanos, long order, Runnable action) {}

    private static final class Node {
      Discovery discovery;
      final Set<Integer> links = new TreeSet<>();
      long life;
      boolean up;
      List<RememberedPeer> disk = List.of();

      Node(Discovery discovery) {
        this.discovery = discovery;
      }
    }

    private final SplittableRandom random;
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(
            (a, b) ->
                a.atNanos != b.atNanos
                    ? Long.compare(a.atNanos, b.atNanos)
                    : Long.compare(a.order, b.order));
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<PeerId, Integer> numbers = new LinkedHashMap<>();
    private long nowNanos;
    private long order;

    World(long seed) {
      random = new SplittableRandom(seed);
    }

    void start(int number, DiscoveryOptions options, int bootstrap) {
      Discovery discovery = new Discovery(Peers.numbered(number), options, random.split());
      Node node = nodes.computeIfAbsent(number, it -> new Node(discovery));
      numbers.put(Peers.numbered(number), number);
      node.up = true;
      node.life++;
      node.discovery = discovery;
      handle(
          number,
          new Input.Started(
              List.of(
                  BootstrapAddress.parse(address(bootstrap) + "/p2p/" + Peers.numbered(bootstrap))),
              node.disk));
      gossip(number, node.life);
    }

    void stop(int number) {
      Node node = node(number);
      handle(number, new Input.Stopping());
      node.up = false;
      for (int other : new TreeSet<>(node.links)) {
        node.links.remove(other);
        node(other).links.remove(number);
        handle(other, new Input.Disconnected(Peers.numbered(number)));
      }
    }

    void hear(int number, Source source, int about) {
      handle(number, new Input.Hint(source, Peers.numbered(about), List.of(address(about))));
    }

    void run(Duration time) {
      long endNanos = nowNanos + time.toNanos();
      while (!events.isEmpty() && events.peek().atNanos <= endNanos) {
        Event event = events.poll();
        nowNanos = event.atNanos;
        event.action.run();
      }
      nowNanos = endNanos;
    }

    Set<Integer> neighbours(int number) {
      return node(number).links;
    }

    List<RememberedPeer> remembered(int number) {
      return node(number).disk;
    }

    Set<Integer> reachableFrom(int number) {
      Set<Integer> reached = new TreeSet<>(Set.of(number));
      List<Integer> open = new ArrayList<>(reached);
      while (!open.isEmpty()) {
        for (int next : node(open.remove(open.size() - 1)).links) {
          if (reached.add(next)) {
            open.add(next);
          }
        }
      }
      return reached;
    }

    private Node node(int number) {
      return Objects.requireNonNull(nodes.get(number));
    }

    private void later(long delayNanos, Runnable action) {
      events.add(new Event(nowNanos + delayNanos, order++, action));
    }

    private void handle(int number, Input input) {
      Node node = node(number);
      if (!node.up) {
        return;
      }
      for (Effect effect : node.discovery.handle(nowNanos, input)) {
        if (effect instanceof Effect.Dial dial) {
          long life = node.life;
          later(
              latencyNanos(),
              () -> dialled(number, life, Objects.requireNonNull(numbers.get(dial.peer()))));
        } else if (effect instanceof Effect.Remember remember) {
          node.disk = remember.peers();
        }
      }
      long deadlineNanos = node.discovery.nextDeadlineNanos();
      if (deadlineNanos != Long.MAX_VALUE) {
        long life = node.life;
        later(
            Math.max(0, deadlineNanos - nowNanos),
            () -> {
              if (node.life == life && node.discovery.nextDeadlineNanos() - nowNanos <= 0) {
                handle(number, new Input.Tick());
              }
            });
      }
    }

    private void dialled(int from, long life, int to) {
      Node dialer = node(from);
      Node target = node(to);
      if (!dialer.up || dialer.life != life) {
        return;
      }
      if (!target.up) {
        handle(from, new Input.DialFailed(Peers.numbered(to), "refused"));
        return;
      }
      // Where both dialled at once there is one link here and two connections in the hosts.
      if (dialer.links.add(to)) {
        target.links.add(from);
        handle(from, new Input.Connected(Peers.numbered(to), Direction.OUTBOUND, address(to)));
        handle(to, new Input.Connected(Peers.numbered(from), Direction.INBOUND, address(from)));
        handle(to, new Input.Identified(Peers.numbered(from), List.of(address(from))));
      }
    }

    /** Now and then a peer tells one neighbour of the others, as gossip does when it prunes. */
    private void gossip(int number, long life) {
      later(
          GOSSIP_NANOS / 2 + random.nextLong(GOSSIP_NANOS),
          () -> {
            Node node = node(number);
            if (!node.up || node.life != life) {
              return;
            }
            List<Integer> links = new ArrayList<>(node.links);
            if (!links.isEmpty()) {
              int listener = links.get(random.nextInt(links.size()));
              links.stream()
                  .filter(it -> it != listener)
                  .forEach(it -> hear(listener, Source.EXCHANGE, it));
            }
            gossip(number, life);
          });
    }

    private long latencyNanos() {
      return Duration.ofMillis(1).toNanos() + random.nextLong(Duration.ofMillis(200).toNanos());
    }

    private static Multiaddr address(int number) {
      return Multiaddr.parse("/ip4/10.0.0." + number + "/tcp/4001");
    }
  }
}
