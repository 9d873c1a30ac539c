package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.MessageIdFunction;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** A router under test that subscribes to one topic, and what its peers do. What is sent, is. */
final class TestRouter {
  static final Topic NEWS = Topic.of("news");
  static final long SECOND = 1_000_000_000L;
  static final PeerId SELF = peer(9999);

  final GossipRouter router;
  long nowNanos;

  /** Whether what is to be sent is written at once. */
  boolean isWritable = true;

  TestRouter(GossipOptions options) {
    router = new GossipRouter(options, SELF, new Random(1), 0);
    handle(new Input.Subscribe(NEWS));
  }

  TestRouter() {
    this(GossipOptions.DEFAULT);
  }

  static PeerId peer(int number) {
    try {
      return PeerId.decode(Bytes.fromHex("1220" + "%064x".formatted(number)));
    } catch (WireException impossible) {
      throw new AssertionError(impossible);
    }
  }

  static Message message(int author, int number) {
    return message(author, number, 16);
  }

  static Message message(int author, int number, int dataBytes) {
    return new Message(
        peer(author).multihash(),
        Bytes.copyOf(new byte[dataBytes]),
        Bytes.copyOf(ByteBuffer.allocate(8).putLong(number).array()),
        NEWS,
        Bytes.of(1),
        Bytes.EMPTY);
  }

  static MessageId id(Message message) {
    return MessageIdFunction.FROM_AND_SEQNO.idOf(message);
  }

  List<Effect> handle(Input input) {
    List<Effect> effects = new ArrayList<>(router.handle(nowNanos, input));
    if (isWritable) {
      for (Effect effect : List.copyOf(effects)) {
        if (effect instanceof Effect.Send send) {
          effects.addAll(handle(new Input.Sent(send.peer(), send.bytes())));
        }
      }
    }
    return effects;
  }

  /** Connects a peer that we dialled or not, and that has subscribed. */
  TestRouter connect(int number, Protocol protocol, boolean outbound) {
    handle(new Input.PeerConnected(peer(number), protocol, outbound, null));
    receive(number, new Rpc(List.of(new Subscription(true, NEWS)), List.of(), Control.NONE));
    return this;
  }

  TestRouter connect(int number) {
    return connect(number, Protocol.MESHSUB_1_2, false);
  }

  TestRouter connectAt(int number, String address) {
    IpAddress ip = IpAddress.parse(address);
    handle(new Input.PeerConnected(peer(number), Protocol.MESHSUB_1_2, false, ip));
    return this;
  }

  /** Connects peers of these numbers and has them GRAFT. */
  TestRouter meshOf(int from, int to) {
    for (int number = from; number <= to; number++) {
      connect(number);
      graft(number);
    }
    return this;
  }

  List<Effect> receive(int number, Rpc rpc) {
    return handle(new Input.Received(peer(number), rpc));
  }

  List<Effect> receive(int number, Message message) {
    return receive(number, Rpc.of(message));
  }

  List<Effect> graft(int number) {
    return receive(number, control(List.of(), List.of(), List.of(new Graft(NEWS)), List.of()));
  }

  List<Effect> prune(int number, long backoffSeconds) {
    Prune prune = new Prune(NEWS, List.of(), backoffSeconds);
    return receive(number, control(List.of(), List.of(), List.of(), List.of(prune)));
  }

  List<Effect> ihave(int number, MessageId... ids) {
    IHave ihave = new IHave(NEWS, List.of(ids));
    return receive(number, control(List.of(ihave), List.of(), List.of(), List.of()));
  }

  List<Effect> iwant(int number, MessageId... ids) {
    return receive(
        number, control(List.of(), List.of(new IWant(List.of(ids))), List.of(), List.of()));
  }

  List<Effect> idontwant(int number, List<MessageId> ids) {
    IDontWant idontwant = new IDontWant(ids);
    return receive(
        number,
        Rpc.of(new Control(List.of(), List.of(), List.of(), List.of(), List.of(idontwant))));
  }

  static Rpc control(List<IHave> ihave, List<IWant> iwant, List<Graft> graft, List<Prune> prune) {
    return Rpc.of(new Control(ihave, iwant, graft, prune, List.of()));
  }

  /** Answers every Validate among {@code effects}, and returns what comes of it. */
  List<Effect> validate(List<Effect> effects, Gossipsub.Verdict verdict) {
    List<Effect> all = new ArrayList<>();
    for (Effect.Validate it : only(effects, Effect.Validate.class)) {
      all.addAll(handle(new Input.Validated(it.ticket(), verdict)));
    }
    return all;
  }

  /** A message comes and is accepted. */
  List<Effect> accept(int number, Message message) {
    return validate(receive(number, message), Gossipsub.Verdict.ACCEPT);
  }

  /** Lets time go on, heartbeat by heartbeat. */
  List<Effect> heartbeats(int count) {
    List<Effect> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nowNanos = router.nextDeadlineNanos();
      all.addAll(handle(new Input.Tick()));
    }
    return all;
  }

  boolean meshHas(int number) {
    return router.meshPeers(NEWS).contains(peer(number));
  }

  double score(int number) {
    return router.score(peer(number));
  }

  static <T> List<T> only(List<Effect> effects, Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** All that {@code number} is sent among {@code effects}, of one kind. */
  static <T> List<T> sentTo(int number, List<Effect> effects, Function<Rpc, List<T>> kind) {
    return only(effects, Effect.Send.class).stream()
        .filter(it -> it.peer().equals(peer(number)))
        .flatMap(it -> kind.apply(it.rpc()).stream())
        .toList();
  }

  static List<Integer> receivers(int numbers, List<Effect> effects) {
    List<Integer> receivers = new ArrayList<>();
    for (int number = 1; number <= numbers; number++) {
      if (!sentTo(number, effects, Rpc::messages).isEmpty()) {
        receivers.add(number);
      }
    }
    return receivers;
  }
}
