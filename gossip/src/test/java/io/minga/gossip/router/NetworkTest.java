package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.NEWS;
import static io.minga.gossip.router.TestRouter.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.gossip.rpc.RpcLimits;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many routers over virtual time, with delays and everything encoded and decoded. */
final class NetworkTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;
  private static final int NODES = 30;

  static LongStream seeds() {
    return Seeds.seeds(5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void messages_reachAllExactlyOnceAndMeshesKeepTheirDegrees(long seed) {
    Network network = new Network(seed, -1);
    network.run(5 * SECOND);
    for (int i = 0; i < 100; i++) {
      network.publish(network.random.nextInt(NODES));
      network.run(network.nowNanos + 50 * MILLI);
    }
    network.run(network.nowNanos + 5 * SECOND);

    for (Map<MessageId, Integer> delivered : network.delivered) {
      assertThat(delivered.values()).allMatch(count -> count == 1);
    }
    for (int node = 0; node < NODES; node++) {
      assertThat(network.delivered.get(node)).hasSize(100 - network.published[node]);
      assertThat(network.routers.get(node).meshPeers(NEWS)).hasSizeBetween(5, 12);
    }
    assertThat(network.penalised).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void mutePeer_isPrunedByAllWhoHadItWithinTwelveHeartbeats_honestOnesNever(long seed) {
    int mute = 7;
    Network network = new Network(seed, mute);
    network.run(5 * SECOND);
    Set<Integer> deceived = new LinkedHashSet<>(network.nodesWithInMesh(mute));
    assertThat(deceived).isNotEmpty();
    for (int i = 0; i < 12 * 32; i++) {
      int author = network.random.nextInt(NODES);
      network.publish(author == mute ? 0 : author);
      network.run(network.nowNanos + SECOND / 32);
      deceived.retainAll(network.nodesWithInMesh(mute));
    }

    assertThat(deceived).isEmpty();
    assertThat(network.penalised).containsOnly(mute);
  }

  /** One author only: for each peer there are some that always have its messages first. */
  @ParameterizedTest
  @MethodSource("seeds")
  void honestPeers_ofASingleAuthor_areNeverPenalised(long seed) {
    Network network = new Network(seed, -1);
    network.run(5 * SECOND);
    for (int i = 0; i < 20 * 32; i++) {
      network.publish(3);
      network.run(network.nowNanos + SECOND / 32);
    }

    assertThat(network.penalised).isEmpty();
    assertThat(network.delivered.get(4)).hasSize(20 * 32);
  }

  @Test
  void sameSeed_givesTheSameEffects() {
    assertThat(trace(1)).isEqualTo(trace(1)).isNotEqualTo(trace(2));
  }

  private static long trace(long seed) {
    Network network = new Network(seed, 3);
    network.isTraced = true;
    network.run(3 * SECOND);
    for (int i = 0; i < 50; i++) {
      network.publish(network.random.nextInt(NODES));
      network.run(network.nowNanos + 100 * MILLI);
    }
    return network.trace;
  }

  private record Event(long atNanos, long order, int to, Input input) {}

  private static final class Network {
    final Random random;
    final List<GossipRouter> routers = new ArrayList<>();
    final List<Map<MessageId, Integer>> delivered = new ArrayList<>();
    final int[] published = new int[NODES];
    final Set<Integer> penalised = new LinkedHashSet<>();
    private final Map<Integer, Long> delays = new LinkedHashMap<>();
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(
            (a, b) ->
                a.atNanos != b.atNanos
                    ? Long.compare(a.atNanos, b.atNanos)
                    : Long.compare(a.order, b.order));
    private final int mute;
    private long order;
    private int number;
    long nowNanos;
    long trace;
    boolean isTraced;

    Network(long seed, int mute) {
      this.random = new Random(seed);
      this.mute = mute;
      for (int node = 0; node < NODES; node++) {
        Random own = new Random(seed * 1000 + node);
        long start = random.nextInt(900) * MILLI;
        routers.add(new GossipRouter(GossipOptions.DEFAULT, peer(node), own, start));
        delivered.add(new LinkedHashMap<>());
        at(0, node, new Input.Subscribe(NEWS));
        at(start + 100 * MILLI, node, new Input.Tick());
      }
      for (int node = 0; node < NODES; node++) {
        for (int other = 0; other < node; other++) {
          if (random.nextInt(100) < 60) {
            delays.put(node * NODES + other, (1 + random.nextInt(40)) * MILLI);
            connect(node, other, true);
            connect(other, node, false);
          }
        }
      }
    }

    private void connect(int node, int other, boolean outbound) {
      at(0, node, new Input.PeerConnected(peer(other), Protocol.MESHSUB_1_2, outbound, null));
    }

    private void at(long nanos, int to, Input input) {
      events.add(new Event(nanos, order++, to, input));
    }

    List<Integer> nodesWithInMesh(int other) {
      List<Integer> nodes = new ArrayList<>();
      for (int node = 0; node < NODES; node++) {
        if (routers.get(node).meshPeers(NEWS).contains(peer(other))) {
          nodes.add(node);
        }
      }
      return nodes;
    }

    void publish(int node) {
      published[node]++;
      int size = random.nextInt(10) == 0 ? 2000 : 100;
      perform(node, new Input.Publish(TestRouter.message(node, number++, size)));
    }

    void run(long untilNanos) {
      while (!events.isEmpty() && events.peek().atNanos <= untilNanos) {
        Event event = events.remove();
        nowNanos = event.atNanos;
        perform(event.to, event.input);
        if (event.input instanceof Input.Tick) {
          at(routers.get(event.to).nextDeadlineNanos(), event.to, event.input);
        }
      }
      nowNanos = untilNanos;
    }

    private void perform(int node, Input input) {
      for (Effect effect : List.copyOf(routers.get(node).handle(nowNanos, input))) {
        if (isTraced) {
          trace = trace * 31 + effect.toString().hashCode();
        }
        if (effect instanceof Effect.Send send) {
          int to = number(send.peer());
          at(nowNanos + MILLI / 10, node, new Input.Sent(send.peer(), send.bytes()));
          Rpc rpc = node == mute ? muted(send.rpc()) : send.rpc();
          at(nowNanos + delay(node, to), to, new Input.Received(peer(node), recoded(rpc)));
        } else if (effect instanceof Effect.Validate validate) {
          Input verdict = new Input.Validated(validate.ticket(), Verdict.ACCEPT);
          at(nowNanos + random.nextInt(2000) * 1000L, node, verdict);
        } else if (effect instanceof Effect.Deliver it) {
          delivered.get(node).merge(it.id(), 1, Integer::sum);
        } else if (effect instanceof Effect.Penalised it && node != mute) {
          penalised.add(number(it.peer()));
        }
      }
    }

    /** A mute peer takes part in the mesh, but hands no message on and announces none. */
    private static Rpc muted(Rpc rpc) {
      Rpc.Control control = rpc.control();
      return new Rpc(
          rpc.subscriptions(),
          List.<Message>of(),
          new Rpc.Control(List.of(), List.of(), control.graft(), control.prune(), List.of()));
    }

    private long delay(int from, int to) {
      Long delay = delays.get(Math.max(from, to) * NODES + Math.min(from, to));
      if (delay == null) {
        throw new AssertionError(from + " sends to " + to + ", which it is not connected to");
      }
      return delay;
    }

    private static int number(PeerId peer) {
      return peer.multihash().at(32) << 8 | peer.multihash().at(33);
    }

    private static Rpc recoded(Rpc rpc) {
      try {
        return RpcCodec.decode(RpcLimits.DEFAULT, RpcCodec.encode(rpc).asReadOnlyBuffer());
      } catch (WireException ours) {
        throw new AssertionError(ours);
      }
    }
  }
}
