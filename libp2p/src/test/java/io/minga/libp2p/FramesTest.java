package io.minga.libp2p;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Frames between two hosts over memory. */
final class FramesTest {
  private static final String PROTOCOL = "/test/frames/1.0.0";
  private static final int FRAME_BYTES_MAX = 100_000;

  private final Collector collector = new Collector();
  private Host listener;
  private Host dialer;
  private Stream stream;

  @BeforeEach
  void connect() throws Exception {
    listener =
        NettyHost.start(HostOptions.defaults().withListen(List.of(Multiaddr.parse("/memory/0"))));
    dialer = NettyHost.start(HostOptions.defaults());
    listener.handle(PROTOCOL, s -> Frames.reading(FRAME_BYTES_MAX, collector));
    dialer.connect(listener.peerId(), listener.listenAddresses()).get(20, SECONDS);
    stream =
        dialer
            .newStream(
                listener.peerId(),
                List.of(PROTOCOL),
                s -> Frames.reading(FRAME_BYTES_MAX, (answering, frame) -> {}))
            .get(20, SECONDS);
  }

  @AfterEach
  void close() {
    dialer.close();
    listener.close();
  }

  @Test
  void frames_emptySmallAndLongerThanAChunk_arriveWholeAndInOrder() throws Exception {
    String large = "x".repeat(FRAME_BYTES_MAX);

    for (String text : List.of("", "a", large, "b".repeat(127), "c".repeat(128), "")) {
      Frames.write(stream, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
    stream.closeWrite();

    assertThat(collector.end.get(20, SECONDS)).isEmpty();
    assertThat(collector.frames)
        .containsExactly("", "a", large, "b".repeat(127), "c".repeat(128), "");
  }

  @Test
  void frame_aboveTheLimit_resetsTheStreamBeforeItIsRead() throws Exception {
    Frames.write(stream, ByteBuffer.allocate(FRAME_BYTES_MAX + 1));

    assertThat(collector.end.get(20, SECONDS))
        .isEqualTo("PEER_VIOLATION: a frame's length is above the limit of 100000 B");
    assertThat(collector.frames).isEmpty();
  }

  @Test
  void frame_thatTheHandlerRefuses_endsTheStream() throws Exception {
    Frames.write(stream, ByteBuffer.wrap("refuse me".getBytes(StandardCharsets.US_ASCII)));
    Frames.write(stream, ByteBuffer.wrap("not read".getBytes(StandardCharsets.US_ASCII)));

    assertThat(collector.end.get(20, SECONDS)).isEqualTo("PEER_VIOLATION: refused as asked");
    assertThat(collector.frames).isEmpty();
  }

  @Test
  void stream_endingWithinAFrame_isAViolation() throws Exception {
    stream.write(Unpooled.wrappedBuffer(new byte[] {5, 1, 2}));
    stream.closeWrite();

    assertThat(collector.end.get(20, SECONDS))
        .isEqualTo("PEER_VIOLATION: stream ends after 2 of a frame's 5 B");
  }

  /** Keeps frames as text; the end is empty where the stream ended well, else the reason. */
  private static final class Collector implements FrameHandler {
    final List<String> frames = new ArrayList<>();
    final CompletableFuture<String> end = new CompletableFuture<>();

    @Override
    public void frame(Stream stream, ByteBuffer frame) throws WireException {
      String text = StandardCharsets.US_ASCII.decode(frame).toString();
      if (text.equals("refuse me")) {
        throw new WireException("refused as asked");
      }
      frames.add(text);
    }

    @Override
    public void remoteClosed(Stream stream) {
      end.complete("");
      stream.closeWrite();
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      if (cause != null) {
        end.complete(cause.kind() + ": " + cause.getMessage());
      }
    }
  }
}
