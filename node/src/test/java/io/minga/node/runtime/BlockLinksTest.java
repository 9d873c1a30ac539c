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
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.runtime.BlockHosts.Answer;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that a host fetches from others, of which some are hostile. */
@Timeout(120)
final class BlockLinksTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final BlockHosts hosts;
  private final byte[] content;
  private final Cid cid;
  private final Side here;

  BlockLinksTest(@TempDir Path directory) throws HostException {
    hosts = new BlockHosts(directory);
    content = hosts.content;
    cid = hosts.cid;
    here = hosts.new Side();
  }

  @AfterEach
  void stop() throws Exception {
    hosts.close();
  }

  /** Answers a request as it likes. */
  @FunctionalInterface
  private interface Server {
    void answer(Stream stream, BlockFrame.Get get) throws WireException;
  }

  /** A host that answers in its own way; {@code asked} hears of each request. */
  private Host hostile(List<BlockFrame.Get> asked, Server server) throws HostException {
    Host host = hosts.host();
    FrameHandler handler =
        (stream, frame) -> {
          BlockFrame.Get get = (BlockFrame.Get) BlockFrame.decode(LIMITS, Bytes.copyOf(frame));
          asked.add(get);
          server.answer(stream, get);
        };
    host.handle(
        BlockFrame.PROTOCOL, stream -> Frames.reading(LIMITS.blockFrameBytesMax(), handler));
    return host;
  }

  private Host hostile(Server server) throws HostException {
    return hostile(new ArrayList<>(), server);
  }

  private static void chunks(Stream stream, byte[] bytes, long from, int to) {
    for (int at = (int) from; at < to; at += 50_000) {
      send(stream, new BlockFrame.Chunk(Bytes.copyOf(bytes, at, Math.min(50_000, to - at))));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, 65_537, 262_145, 5_000_000})
  void block_isFetched(int size) throws Exception {
    Side there = hosts.new Side(bounds(LONG), BlockLimits.DEFAULT);
    byte[] bytes = bytes(size);
    BlockHold hold = there.store.put(bytes);
    hosts.kept(hold);
    Answer answer = here.fetch(hold.cid(), size, there.host);
    assertThat(answer.why()).isEmpty();
    assertThat(answer.bytes()).isEqualTo(bytes);
    assertThat(here.misbehaved).isEmpty();
  }

  @Test
  void batch_isFetched_thoughNobodySaidHowLargeItIs() throws Exception {
    Side there = hosts.new Side(bounds(LONG), BlockLimits.DEFAULT);
    Bytes batch = Bytes.copyOf(bytes(200_000));
    there.batches.put(TaskCid.ofMessage(batch), batch);
    assertThat(here.fetch(TaskCid.ofMessage(batch), 0, there.host).bytes())
        .isEqualTo(batch.toByteArray());
    Bytes huge = Bytes.copyOf(bytes(LIMITS.batchBytesMax() + 1));
    there.batches.put(TaskCid.ofMessage(huge), huge);
    assertThat(here.fetch(TaskCid.ofMessage(huge), 0, there.host).why()).contains("has 262145 B");
  }

  @Test
  void peerWithoutIt_isFollowedByTheNext() throws Exception {
    Side empty = hosts.new Side(bounds(LONG), BlockLimits.DEFAULT);
    assertThat(here.fetch(cid, SIZE, empty.host).why())
        .isEqualTo(empty.host.peerId() + ": it has no such block");
    assertThat(here.fetch(cid, SIZE, empty.host, hosts.honest()).bytes()).isEqualTo(content);
  }

  @Test
  void otherBytes_areRefused_andTheNextIsAsked() throws Exception {
    Host liar =
        hostile(
            (stream, get) -> {
              byte[] other = content.clone();
              other[SIZE / 2] ^= 1;
              send(stream, new BlockFrame.Header(SIZE));
              chunks(stream, other, get.offset(), SIZE);
            });
    assertThat(here.fetch(cid, SIZE, liar, hosts.honest()).bytes()).isEqualTo(content);
    assertThat(here.misbehaved).hasSize(1);
    assertThat(here.misbehaved.peek())
        .startsWith(liar.peerId() + " sends other bytes than those of block");
  }

  @Test
  void moreThanAnnounced_isRefused() throws Exception {
    Host liar =
        hostile(
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              chunks(stream, content, get.offset(), SIZE - 10);
              send(stream, new BlockFrame.Chunk(Bytes.copyOf(content, 0, 50_000)));
            });
    assertThat(here.fetch(cid, SIZE, liar, hosts.honest()).bytes()).isEqualTo(content);
    assertThat(here.misbehaved.peek()).contains("sends more of block");
  }

  @Test
  void whatAnotherBegan_isGoneOnWith() throws Exception {
    Host half =
        hostile(
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              chunks(stream, content, get.offset(), 400_000);
              stream.closeWrite();
            });
    List<BlockFrame.Get> asked = new ArrayList<>();
    Host other =
        hostile(
            asked,
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              chunks(stream, content, get.offset(), SIZE);
            });
    assertThat(here.fetch(cid, SIZE, half, other).bytes()).isEqualTo(content);
    assertThat(asked).containsExactly(new BlockFrame.Get(cid, 400_000));
    assertThat(here.misbehaved).isEmpty();
  }

  @Test
  void streamThatIsReset_isOpenedAgainWhereItStopped() throws Exception {
    List<BlockFrame.Get> asked = new ArrayList<>();
    Host clumsy =
        hostile(
            asked,
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              int to = (int) Math.min(SIZE, get.offset() + 400_000);
              for (int at = (int) get.offset(); at < to; at += 50_000) {
                int size = Math.min(50_000, to - at);
                Frames.write(
                        stream,
                        new BlockFrame.Chunk(Bytes.copyOf(content, at, size))
                            .encode()
                            .asReadOnlyBuffer())
                    .thenRun(() -> {});
              }
              if (to < SIZE) {
                resetSoon(stream);
              }
            });
    Answer answer = here.fetch(cid, SIZE, clumsy, hosts.honest());
    assertThat(answer.bytes()).isEqualTo(content);
    assertThat(here.misbehaved).isEmpty();
  }

  private void resetSoon(Stream stream) {
    var unused = hosts.threads.schedule(stream::reset, 100, TimeUnit.MILLISECONDS);
  }

  @Test
  void liarWhoStopsHalfWay_isFound() throws Exception {
    Host liar =
        hostile(
            (stream, get) -> {
              byte[] other = content.clone();
              other[5] ^= 1;
              send(stream, new BlockFrame.Header(SIZE));
              chunks(stream, other, get.offset(), 500_000);
              stream.closeWrite();
            });
    assertThat(here.fetch(cid, SIZE, liar, hosts.honest()).bytes()).isEqualTo(content);
    assertThat(here.misbehaved).noneMatch(it -> !it.startsWith(liar.peerId().toString()));
  }

  @Test
  void frameOutOfPlace_isMisbehaviour() throws Exception {
    Host early = hostile((stream, get) -> chunks(stream, content, 0, SIZE));
    Host twice =
        hostile(
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              send(stream, new BlockFrame.Header(SIZE));
            });
    Host late =
        hostile(
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              send(stream, new BlockFrame.Missing());
            });
    Host asks = hostile((stream, get) -> send(stream, get));
    assertThat(here.fetch(cid, SIZE, early, twice, late, asks).bytes()).isNull();
    assertThat(here.misbehaved).hasSize(4).allMatch(it -> it.contains("out of place"));
  }

  @Test
  void bytesThatAreNoFrames_areMisbehaviour() throws Exception {
    Host babbler =
        hostile((stream, get) -> Frames.write(stream, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5})));
    Host flood = hostile((stream, get) -> Frames.write(stream, ByteBuffer.allocate(1 << 20)));
    assertThat(here.fetch(cid, SIZE, babbler, flood, hosts.honest()).bytes()).isEqualTo(content);
    assertThat(here.misbehaved).hasSize(2);
  }

  @Test
  void blockOfAnotherSize_isNotTaken() throws Exception {
    Host other = hostile((stream, get) -> send(stream, new BlockFrame.Header(SIZE + 1)));
    Host endless =
        hostile((stream, get) -> send(stream, new BlockFrame.Header(LIMITS.contentBytesMax())));
    Answer answer = here.fetch(cid, SIZE, other, endless);
    assertThat(answer.why()).contains("its block has 1000001 B, not 1000000");
    assertThat(answer.why()).contains("its block has 67108864 B, not 1000000");
  }

  @Test
  void silentAndDribblingPeers_areGivenUp() throws Exception {
    Side impatient = hosts.new Side(bounds(Duration.ofMillis(400)), BlockLimits.DEFAULT);
    Host silent = hostile((stream, get) -> {});
    Host dribbler =
        hostile(
            (stream, get) -> {
              send(stream, new BlockFrame.Header(SIZE));
              dribble(stream, 0);
            });
    assertThat(impatient.fetch(cid, SIZE, silent, dribbler).why())
        .contains("nothing came for 400 ms")
        .contains("B came in 400 ms");
    assertThat(impatient.misbehaved).hasSize(1);
    assertThat(impatient.misbehaved.peek()).startsWith(dribbler.peerId().toString());
  }

  private void dribble(Stream stream, int at) {
    send(stream, new BlockFrame.Chunk(Bytes.copyOf(content, at, 1)));
    if (at < 1_000) {
      var unused = hosts.threads.schedule(() -> dribble(stream, at + 1), 20, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void peersThatCannotBeReached_areToldOf() throws Exception {
    Host deaf = hosts.host();
    Host gone = hosts.host();
    assertThat(here.fetch(cid, SIZE, deaf).why()).contains(BlockFrame.PROTOCOL);
    PeerId was = gone.peerId();
    gone.close();
    here.links.fetch(new Effect.Fetch(cid, SIZE, List.of(was)));
    assertThat(here.answers.poll(30, TimeUnit.SECONDS)).isNotNull();
    here.links.fetch(new Effect.Fetch(cid, SIZE, List.of()));
    Answer nobody = here.answers.poll(30, TimeUnit.SECONDS);
    assertThat(nobody).isNotNull();
    assertThat(nobody.why()).isEqualTo("nobody has it");
  }

  @Test
  void fetchWithoutRoom_waits_andIsRefusedInTheEnd() throws Exception {
    Side small = hosts.new Side(bounds(LONG), BlockLimits.DEFAULT.withBytesMax(1_200_000));
    BlockHold other = small.store.put(bytes(500_000));
    Host honest = hosts.honest();
    small
        .host
        .connect(honest.listenAddresses().get(0).withPeerId(honest.peerId().toMultihash()))
        .get(30, TimeUnit.SECONDS);
    small.links.fetch(new Effect.Fetch(cid, SIZE, List.of(honest.peerId())));
    Answer full = small.answers.poll(30, TimeUnit.SECONDS);
    assertThat(full).isNotNull();
    assertThat(full.why()).startsWith("the block store is full");
    small.links.fetch(new Effect.Fetch(cid, SIZE, List.of(honest.peerId())));
    other.close();
    Answer fits = small.answers.poll(30, TimeUnit.SECONDS);
    assertThat(fits).isNotNull();
    assertThat(fits.bytes()).isEqualTo(content);
  }

  @Test
  void manyBlocks_areFetchedAFewAtATime() throws Exception {
    Side there = hosts.new Side(bounds(LONG), BlockLimits.DEFAULT);
    here.host
        .connect(there.host.listenAddresses().get(0).withPeerId(there.host.peerId().toMultihash()))
        .get(30, TimeUnit.SECONDS);
    for (int i = 0; i < 40; i++) {
      BlockHold hold = there.store.put(bytes(70_000 + i));
      hosts.kept(hold);
      here.links.fetch(new Effect.Fetch(hold.cid(), 70_000 + i, List.of(there.host.peerId())));
    }
    for (int i = 0; i < 40; i++) {
      Answer answer = here.answers.poll(30, TimeUnit.SECONDS);
      assertThat(answer).isNotNull();
      assertThat(answer.why()).isEmpty();
    }
  }
}
