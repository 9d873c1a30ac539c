package io.minga.gossip.netty;

import io.minga.gossip.Gossip;
import io.minga.gossip.GossipStats;
import io.minga.gossip.GossipStats.PeerStatus;
import io.minga.gossip.GossipStats.TopicStatus;
import io.minga.gossip.MessageListener;
import io.minga.gossip.PeerSubscriptionListener;
import io.minga.gossip.PublishResult;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Subscription;
import io.minga.gossip.Validator;
import io.minga.gossip.message.Author;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Counter;
import io.minga.gossip.router.GossipRouter;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.libp2p.Host;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Gossip} on a host: a router with its loop, the host's streams, and the threads that verify
 * signatures.
 */
public final class NettyGossip implements Gossip {
  private static final Logger LOG = LoggerFactory.getLogger(NettyGossip.class);
  private static final int CLOSE_MILLIS_MAX = 5_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final GossipThreads threads;
  private final RouterLoop loop;
  private final Peers peers;
  private final Publishing publishing;
  private final Verification verification;
  private final Connecting connecting;
  private final Listeners listeners;
  private final HostStreams streams;
  private final ReceiveBudget budget;
  private final Map<Offence, Long> offences = new EnumMap<>(Offence.class);
  private final Map<Long, CompletableFuture<?>> asked = new ConcurrentHashMap<>();
  private final AtomicLong questions = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  private NettyGossip(
      Host host, NettyGossipOptions options, GossipThreads threads, EventExecutor executor) {
    Crypto crypto = CryptoProviders.best();
    this.threads = threads;
    this.budget = new ReceiveBudget(options.limits());
    this.listeners = new Listeners(options.router().limits().topicsMax());
    GossipRouter router =
        new GossipRouter(
            options.router(),
            host.peerId(),
            RandomGenerator.of("L64X128MixRandom"),
            System.nanoTime());
    this.loop =
        new RouterLoop(
            executor, router, budget, options.limits().pendingValidationsMax(), new Effects());
    this.peers = new Peers(loop, options.protocols());
    this.publishing =
        new Publishing(
            loop,
            peers,
            new Author(crypto, options.identity(), System.currentTimeMillis() * NANOS_PER_MILLI),
            options.limits(),
            options.router().limits().queuedBytesMax());
    this.verification =
        new Verification(loop, crypto, threads.crypto(), options.validatorTimeout());
    this.connecting = new Connecting(loop, host, crypto, threads.crypto(), options);
    this.streams = new HostStreams(host, options, loop, peers, budget);
  }

  /**
   * Starts gossip on {@code host}, whose key is in the options, with a loop of those that all
   * gossip of the process shares.
   */
  public static Gossip start(Host host, NettyGossipOptions options) {
    GossipThreads threads = GossipThreads.acquire();
    return start(host, options, threads, threads.loops().next());
  }

  /**
   * Starts gossip on {@code host}, whose key is in the options.
   *
   * @param loop which one thread runs; it does all but crypto and goes on after a close
   */
  public static Gossip start(Host host, NettyGossipOptions options, EventExecutor loop) {
    return start(host, options, GossipThreads.acquire(), loop);
  }

  private static Gossip start(
      Host host, NettyGossipOptions options, GossipThreads threads, EventExecutor loop) {
    if (!PeerId.of(options.identity().publicKey()).equals(host.peerId())) {
      threads.release();
      throw new IllegalArgumentException(
          "gossip signs with the key of its host, which is "
              + host.peerId()
              + ", not with that of "
              + PeerId.of(options.identity().publicKey()));
    }
    NettyGossip gossip = new NettyGossip(host, options, threads, loop);
    gossip.loop.wake();
    gossip.streams.start();
    LOG.debug("gossip of {} speaks {}", host.peerId(), options.protocols());
    return gossip;
  }

  /** What is done with what the router says, on the loop. */
  private final class Effects implements RouterLoop.Owner {
    @Override
    public void perform(Effect effect) {
      if (effect instanceof Effect.Send send) {
        peers.send(send.peer(), send.rpc(), send.bytes());
      } else if (effect instanceof Effect.Validate validate) {
        verification.add(validate);
      } else if (effect instanceof Effect.Deliver it) {
        listeners.received(new ReceivedMessage(it.receivedFrom(), it.id(), it.message()));
      } else if (effect instanceof Effect.Published it) {
        publishing.published(it.id(), it.peers());
      } else if (effect instanceof Effect.PublishRefused it) {
        publishing.refused(it.reason());
      } else if (effect instanceof Effect.PeerSubscription it) {
        listeners.changed(it.peer(), it.topic(), it.subscribed());
      } else if (effect instanceof Effect.Connect it) {
        connecting.connect(it.peer());
      } else if (effect instanceof Effect.Recommended it) {
        connecting.recommended(it.peer(), it.signedRecord());
      } else if (effect instanceof Effect.Penalised it) {
        offences.merge(it.offence(), 1L, Long::sum);
        LOG.debug("{} penalised: {}", it.peer(), it.offence());
      }
    }

    @Override
    public void settle() {
      verification.settle();
    }

