package io.minga.node.runtime;

import io.minga.libp2p.Host;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.block.BlockOptions;
import io.minga.node.core.Effect;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskLimits;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The block streams with all peers: on those that we open blocks are fetched, on those that peers
 * open they are served. Bytes are hashed, written and read on threads of their own, a few chunks at
 * a time. Safe for any thread.
 */
final class BlockLinks {
  private final Host host;
  private final TaskLimits limits;
  private final BlockOptions options;
  private final BlockStore store;
  private final Owner owner;
  private final EventExecutorGroup threads;
  private final BlockServer server;

  // Guarded by this.
  private final Map<Cid, Effect.Fetch> waiting = new LinkedHashMap<>();
  private final Map<Cid, BlockFetch> running = new LinkedHashMap<>();
  private boolean closed;

  /** Whom it tells, on any thread, and who has the blocks that are not in the store. */
  interface Owner {
    /** A block is here: an input or a result on hold, or the bytes of a batch. */
    void fetched(Cid cid, @Nullable BlockHold hold, @Nullable Bytes batch);

    /** A block is not to be had. */
    void notFetched(Cid cid, String why);

    /** A peer did what it has no right to do. */
    void misbehaved(PeerId peer, String why);

    /** Hands {@code then} the bytes of a batch, or null if it isn't here. */
    void batch(Cid cid, Consumer<@Nullable Bytes> then);
  }

  BlockLinks(
      Host host,
      TaskLimits limits,
      BlockOptions options,
      BlockStore store,
      Owner owner,
      EventExecutorGroup threads) {
    this.host = host;
    this.limits = limits;
    this.options = options;
    this.store = store;
    this.owner = owner;
    this.threads = threads;
    this.server = new BlockServer(limits, options, store, owner, threads);
  }

  /** Begins to answer peers. */
  void start() {
    host.handle(BlockFrame.PROTOCOL, server);
  }

  /** Fetches a block, when it is its turn; the owner is told what came of it, once. */
  void fetch(Effect.Fetch wanted) {
    synchronized (this) {
      if (running.containsKey(wanted.cid()) || waiting.containsKey(wanted.cid())) {
        return;
      }
      if (!closed && waiting.size() < options.waitingMax()) {
        waiting.put(wanted.cid(), wanted);
        startSome();
        return;
      }
    }
    owner.notFetched(wanted.cid(), "too many blocks are to be fetched here already");
  }

  private void startSome() {
    Iterator<Effect.Fetch> next = waiting.values().iterator();
    while (running.size() < options.fetchesMax() && next.hasNext()) {
      Effect.Fetch wanted = next.next();
      if (asked(wanted) < options.fetchesPerPeerMax()) {
        next.remove();
        BlockFetch fetch =
            new BlockFetch(wanted, host, limits, options, store, new Told(), threads.next());
        running.put(wanted.cid(), fetch);
        fetch.start();
      }
    }
  }

  /** How many of the blocks that are fetched are asked of the same peer first. */
  private int asked(Effect.Fetch wanted) {
    int same = 0;
    for (BlockFetch each : running.values()) {
      same += each.isLike(wanted) ? 1 : 0;
    }
    return same;
  }

  /** Hears how fetches end. */
  private final class Told implements BlockFetch.Ends {
    @Override
    public void fetched(Cid cid, @Nullable BlockHold hold, @Nullable Bytes batch) {
      over(cid);
      owner.fetched(cid, hold, batch);
    }

    @Override
    public void notFetched(Cid cid, String why) {
      over(cid);
      owner.notFetched(cid, why);
    }

    @Override
    public void misbehaved(PeerId peer, String why) {
      owner.misbehaved(peer, why);
    }
  }

  private synchronized void over(Cid cid) {
    running.remove(cid);
    if (!closed) {
      startSome();
    }
  }

  /** How many blocks were sent, whole or in part. */
  long served() {
    return server.served();
  }

  /** Answers nobody any more, and fetches nothing. */
  void close() {
    host.unhandle(BlockFrame.PROTOCOL);
    synchronized (this) {
      closed = true;
      waiting.clear();
      running.values().forEach(BlockFetch::stop);
    }
  }
}
