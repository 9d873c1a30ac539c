package io.minga.node.runtime;

import io.minga.gossip.Gossip;
import io.minga.gossip.netty.NettyGossip;
import io.minga.gossip.netty.NettyGossipOptions;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.libp2p.netty.NettyDiscovery;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.core.NodeCore;
import io.minga.node.core.NodeOptions;
import io.minga.node.core.Submission;
import io.minga.node.handlers.runtime.Functions;
import io.minga.node.handlers.runtime.SlotOptions;
import io.minga.node.handlers.runtime.Slots;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockLimits;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.value.Values;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer that runs: a node core on its loop, with its slots and, unless it is alone, a host and
 * gossip. Safe for any thread.
 */
public final class PeerRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerRuntime.class);
  private static final int LATER_PER_TASK = 256;
  private static final long REFRESH_SECONDS = 1;
  private static final long CLOSE_SLACK_MILLIS = 2_000;

  private final NodeOptions options;
  private final PeerId self;
  private final NodeThreads threads = NodeThreads.acquire();
  private final EventExecutor executor;
  private final NodeCore core;
  private final NodeLoop loop;
  private final CoreBlocks blocks = new CoreBlocks(BlockStore.open(null, BlockLimits.DEFAULT));
  private final SlotRuns runs;
  private final Strangers strangers;
  private final Functions functions;
  private final @Nullable Slots slots;
  private final @Nullable Network network;
  private final KnownLoads loads;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean ended;

  // The loop's.
  private final OpenCalls calls = new OpenCalls();
  private List<Runnable> later = new ArrayList<>();

  /** What there is of a peer that is not alone. */
  private record Network(
      Host host,
      Gossip gossip,
      WorkLinks links,
      MoveLinks moves,
      BlockLinks blocks,
      GossipTopics topics,
      NettyDiscovery discovery) {}

  private PeerRuntime(
      NodeOptions options,
      PeerId self,
      @Nullable Host host,
      HostOptions hosting,
      DiscoverySettings finding,
      DiscoveryListener watcher) {
    this.options = options;
    this.self = self;
    // On the host's own loop, what comes from a peer and goes to it changes no thread.
    this.executor = host == null ? threads.loops().next() : host.executor();
    this.loads =
        new KnownLoads(
            options.limits().peersMax(),
            options.times().silence().toNanos(),
            options.times().report().toNanos());
    this.core =
        new NodeCore(
            self, options, RandomGenerator.of("L64X128MixRandom"), System::currentTimeMillis);
    this.loop = new NodeLoop(executor, core, new Performer());
    this.runs = new SlotRuns(loop, blocks, watcher::trouble);
    this.strangers = new Strangers(options.network(), watcher::trouble);
    this.functions = new Functions(names -> loop.submit(new Input.Offer(List.copyOf(names))));
    this.slots = options.slots() == 0 ? null : slots();
    this.network = host == null ? null : network(host, hosting, finding, watcher);
  }

  private Slots slots() {
    Slots started =
        Slots.start(
            SlotOptions.slots(options.slots()).withResultBytesMax(valueBytesMax()),
            functions,
            runs::told,
            options.tasks().valueBytesMax(),
            new SlotBlocks(blocks.store()));
    runs.use(started);
    return started;
  }

  private Network network(
      Host host, HostOptions hosting, DiscoverySettings finding, DiscoveryListener watcher) {
    NettyDiscovery discovery = NettyDiscovery.start(host, finding, watcher);
    NettyGossipOptions gossiping =
        NettyGossipOptions.of(hosting.identity()).withHints(discovery::hint);
    Gossip gossip = NettyGossip.start(host, gossiping, executor);
    return new Network(
        host,
        gossip,
        new WorkLinks(host, options.tasks(), loop, executor),
        new MoveLinks(host, options.tasks(), loop),
        new BlockLinks(
            host,
            options.tasks(),
            BlockLinks.Bounds.DEFAULT,
            blocks.store(),
            new BlocksOwner(),
            threads.blocks()),
        new GossipTopics(
            gossip, options.network(), options.tasks(), self, loop, executor, core::peerCount),
        discovery);
  }

  /**
   * Starts a peer that talks to others.
   *
   * @throws HostException if it cannot listen; then nothing is left running
   */
  public static PeerRuntime start(
      NodeOptions options, HostOptions hosting, DiscoverySettings finding) throws HostException {
    return start(options, hosting, finding, new DiscoveryListener() {});
  }

  /** The same, with somebody who hears of who joins and leaves. */
  public static PeerRuntime start(
      NodeOptions options,
      HostOptions hosting,
      DiscoverySettings finding,
      DiscoveryListener watcher)
      throws HostException {
    Host host = NettyHost.start(hosting);
    PeerRuntime runtime = new PeerRuntime(options, host.peerId(), host, hosting, finding, watcher);
    runtime.begin();
    return runtime;
  }

  /** Starts a peer that is alone. */
  public static PeerRuntime alone(NodeOptions options) {
    HostOptions hosting = HostOptions.defaults();
    PeerId self = PeerId.of(hosting.identity().publicKey());
    PeerRuntime runtime =
        new PeerRuntime(
            options, self, null, hosting, DiscoverySettings.defaults(), new DiscoveryListener() {});
    runtime.begin();
    return runtime;
  }

  private void begin() {
    if (network != null) {
      network.topics().start();
      network.links().start();
      network.moves().start();
      network.blocks().start();
    }
    loop.submit(now -> {}); // a first turn, which sets the timer
  }

  // What the face calls, on any thread.

  /** Who it is. */
  public PeerId self() {
    return self;
  }

  /** Where it listens, with its id; nowhere if it is alone. */
  public List<Multiaddr> addresses() {
    if (network == null) {
      return List.of();
    }
    return network.host().listenAddresses().stream()
        .map(address -> address.withPeerId(self.toMultihash()))
        .toList();
  }

  /** The peers that it is connected with. */
  public List<PeerId> connectedPeers() {
    if (network == null) {
      return List.of();
    }
    return network.host().connections().stream()
        .map(connection -> connection.peer())
        .distinct()
        .toList();
  }

  /** Connects with the peer that {@code address}, which ends in {@code /p2p/…}, names. */
  public CompletableFuture<Void> connect(Multiaddr address) {
    if (network == null) {
      throw new IllegalStateException("a peer without a network connects with nobody");
    }
    return network.host().connect(address).thenAccept(connection -> {});
  }

  /** What the peers of the network said of themselves last. */
  public KnownLoads loads() {
    return loads;
  }

  /**
   * What gossip's streams have carried since this peer started, without what the host adds.
   *
   * @param readBytes from other peers
   * @param writtenBytes to other peers
   */
  public record GossipTraffic(long readBytes, long writtenBytes) {}

  /** How much was gossiped so far; nothing if it is alone. */
  public CompletableFuture<GossipTraffic> gossipTraffic() {
    if (network == null) {
      return CompletableFuture.completedFuture(new GossipTraffic(0, 0));
    }
    return network
        .gossip()
        .stats()
        .thenApply(it -> it.shell().traffic())
        .thenApply(it -> new GossipTraffic(it.readBytes(), it.writtenBytes()));
  }

  /** Looks at how this peer stands now, which {@link #loads} has when this completes. */
  public CompletableFuture<Void> refreshLoad() {
    CompletableFuture<Void> looked = new CompletableFuture<>();
    loop.submit(
        (NodeLoop.Event)
            now -> {
              loads.heard(self, loop.report(now));
              later(() -> looked.complete(null));
            });
    return looked.completeOnTimeout(null, REFRESH_SECONDS, TimeUnit.SECONDS); // it may have left
  }

  /** What it offers. */
  public Functions functions() {
    return functions;
  }

  /** How large an argument or a result may be. */
  public int valueBytesMax() {
    return (int) Math.min(Values.BYTES_MAX, options.tasks().contentBytesMax());
  }

  /** Arguments of so many calls, about, that are to be submitted together. */
  public Arguments arguments(int expected) {
    return new Arguments(blocks.store(), options.tasks().inputBytesMax(), expected);
  }

  /** Whether so much is in the block store that nobody should hurry to put more there. */
  public boolean isCrowded() {
    return blocks.store().usedBytes() > blocks.store().bytesMax() / 2;
  }

  /** How many bytes are in the block store. */
  long storedBytes() {
    return blocks.store().usedBytes();
  }

  /** How many blocks other peers were sent. */
  long servedBlocks() {
    return network == null ? 0 : network.blocks().served();
  }

  /**
   * On the loop, while a call completes: what keeps its result, which goes by its CID.
   *
   * @return null if this peer is closed
   */
  public @Nullable BlockHold hold(Payload.Content result) {
    return blocks.store().hold(result.cid());
  }

  /** Has calls made; see {@link Submission} for what the arguments mean. */
  public Submission submit(
      Caller caller,
      FunctionName function,
      Policy policy,
      boolean memoizable,
      long lifetimeMillis,
      long jobTasks,
      boolean remoteOnly,
      List<Payload> inputs) {
    Submission submission =
        new Submission(
            new OpenCalls.Entry(caller, inputs.size(), holds(inputs)),
            function,
            policy,
            memoizable,
            lifetimeMillis,
            jobTasks,
            remoteOnly,
            inputs);
    loop.submit(new Input.Submit(submission));
    return submission;
  }

  private @Nullable BlockHold[] holds(List<Payload> inputs) {
    @Nullable BlockHold[] holds = {};
    for (int call = 0; call < inputs.size(); call++) {
      if (inputs.get(call) instanceof Payload.Content content) {
        holds = holds.length == 0 ? new BlockHold[inputs.size()] : holds;
        holds[call] = blocks.store().hold(content.cid());
      }
    }
    return holds;
  }

  /** Nobody wants outcomes of {@code submission} any more; those that are missing come at once. */
  public void cancel(Submission submission) {
    loop.submit(new Input.Cancel(submission, -1));
  }

  /** What it knows of single tasks. */
  public Questions questions() {
    return new Questions(self, loop, threads.callers());
  }

  /** Where what hangs on results may run. */
  public Executor callers() {
    return threads.callers();
  }

  /** On the loop: has {@code action} run by {@link #callers} after this turn. */
  public void later(Runnable action) {
    if (ended) { // there may be no other threads any more
      runQuietly(action);
      return;
    }
    later.add(action);
    if (later.size() == LATER_PER_TASK) {
      runLater();
    }
  }

  private void runLater() {
    List<Runnable> actions = later;
    later = new ArrayList<>();
    threads.callers().execute(() -> actions.forEach(PeerRuntime::runQuietly));
  }

  private static void runQuietly(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("a result could not be given to its caller", e);
    }
  }

  private static OpenCalls.Entry entry(Submission submission) {
    return (OpenCalls.Entry) submission.caller();
  }

  /** What is done with what the core says. */
  private final class Performer implements NodeLoop.Owner {
    @Override
    public void before(Input input) {
      if (input instanceof Input.Submit submit) {
        calls.add(entry(submit.submission()));
      } else if (input instanceof Input.Loaded loaded) {
        loads.heard(loaded.author(), loaded.report());
      }
    }

    @Override
    public void perform(Effect effect) {
      if (effect instanceof Effect.Complete it) {
        calls.completed(entry(it.submission()), it);
      } else if (effect instanceof Effect.Run it) {
        runs.start(it);
      } else if (effect instanceof Effect.Interrupt it) {
        runs.interrupt(it);
      } else if (effect instanceof Effect.Release it) {
        blocks.release(it.cid());
      } else if (effect instanceof Effect.Left) {
        end("this peer has left");
      } else if (network != null) {
        perform(network, effect);
      }
    }

    private void perform(Network network, Effect effect) {
      if (effect instanceof Effect.Send it) {
        network.links().send(it.to(), it.frame());
      } else if (effect instanceof Effect.SendMove it) {
        network.moves().send(it.to(), it.frame());
      } else if (effect instanceof Effect.Report it) {
        loads.heard(self, it.report());
        network.topics().report(it.report());
      } else if (effect instanceof Effect.Announce it) {
        network.topics().announce(it.announcement());
      } else if (effect instanceof Effect.Claim it) {
        network.topics().claim(it.message());
      } else if (effect instanceof Effect.Fetch it) {
        network.blocks().fetch(it);
      } else if (effect instanceof Effect.Connect it) {
        network.links().connect(it.peer());
      } else if (effect instanceof Effect.Misbehaved it) {
        network.links().punish(it.peer(), it.why());
      } else if (effect instanceof Effect.Stranger it) {
        strangers.met(it.peer(), it.network());
      }
    }

    @Override
    public void flush() {
      if (network != null) {
        network.links().flush();
      }
      calls.endTurn();
      if (!later.isEmpty()) {
        runLater();
      }
    }

    @Override
    public void missed(Input input) {
      if (input instanceof Input.Submit submit) {
        ended = true;
        abandon(entry(submit.submission()), "this peer is closed");
      }
    }

    @Override
    public void failed(Throwable cause) {
      end("this peer has stopped because of a defect: " + cause);
    }
  }

  /** Between the block streams and the core. */
  private final class BlocksOwner implements BlockLinks.Owner {
    @Override
    public void fetched(Cid cid, @Nullable BlockHold hold, @Nullable Bytes batch) {
      loop.submit(
          now -> {
            if (hold != null) {
              blocks.add(hold);
            }
            loop.handle(now, new Input.Fetched(cid, batch));
          });
    }

    @Override
    public void notFetched(Cid cid, String why) {
      loop.submit(new Input.NotFetched(cid, why));
    }

    @Override
    public void misbehaved(PeerId peer, String why) {
      loop.submit(
          now -> {
            if (network != null) {
              network.links().punish(peer, why);
            }
          });
    }

    @Override
    public void batch(Cid cid, Consumer<@Nullable Bytes> then) {
      loop.submit(now -> then.accept(core.block(cid)));
    }
  }

  /** On the loop: nothing more comes of the core. */
  private void end(String why) {
    if (!later.isEmpty()) {
      runLater();
    }
    loop.stop();
    ended = true;
    calls.drain().forEach(entry -> abandon(entry, why));
    left.complete(null);
  }

  private static void abandon(OpenCalls.Entry entry, String why) {
    entry.abandon(new Outcome.Failure(Outcome.Kind.CANCELLED, "", why, ""));
  }

  /**
   * Leaves: takes nothing more, ends what it has begun, says goodbye, and stops all that it
   * started. Whoever still waits for a result then gets a failure.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    loop.submit(new Input.Leave());
    long millis = options.times().leaveMost().toMillis() + CLOSE_SLACK_MILLIS;
    left.completeOnTimeout(null, millis, TimeUnit.MILLISECONDS).join();
    if (slots != null) {
      slots.close();
    }
    if (network != null) {
      network.discovery().close();
      network.gossip().close();
      network.blocks().close();
      network.host().close();
    }
    blocks.store().close();
    threads.release();
  }
}
