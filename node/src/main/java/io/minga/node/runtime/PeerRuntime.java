package io.minga.node.runtime;

import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.libp2p.netty.NettyDiscovery;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.block.BlockOptions;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.core.NodeCore;
import io.minga.node.core.NodeOptions;
import io.minga.node.core.Submission;
import io.minga.node.handlers.runtime.Functions;
import io.minga.node.handlers.runtime.SlotOptions;
import io.minga.node.handlers.runtime.Slots;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.runtime.store.StoreOptions;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.value.Values;
import io.netty.util.concurrent.EventExecutor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A peer that runs: a node core on its loop, with its slots and, unless it is alone, a host and
 * gossip. Safe for any thread.
 */
public final class PeerRuntime implements AutoCloseable {
  private static final long REFRESH_SECONDS = 1;

  private final NodeOptions options;
  private final PeerId self;
  private final NodeThreads threads = NodeThreads.acquire();
  private final EventExecutor executor;
  private final NodeCore core;
  private final NodeLoop loop;
  private final CoreBlocks blocks;
  private final SlotRuns runs;
  private final Strangers strangers;
  private final Functions functions;
  private final @Nullable Slots slots;
  private final @Nullable PeerNetwork network;
  private final KnownLoads loads;
  private final DurableJobs durable;
  private final DurableJobs.Around around;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  // The loop's.
  private final OpenCalls calls = new OpenCalls();
  private final AfterTurn later;

