package io.minga.simulations.gossip;

import io.minga.gossip.router.Counter;
import io.minga.gossip.router.GossipOptions;
import io.minga.gossip.router.GossipRouter;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.Network;
import io.minga.simulations.network.SimulatedPeer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A peer that runs a gossipsub router, and does what its effects say.
 *
 * <p>RPCs go by reference, with the size that they would have. A verdict takes the time that a
 * signature's verification takes, one after the other; whether a signature is right can be seen.
 */
final class GossipPeer implements SimulatedPeer<Rpc> {
  /** What it takes to verify a signature of Ed25519. */
  private static final long VERIFICATION_NANOS = 100_000;

  private static final int PREFIX_BYTES = 2;

  /** About as long as a sealed peer record; its content is the peer's number's business. */
  private static final Bytes SEALED_RECORD = Bytes.copyOf(new byte[160]);

  private final int number;
  private final GossipRouter router;
  private final World world;
  private final ArrayDeque<Effect.Send> withheld = new ArrayDeque<>(1);
  private long verifierFreeNanos;
  private boolean isMute;

  GossipPeer(World world, int number, GossipOptions options, RandomGenerator random) {
    this.world = world;
    this.number = number;
    this.router =
        new GossipRouter(options, world.names().of(number), random, world.simulation().nowNanos());
    router.handle(world.simulation().nowNanos(), new Input.Subscribe(Messages.TOPIC));
  }

  /** What a peer needs of the run that it is part of. */
  record World(Simulation simulation, Network<Rpc> network, Names names, Messages messages) {}

  /** From now on, it hands on no message and announces none, but stays in every mesh. */
  void fallMute() {
    isMute = true;
  }

  @Override
  public void connected(long nowNanos, int peer, boolean outbound) {
    PeerId id = id(peer);
    handle(nowNanos, new Input.PeerConnected(id, Protocol.MESHSUB_1_2, outbound, null));
    handle(nowNanos, new Input.PeerIdentified(id, SEALED_RECORD));
  }

  @Override
  public void disconnected(long nowNanos, int peer) {
    handle(nowNanos, new Input.PeerDisconnected(id(peer)));
  }

  @Override
  public void received(long nowNanos, int peer, Rpc frame) {
    handle(nowNanos, new Input.Received(id(peer), frame));
  }

  @Override
  public void sent(long nowNanos, int peer, int bytes) {
    if (bytes > 0) { // a forgery is not the router's
      handle(nowNanos, new Input.Sent(id(peer), bytes - PREFIX_BYTES));
    }
  }

  @Override
  public void tick(long nowNanos) {
    handle(nowNanos, new Input.Tick());
  }

  @Override
  public long nextDeadlineNanos() {
    return router.nextDeadlineNanos();
  }

  /** Publishes a message of its own, if it runs. */
  void publish() {
    act(
        () -> {
          int peers = world.network().size();
          handle(now(), new Input.Publish(world.messages().write(now(), number, peers)));
        });
  }

  private void act(Runnable action) {
    world.network().act(number, this, action);
  }

  private long now() {
    return world.simulation().nowNanos();
  }

  /** Sends {@code to} a message that claims to be {@code author}'s. */
  void forge(int to, int author) {
    Rpc rpc = Rpc.of(world.messages().forge(author, number));
    world.network().send(number, to, rpc, 0);
  }

  private void handle(long nowNanos, Input input) {
    perform(nowNanos, router.handle(nowNanos, input));
    while (!withheld.isEmpty()) {
      Effect.Send send = withheld.remove();
      perform(nowNanos, router.handle(nowNanos, new Input.Sent(send.peer(), send.bytes())));
    }
  }

  private void perform(long nowNanos, List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Send send) {
        send(send);
      } else if (effect instanceof Effect.Validate validate) {
        validate(nowNanos, validate);
      } else if (effect instanceof Effect.Deliver deliver) {
        world.simulation().trace().add(deliver.message().seqno().hashCode());
        world.messages().delivered(nowNanos, number, deliver.message());
      } else if (effect instanceof Effect.Connect connect) {
        world.network().dial(number, Names.number(connect.peer()));
      } else if (effect instanceof Effect.Recommended recommended) {
        world.network().dial(number, Names.number(recommended.peer()));
      } else if (effect instanceof Effect.PublishRefused refused) {
        throw new BrokenInvariant("message was refused: " + refused.reason());
      }
    }
  }

  private void send(Effect.Send send) {
    Rpc rpc = isMute ? muted(send.rpc()) : send.rpc();
    if (rpc.equals(NOTHING)) {
      withheld.add(send);
    } else {
      int bytes = send.bytes() + PREFIX_BYTES;
      world.network().send(number, Names.number(send.peer()), rpc, bytes);
    }
  }

  private static final Rpc NOTHING = Rpc.of(Control.NONE);

  private static Rpc muted(Rpc rpc) {
    Control said = rpc.control();
    Control left = new Control(List.of(), List.of(), said.graft(), said.prune(), List.of());
    return new Rpc(rpc.subscriptions(), List.of(), left);
  }

  private void validate(long nowNanos, Effect.Validate validate) {
    boolean isRight =
        world.names().isSignedBy(validate.message().signature(), validate.message().from());
    Input verdict =
        new Input.Validated(validate.ticket(), isRight ? Verdict.ACCEPT : Verdict.REJECT);
    verifierFreeNanos = Math.max(verifierFreeNanos, nowNanos) + VERIFICATION_NANOS;
    world.simulation().at(verifierFreeNanos, () -> act(() -> handle(now(), verdict)));
  }

  private PeerId id(int peer) {
    return world.names().of(peer);
  }

  /** How many are in its mesh. */
  List<PeerId> mesh() {
    return router.meshPeers(Messages.TOPIC);
  }

  /** Who of its neighbours has subscribed. */
  List<PeerId> subscribers() {
    return router.subscribers(Messages.TOPIC);
  }

  double score(int peer) {
    return router.score(id(peer));
  }

  long duplicates() {
    return router.count(Counter.DUPLICATES);
  }

  long count(Counter counter) {
    return router.count(counter);
  }

  int number() {
    return number;
  }
}
