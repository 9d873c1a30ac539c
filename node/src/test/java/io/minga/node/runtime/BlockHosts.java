package io.minga.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.Stream;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.block.BlockOptions;
import io.minga.node.core.Effect;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockLimits;
import io.minga.node.runtime.store.BlockStore;
import io.minga.node.runtime.store.StoreOptions;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskCid;
import io.minga.node.task.TaskLimits;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hosts in memory with blocks of their own, which a test starts and which are closed after it. */
final class BlockHosts {
  static final TaskLimits LIMITS = TaskLimits.defaults();

  /** How many bytes the block has that is asked for. */
  static final int SIZE = 1_000_000;

  final byte[] content = bytes(SIZE);
  final Cid cid = TaskCid.ofContent(Bytes.copyOf(content));
  final EventExecutorGroup threads = new DefaultEventExecutorGroup(2);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Path directory;

  /** Its blocks are under {@code directory} while they are kept. */
  BlockHosts(Path directory) {
    this.directory = directory;
  }

  /** Closes them all. */
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** From now on {@code hold} is kept until all is closed. */
  BlockHold kept(BlockHold hold) {
    open.add(hold);
    return hold;
  }

  static BlockOptions bounds(Duration stall) {
    return new BlockOptions(
        4,
        2,
        100,
        256 << 10,
        8,
        3,
        2,
        stall,
        64 << 10,
        Duration.ofMillis(300),
        Duration.ofMillis(100));
  }

  static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  Host host() throws HostException {
    Host host =
        NettyHost.start(HostOptions.defaults().withListen(List.of(Multiaddr.parse("/memory/0"))));
    open.add(host);
    return host;
  }

  /** What came of a fetch. */
  static final class Answer {
    private final byte @Nullable [] bytes;
    private final String why;

    Answer(byte @Nullable [] bytes, String why) {
      this.bytes = bytes;
      this.why = why;
    }

    byte @Nullable [] bytes() {
      return bytes;
    }

    String why() {
      return why;
    }
  }

  /** A host with block links, and what they say. */
  final class Side implements BlockLinks.Owner {
    final Host host = host();
    final BlockStore store;
    final BlockLinks links;
    final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    final BlockingQueue<String> misbehaved = new LinkedBlockingQueue<>();
    final Map<Cid, Bytes> batches = new ConcurrentHashMap<>();

    Side() throws HostException {
      this(bounds(Duration.ofSeconds(20)), BlockLimits.DEFAULT);
    }

    Side(BlockOptions bounds, BlockLimits limits) throws HostException {
      store = BlockStore.open(new StoreOptions(directory, limits));
      open.add(store);
      links = new BlockLinks(host, LIMITS, bounds, store, this, threads);
      links.start();
    }

    @Override
    public void fetched(Cid cid, @Nullable BlockHold hold, @Nullable Bytes batch) {
      byte[] bytes = batch == null ? null : batch.toByteArray();
      String why = "";
      try (hold) {
        bytes = hold == null ? bytes : hold.bytes();
      } catch (BlockException e) {
        why = String.valueOf(e.getMessage());
      }
      answers.add(new Answer(bytes, why));
    }

    @Override
    public void notFetched(Cid cid, String why) {
      answers.add(new Answer(null, why));
    }

    @Override
    public void misbehaved(PeerId peer, String why) {
      misbehaved.add(peer + " " + why);
    }

    @Override
    public void batch(Cid cid, Consumer<@Nullable Bytes> then) {
      then.accept(batches.get(cid));
    }

    Answer fetch(Cid cid, long size, Host... from) throws Exception {
      List<PeerId> peers = new ArrayList<>();
      for (Host each : from) {
        host.connect(each.listenAddresses().get(0).withPeerId(each.peerId().toMultihash()))
            .get(30, TimeUnit.SECONDS);
        peers.add(each.peerId());
      }
      links.fetch(new Effect.Fetch(cid, size, peers));
      Answer answer = answers.poll(30, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      assertThat(store.usedBytes()).isZero();
      return answer;
    }
  }

  /** A host that has the block. */
  Host honest() throws HostException, BlockException {
    Side side = new Side();
    open.add(side.store.put(content));
    return side.host;
  }

  static void send(Stream stream, BlockFrame frame) {
    Frames.write(stream, frame.encode().asReadOnlyBuffer());
  }
}