  private PeerRuntime(
      NodeOptions options,
      PeerId self,
      BlockStore store,
      @Nullable Host host,
      HostOptions hosting,
      DiscoverySettings finding,
      DiscoveryListener watcher,
      DurableJobs durable) {
    this.options = options;
    this.blocks = new CoreBlocks(store);
    this.durable = durable;
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
    this.later = new AfterTurn(threads.callers());
    this.loop = new NodeLoop(executor, core, new Performer());
    this.around =
        new DurableJobs.Around(
            loop,
            threads.callers(),
            this::later,
            new KeptCopies(self, options.tasks(), loop, this::sendCopy),
            watcher::trouble);
    this.runs = new SlotRuns(loop, blocks, watcher::trouble);
    this.strangers = new Strangers(options.network(), watcher::trouble);
    this.functions = new Functions(names -> loop.submit(new Input.Offer(List.copyOf(names))));
    this.slots = options.slots() == 0 ? null : slots();
    this.network =
        host == null
            ? null
            : new PeerNetwork(
                options,
                host,
                hosting,
                NettyDiscovery.start(host, finding, watcher),
                loop,
                executor,
                new BlockLinks(
                    host,
                    options.tasks(),
                    BlockOptions.DEFAULT,
                    blocks.store(),
                    new FetchedBlocks(loop, core, blocks, this::punish),
                    threads.blocks()),
                threads.blocks().next(), // one, so that its order is kept
                core::peerCount);
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

  /**
   * Starts a peer that talks to others.
   *
   * @throws HostException if it cannot listen; then nothing is left running
   */
  public static PeerRuntime start(
      NodeOptions options, HostOptions hosting, DiscoverySettings finding) throws HostException {
    DiscoveryListener nobody = new DiscoveryListener() {};
    return start(options, StoreOptions.DEFAULT, hosting, finding, nobody, null);
  }

  /**
   * The same, which keeps blocks as it is told, with somebody who hears of who joins and leaves,
   * and with a journal for durable jobs.
   *
   * @param journal its file, which need not exist; null for none
   * @throws IllegalArgumentException if blocks can't be kept there
   * @throws IllegalStateException if the journal can't be used; the message says why
   */
  public static PeerRuntime start(
      NodeOptions options,
      StoreOptions storing,
      HostOptions hosting,
      DiscoverySettings finding,
      DiscoveryListener watcher,
      @Nullable Path journal)
      throws HostException {
    BlockStore store = BlockStore.open(storing);
    DurableJobs durable = null;
    try {
      durable = DurableJobs.open(journal);
      Host host = NettyHost.start(hosting);
      PeerRuntime runtime =
          new PeerRuntime(options, host.peerId(), store, host, hosting, finding, watcher, durable);
      runtime.begin();
      return runtime;
    } catch (HostException | RuntimeException e) {
      if (durable != null) {
        durable.close();
      }
      store.close();
      throw e;
    }
  }

  /** Starts a peer that is alone. */
  public static PeerRuntime alone(NodeOptions options) {
    HostOptions hosting = HostOptions.defaults();
    PeerId self = PeerId.of(hosting.identity().publicKey());
    PeerRuntime runtime =
        new PeerRuntime(
            options,
            self,
            BlockStore.open(StoreOptions.DEFAULT),
            null,
            hosting,
            DiscoverySettings.defaults(),
            new DiscoveryListener() {},
            DurableJobs.open(null));
    runtime.begin();
    return runtime;
  }

  private void begin() {
    durable.begin(around); // before anybody sends outcomes
    durable
        .failure()
        .thenAccept(
            why -> {
              failure.complete(why);
              loop.submit(now -> end(why));
            });
    if (network != null) {
      network.begin();
    }
    loop.submit(now -> {}); // a first turn, which sets the timer
  }

  // What the face calls, on any thread.

  /** Completes with the reason when the peer ends by itself: by its disk or by a defect. */
  public CompletableFuture<String> failure() {
    return failure;
  }

  /** Who it is. */
  public PeerId self() {
    return self;
  }

  /** Where it listens, with its id; nowhere if it is alone. */
  public List<Multiaddr> addresses() {
    if (network == null) {
      return List.of();
    }
    return network.host.listenAddresses().stream()
        .map(address -> address.withPeerId(self.toMultihash()))
        .toList();
  }

  /** The peers that it is connected with. */
  public List<PeerId> connectedPeers() {
    if (network == null) {
      return List.of();
    }
    return network.host.connections().stream()
        .map(connection -> connection.peer())
        .distinct()
        .toList();
  }

  /** Connects with the peer that {@code address}, which ends in {@code /p2p/…}, names. */
  public CompletableFuture<Void> connect(Multiaddr address) {
    if (network == null) {
      throw new IllegalStateException("a peer without a network connects with nobody");
    }
    return network.host.connect(address).thenAccept(connection -> {});
  }

  /** How many tasks the slots here have run to their end. */
  public long tasksRun() {
    return runs.ended();
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
        .gossip
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
    return network == null ? 0 : network.blocks.served();
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
    OpenCalls.Entry entry = new OpenCalls.Entry(caller, inputs.size(), blocks.hold(inputs));
    Submission submission =
        new Submission(
            entry, function, policy, memoizable, lifetimeMillis, jobTasks, remoteOnly, inputs);
    loop.submit(new Input.Submit(submission));
    return submission;
  }

  /** Nobody wants outcomes of {@code submission} any more; those that are missing come at once. */
  public void cancel(Submission submission) {
    loop.submit(new Input.Cancel(submission, -1));
  }

  /** Its durable jobs. */
  public DurableJobs durable() {
    return durable;
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
    later.add(action);
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
      } else if (input instanceof Input.Restored restored) {
        calls.add(entry(restored.submission()));
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
      } else if (effect instanceof Effect.Stranger it) {
        strangers.met(it.peer(), it.network());
      } else if (effect instanceof Effect.Journaling it) {
        durable.perform(it);
      } else if (network != null) {
        if (effect instanceof Effect.Report it) {
          loads.heard(self, it.report());
        }
        network.perform(effect);
      }
    }

    @Override
    public void flush() {
      if (network != null) {
        network.links.flush();
      }
      calls.endTurn();
      later.flush();
    }

    @Override
    public void missed(Input input) {
      if (input instanceof Input.Submit submit) {
        later.end();
        abandon(entry(submit.submission()), "this peer is closed");
      }
    }

    @Override
    public void failed(Throwable cause) {
      String why = "this peer has stopped because of a defect: " + cause;
      failure.complete(why);
      end(why);
    }
  }

  /** On the loop. */
  private void sendCopy(PeerId to, Bytes frame) {
    if (network != null) {
      network.perform(new Effect.SendCopy(to, frame));
    }
  }

  /** On the loop. */
  private void punish(PeerId peer, String why) {
    if (network != null) {
      network.links.punish(peer, why);
    }
  }

  /** On the loop: nothing more comes of the core. */
  private void end(String why) {
    later.flush();
    loop.stop();
    later.end();
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
    NodeOptions.Times times = options.times();
    long millis = times.workMost().plus(times.leaveMost()).dividedBy(2).toMillis();
    left.completeOnTimeout(null, millis, TimeUnit.MILLISECONDS).join();
    if (slots != null) {
      slots.close();
    }
    durable.close();
    if (network != null) {
      network.close();
    }
    blocks.store().close();
    threads.release();
  }
}
