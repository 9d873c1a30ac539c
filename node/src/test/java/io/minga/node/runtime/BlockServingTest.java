package io.minga.node.runtime;

import static io.minga.node.runtime.BlockHosts.LIMITS;
import static io.minga.node.runtime.BlockHosts.SIZE;
import static io.minga.node.runtime.BlockHosts.bounds;
import static io.minga.node.runtime.BlockHosts.bytes;
import static io.minga.node.runtime.BlockHosts.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.FrameHandler;
import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.runtime.BlockHosts.Side;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.runtime.store.BlockLimits;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskCid;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a host that has blocks answers, and whom it does not serve. */
@Timeout(120)
final class BlockServingTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final BlockHosts hosts;
  private final byte[] content;
  private final Cid cid;

  BlockServingTest(@TempDir Path directory) {
    hosts = new BlockHosts(directory);
    content = hosts.content;
    cid = hosts.cid;
  }

  @AfterEach
  void stop() throws Exception {
    hosts.close();
  }

  /** A stream to the server, and what comes over it. */
  private static final class Client implements FrameHandler {
    final BlockingQueue<BlockFrame> frames = new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();

    @Override
    public void frame(Stream stream, ByteBuffer frame) throws WireException {
      frames.add(BlockFrame.decode(LIMITS, Bytes.copyOf(frame)));
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      closed.add(cause == null);
    }

    BlockFrame next() throws InterruptedException {
      BlockFrame next = frames.poll(30, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return next;
    }
  }

  private static Stream ask(Host from, Host to, Client client) throws Exception {
    from.connect(to.listenAddresses().get(0).withPeerId(to.peerId().toMultihash()))
        .get(30, TimeUnit.SECONDS);
    return from.newStream(
            to.peerId(),
            List.of(BlockFrame.PROTOCOL),
            stream -> Frames.reading(LIMITS.blockFrameBytesMax(), client))
        .get(30, TimeUnit.SECONDS);
  }

  @Test
  void server_answersOneRequestAfterTheOther() throws Exception {
    Host server = hosts.honest();
    Client client = new Client();
    Stream stream = ask(hosts.host(), server, client);
    send(stream, new BlockFrame.Get(cid, SIZE - 10));
    send(stream, new BlockFrame.Get(TaskCid.ofContent(Bytes.of(1)), 0));
    assertThat(client.next()).isEqualTo(new BlockFrame.Header(SIZE));
    assertThat(client.next()).isEqualTo(new BlockFrame.Chunk(Bytes.copyOf(content, SIZE - 10, 10)));
    assertThat(client.next()).isInstanceOf(BlockFrame.Missing.class);
    send(stream, new BlockFrame.Get(cid, SIZE));
    assertThat(client.next()).isEqualTo(new BlockFrame.Header(SIZE));
    send(stream, new BlockFrame.Get(cid, SIZE + 1));
    assertThat(client.next()).isInstanceOf(BlockFrame.Missing.class);
    stream.closeWrite();
    assertThat(client.closed.poll(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void clientThatSaysAnythingElse_isReset() throws Exception {
    Host server = hosts.honest();
    Client client = new Client();
    send(ask(hosts.host(), server, client), new BlockFrame.Missing());
    assertThat(client.closed.poll(30, TimeUnit.SECONDS)).isFalse();
    send(ask(hosts.host(), server, client), new BlockFrame.Chunk(Bytes.copyOf(content, 0, 60_000)));
    assertThat(client.closed.poll(30, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void clientWithTooManyStreams_isRefused_andOthersAreServed() throws Exception {
    Host server = hosts.honest();
    Host greedy = hosts.host();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Client client = new Client();
      clients.add(client);
      send(ask(greedy, server, client), new BlockFrame.Get(cid, SIZE));
    }
    Awaitility.await()
        .atMost(LONG)
        .until(() -> clients.stream().filter(it -> !it.closed.isEmpty()).count() == 1);
    Client other = new Client();
    send(ask(hosts.host(), server, other), new BlockFrame.Get(cid, SIZE));
    assertThat(other.next()).isEqualTo(new BlockFrame.Header(SIZE));
  }

  @Test
  void clientThatDoesNotRead_isReset_andTheBlockIsLetGo() throws Exception {
    Side server = hosts.new Side(bounds(Duration.ofMillis(200)), BlockLimits.DEFAULT);
    BlockHold hold = server.store.put(bytes(20_000_000));
    Client client = new Client();
    Stream stream = ask(hosts.host(), server.host, client);
    stream.pauseReading();
    send(stream, new BlockFrame.Get(hold.cid(), 0));
    hold.close();
    Awaitility.await().atMost(LONG).until(() -> server.store.usedBytes() == 0);
  }
}
