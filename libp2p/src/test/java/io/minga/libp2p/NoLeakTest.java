package io.minga.libp2p;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Connections come and go by the thousand, and leave nothing behind. */
@EnabledOnOs(
    value = {OS.LINUX, OS.MAC},
    disabledReason = "only Unix counts descriptors")
final class NoLeakTest {
  private static final String ECHO = "/test/echo/1.0.0";

  /** Several diallers, so that no peer meets the limit of its connections while old ones end. */
  private static final int DIALERS = 8;

  private static final long HEAP_SLACK_BYTES = 2 << 20;

  @Test
  void tenThousandConnectsAndCloses_leaveHeapDescriptorsAndThreadsAsTheyWere() throws Exception {
    try (Fleet noise = new Fleet("/ip4/127.0.0.1/tcp/0", Security.NOISE);
        Fleet tls = new Fleet("/ip4/127.0.0.1/tcp/0", Security.TLS);
        Fleet memory = new Fleet("/memory/0", Security.NOISE)) {
      // What is bounded fills first: caches, pools, the books of peers that were here.
      noise.connectAndClose(2_000);
      tls.connectAndClose(200);
      memory.connectAndClose(1_000);
      Holdings before = Holdings.once(noise, tls, memory);

      noise.connectAndClose(9_000);
      tls.connectAndClose(500);
      memory.connectAndClose(500);

      // A leak stays however often one looks; what a collection leaves to the next one does not.
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInSameThread() // a thread of its own would be counted
          .untilAsserted(
              () -> {
                Holdings after = Holdings.once(noise, tls, memory);
                assertThat(after.descriptors).isLessThanOrEqualTo(before.descriptors);
                assertThat(after.threads).isLessThanOrEqualTo(before.threads);
                assertThat(after.heapBytes)
                    .isLessThanOrEqualTo(before.heapBytes + HEAP_SLACK_BYTES);
              });
    }
  }

  /** What the process holds when nothing is under way. */
  private record Holdings(long descriptors, int threads, long heapBytes) {
    static Holdings once(Fleet... idle) {
      for (Fleet fleet : idle) {
        await().atMost(Duration.ofSeconds(20)).pollInSameThread().until(fleet::isIdle);
      }
      System.gc();
      System.gc();
      return new Holdings(
          ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getOpenFileDescriptorCount(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
  }

  /** One host that listens, and several that connect to it. */
  private static final class Fleet implements AutoCloseable {
    private final Host listener;
    private final List<Host> dialers = new ArrayList<>();

    Fleet(String listen, Security security) throws HostException {
      HostOptions options = HostOptions.defaults().withSecurities(List.of(security));
      listener = NettyHost.start(options.withListen(List.of(Multiaddr.parse(listen))));
      listener.handle(ECHO, stream -> (sender, bytes) -> sender.write(bytes));
      for (int i = 0; i < DIALERS; i++) {
        dialers.add(NettyHost.start(HostOptions.defaults().withSecurities(options.securities())));
      }
    }

    void connectAndClose(int times) throws Exception {
      for (int i = 0; i < times; i++) {
        Host dialer = dialers.get(i % DIALERS);
        Connection connection =
            dialer.connect(listener.peerId(), listener.listenAddresses()).get(20, SECONDS);
        OneByte echo = new OneByte();
        Stream stream = connection.newStream(List.of(ECHO), s -> echo).get(20, SECONDS);
        stream.write(Unpooled.wrappedBuffer(new byte[1]));
        stream.closeWrite();
        echo.back.get(20, SECONDS);
        connection.close().get(20, SECONDS);
      }
    }

    boolean isIdle() {
      return listener.connections().isEmpty()
          && dialers.stream().allMatch(dialer -> dialer.connections().isEmpty());
    }

    @Override
    public void close() {
      dialers.forEach(Host::close);
      listener.close();
    }
  }

  private static final class OneByte implements StreamHandler {
    final CompletableFuture<Void> back = new CompletableFuture<>();

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
      back.complete(null);
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      back.completeExceptionally(
          cause != null ? cause : new IllegalStateException("no byte came back"));
    }
  }
}
