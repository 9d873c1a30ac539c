package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.NEWS;
import static io.minga.gossip.router.TestRouter.peer;

import io.minga.gossip.message.MessageId;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.gossip.rpc.RpcLimits;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** Many routers over virtual time, each link with a delay of its own and in order. */
final class TestNetwork {
  static final long SECOND = 1_000_000_000L;
  static final long MILLI = 1_000_000L;

  /**
   * What a network is like.
   *
   * @param linkPercent how many of all links there are, beside one to an earlier node for each
   * @param delayMillisMax the longest delay of a link; none is shorter than a fiftieth of it
   * @param lossPerMille how many messages are lost, as they are when a queue is full
   * @param mute a node that hands nothing on, or -1
   * @param recoded whether all is encoded and decoded
   */
  record Plan(
      int nodes,
      int linkPercent,
      int delayMillisMin,
      int delayMillisMax,
      int lossPerMille,
      int mute,
      boolean recoded) {}

  private record Event(long atNanos, long order, int to, int from, long session, Input input) {}

  final Random random;
  final Plan plan;
  final List<GossipRouter> routers = new ArrayList<>();
  final List<Map<MessageId, Integer>> delivered = new ArrayList<>();
  final int[] published;

  /** What honest nodes hold against others, and when. */
  final List<String> penalties = new ArrayList<>();

  final Set<Integer> penalised = new LinkedHashSet<>();
  long nowNanos;
  long trace;
  boolean isTraced;

  private final Link[][] links;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.atNanos != b.atNanos
                  ? Long.compare(a.atNanos, b.atNanos)
                  : Long.compare(a.order, b.order));
  private long order;
  private int number;

  /** One direction between two nodes. */
  private static final class Link {
    long delayNanos;
    long lastArrivalNanos;
    long session;
    boolean isUp;
  }

  TestNetwork(long seed, Plan plan) {
    this.random = new Random(seed);
    this.plan = plan;
    this.published = new int[plan.nodes];
    this.links = new Link[plan.nodes][plan.nodes];
    for (int node = 0; node < plan.nodes; node++) {
      Random own = new Random(seed * 1000 + node);
      long start = random.nextInt(900) * MILLI;
      routers.add(new GossipRouter(GossipOptions.DEFAULT, peer(node), own, start));
      delivered.add(new LinkedHashMap<>());
      at(0, node, new Input.Subscribe(NEWS));
      at(start + 100 * MILLI, node, new Input.Tick());
    }
    for (int node = 1; node < plan.nodes; node++) {
      int first = random.nextInt(node);
      for (int other = 0; other < node; other++) {
        if (other == first || random.nextInt(100) < plan.linkPercent) {
          int spread = plan.delayMillisMax - plan.delayMillisMin + 1;
          long delayNanos = (plan.delayMillisMin + random.nextInt(spread)) * MILLI;
          links[node][other] = new Link();
          links[other][node] = new Link();
          links[node][other].delayNanos = delayNanos;
          links[other][node].delayNanos = delayNanos;
          connect(node, other);
        }
      }
    }
  }

  private void connect(int node, int other) {
    links[node][other].isUp = true;
    links[other][node].isUp = true;
    Protocol protocol = Protocol.MESHSUB_1_2;
    at(nowNanos, node, new Input.PeerConnected(peer(other), protocol, true, null));
    at(nowNanos, other, new Input.PeerConnected(peer(node), protocol, false, null));
  }

  /** Cuts a link that is up, or mends one that is cut. */
  void toggleSomeLink() {
    int node = random.nextInt(plan.nodes);
    int other = random.nextInt(plan.nodes);
    Link link = links[node][other];
    if (link == null) {
      return;
    }
    if (!link.isUp) {
      connect(node, other);
      return;
    }
    for (Link it : List.of(link, links[other][node])) {
      it.isUp = false;
      it.session++;
    }
    at(nowNanos, node, new Input.PeerDisconnected(peer(other)));
    at(nowNanos, other, new Input.PeerDisconnected(peer(node)));
  }

  /** Has a node leave the topic, or come back to it. */
  void toggleSomeSubscription() {
    int node = random.nextInt(plan.nodes);
    boolean isIn = !routers.get(node).topics().isEmpty();
    perform(node, isIn ? new Input.Unsubscribe(NEWS) : new Input.Subscribe(NEWS));
  }

  private void at(long nanos, int to, Input input) {
    events.add(new Event(nanos, order++, to, -1, 0, input));
  }

  List<Integer> nodesWithInMesh(int other) {
    List<Integer> nodes = new ArrayList<>();
    for (int node = 0; node < plan.nodes; node++) {
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

  void runFor(long nanos) {
    long untilNanos = nowNanos + nanos;
    while (!events.isEmpty() && events.peek().atNanos <= untilNanos) {
      Event event = events.remove();
      nowNanos = event.atNanos;
      if (event.from >= 0 && links[event.from][event.to].session != event.session) {
        continue; // of a connection that is gone
      }
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
        send(node, send);
      } else if (effect instanceof Effect.Validate validate) {
        Input verdict = new Input.Validated(validate.ticket(), Verdict.ACCEPT);
        at(nowNanos + random.nextInt(2000) * 1000L, node, verdict);
      } else if (effect instanceof Effect.Deliver it) {
        delivered.get(node).merge(it.id(), 1, Integer::sum);
      } else if (effect instanceof Effect.Penalised it && node != plan.mute) {
        penalised.add(number(it.peer()));
        penalties.add(
            number(it.peer()) + " by " + node + ": " + it.offence() + " at " + nowNanos / MILLI);
      }
    }
  }

  private void send(int node, Effect.Send send) {
    int to = number(send.peer());
    Link link = links[node][to];
    if (link == null) {
      throw new AssertionError(node + " sends to " + to + ", which it is not connected to");
    }
    if (!link.isUp) {
      return;
    }
    long sentNanos = nowNanos + MILLI / 10;
    events.add(
        new Event(
            sentNanos,
            order++,
            node,
            to,
            links[to][node].session,
            new Input.Sent(send.peer(), send.bytes())));
    Rpc rpc = node == plan.mute ? muted(send.rpc()) : lossy(send.rpc());
    long jitterNanos = (long) (random.nextDouble() * 0.2 * link.delayNanos);
    boolean isRepeated = random.nextInt(1000) < plan.lossPerMille;
    long arrivalNanos =
        nowNanos + link.delayNanos + jitterNanos + (isRepeated ? 2 * link.delayNanos : 0);
    link.lastArrivalNanos = Math.max(arrivalNanos, link.lastArrivalNanos + 1);
    Input received = new Input.Received(peer(node), plan.recoded ? recoded(rpc) : rpc);
    events.add(new Event(link.lastArrivalNanos, order++, to, node, link.session, received));
  }

  private Rpc lossy(Rpc rpc) {
    if (plan.lossPerMille == 0 || rpc.messages().isEmpty()) {
      return rpc;
    }
    return new Rpc(
        rpc.subscriptions(),
        rpc.messages().stream().filter(it -> random.nextInt(1000) >= plan.lossPerMille).toList(),
        rpc.control());
  }

  /** A mute peer takes part in the mesh, but hands no message on and announces none. */
  private static Rpc muted(Rpc rpc) {
    Rpc.Control control = rpc.control();
    return new Rpc(
        rpc.subscriptions(),
        List.of(),
        new Rpc.Control(List.of(), List.of(), control.graft(), control.prune(), List.of()));
  }

  static int number(PeerId peer) {
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