    @Override
    public boolean publish() {
      return publishing.publishSome();
    }

    @Override
    public void flush() {
      peers.flush();
      verification.flush();
    }

    @Override
    public void failed(Throwable cause) {
      end();
    }
  }

  // What the application calls, on any thread.

  @Override
  public Subscription subscribe(Topic topic, MessageListener listener) {
    if (closed.get()) {
      throw new IllegalStateException("gossip is closed");
    }
    if (listeners.add(topic, listener)) {
      loop.submit(() -> reconsider(topic));
    }
    return new Subscribed(topic, listener);
  }

  /** Makes the router want {@code topic} if anybody does. Calls that overtake each other agree. */
  private void reconsider(Topic topic) {
    loop.handle(listeners.want(topic) ? new Input.Subscribe(topic) : new Input.Unsubscribe(topic));
  }

  private final class Subscribed implements Subscription {
    private final Topic topic;
    private final MessageListener listener;
    private final AtomicBoolean ended = new AtomicBoolean();

    Subscribed(Topic topic, MessageListener listener) {
      this.topic = topic;
      this.listener = listener;
    }

    @Override
    public Topic topic() {
      return topic;
    }

    @Override
    public void close() {
      if (ended.compareAndSet(false, true) && listeners.remove(topic, listener)) {
        loop.submit(() -> reconsider(topic));
      }
    }
  }

  @Override
  public CompletableFuture<PublishResult> publish(Topic topic, Bytes data) {
    return publishing.publish(topic, data);
  }

  @Override
  public void setValidator(Topic topic, Validator validator) {
    verification.setValidator(topic, validator);
  }

  @Override
  public void removeValidator(Topic topic) {
    verification.removeValidator(topic);
  }

  @Override
  public CompletableFuture<List<PeerId>> subscribers(Topic topic) {
    return ask(() -> loop.router().subscribers(topic));
  }

  @Override
  public void onPeerSubscription(PeerSubscriptionListener listener) {
    listeners.add(listener);
  }

  @Override
  public CompletableFuture<Void> addDirectPeer(PeerId peer) {
    return tell(new Input.AddDirectPeer(peer));
  }

  @Override
  public CompletableFuture<Void> removeDirectPeer(PeerId peer) {
    return tell(new Input.RemoveDirectPeer(peer));
  }

  @Override
  public CompletableFuture<Void> setApplicationScore(PeerId peer, double score) {
    return tell(new Input.SetApplicationScore(peer, score));
  }

  @Override
  public CompletableFuture<GossipStats> stats() {
    return ask(this::statsNow);
  }

  private CompletableFuture<Void> tell(Input input) {
    return this.<Void>ask(
        () -> {
          loop.handle(input);
          return null;
        });
  }

  /** Has {@code question} answered on the loop; what it throws is the caller's mistake. */
  private <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    long number = questions.getAndIncrement();
    asked.put(number, answer);
    loop.submit(
        () -> {
          asked.remove(number);
          try {
            answer.complete(question.get());
          } catch (IllegalArgumentException e) {
            answer.completeExceptionally(e);
          }
        });
    if (stopped.isDone()) {
      refuseQuestions();
    }
    return answer;
  }

  private void refuseQuestions() {
    asked
        .values()
        .forEach(it -> it.completeExceptionally(new IllegalStateException("gossip is closed")));
    asked.clear();
  }

  private GossipStats statsNow() {
    GossipRouter router = loop.router();
    Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    for (Counter counter : Counter.values()) {
      counters.put(counter, router.count(counter));
    }
    List<PeerStatus> statuses = new ArrayList<>();
    for (GossipPeer peer : peers.all()) {
      if (peer.protocol != null) {
        statuses.add(
            new PeerStatus(
                peer.id, peer.protocol, router.score(peer.id), router.queuedMessages(peer.id)));
      }
    }
    List<TopicStatus> topics = new ArrayList<>();
    for (Topic topic : router.topics()) {
      topics.add(new TopicStatus(topic, router.subscribers(topic), router.meshPeers(topic)));
    }
    return new GossipStats(
        counters,
        new EnumMap<>(offences),
        statuses,
        topics,
        router.pendingValidations(),
        new GossipStats.Shell(
            budget.bytes(),
            publishing.waitingCount(),
            budget.pauses(),
            streams.violations(),
            peers.streamsReopened(),
            verification.failures(),
            verification.timeouts(),
            listeners.failures(),
            connecting.counts(),
            new GossipStats.Traffic(budget.readBytes(), peers.writtenBytes())));
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      streams.stop();
      loop.submit(this::goodbye);
    }
    if (!loop.inLoop()) {
      stopped.completeOnTimeout(null, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS).join();
    }
  }

  /** The last that happens on the loop. */
  private void goodbye() {
    for (Topic topic : loop.router().topics()) {
      loop.handle(new Input.Unsubscribe(topic));
    }
    end();
  }

  private void end() {
    loop.stop();
    streams.stop();
    publishing.close();
    connecting.close();
    peers.close();
    if (stopped.complete(null)) {
      threads.release();
    }
    refuseQuestions();
  }
}
