package io.minga.cli.control;

import static io.minga.cli.control.ControlChannel.LONG;
import static io.minga.cli.control.ControlChannel.SHORT_LINES;
import static io.minga.cli.control.ControlChannel.SMALL;
import static io.minga.cli.control.ControlChannel.call;
import static io.minga.cli.control.ControlChannel.get;
import static io.minga.cli.control.ControlChannel.readAll;
import static io.minga.cli.control.ControlChannel.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.IntNode;
import io.minga.cli.control.Daemon.Outcome;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a control channel refuses, and how much it takes at once. */
@Timeout(120)
final class ControlLimitsTest {
  @RegisterExtension private final ControlChannel channel = new ControlChannel();
  private final MemoryDaemon daemon = channel.daemon;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1",
        "{}",
        "[1,2]",
        "{\"command\":\"format\",\"id\":1}",
        "{\"command\":\"status\"}",
        "{\"command\":\"status\",\"id\":1,\"id\":2}",
        "{\"command\":\"status\",\"id\":1,\"more\":2}",
        "{\"command\":\"status\",\"id\":1} {}",
        "{\"command\":\"status\",\"id\":null}",
        "{\"command\":\"call\",\"id\":1,\"input\":1}"
      })
  void garbage_isRefused_withWhatIsWrong(String line) throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    SocketChannel raw = channel.raw();

    write(raw, line + "\n");

    assertThat(readAll(raw)).startsWith("{\"answer\":\"refused\",\"id\":0,\"message\":\"a request");
    assertThat(get(channel.client().status()).network()).isEqualTo("lab");
  }

  @Test
  void deepJson_isRefused() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    SocketChannel raw = channel.raw();

    write(
        raw,
        "{\"command\":\"call\",\"id\":1,\"function\":\"echo\",\"input\":%s}\n"
            .formatted("[".repeat(100_000)));

    assertThat(readAll(raw)).contains("refused");
  }

  @Test
  void endlessLine_isRefused() throws Exception {
    channel.serve(SHORT_LINES);
    SocketChannel raw = channel.raw();

    write(raw, "x".repeat((1 << 20) + 1));

    assertThat(readAll(raw)).contains("a line has more than the 1048576 B that it may");
  }

  @Test
  void numberInUse_isRefused() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    SocketChannel raw = channel.raw();
    String call =
        "{\"command\":\"call\",\"id\":5,\"function\":\"never\",\"input\":1,\"timeoutMillis\":null,\"exclusive\":false}\n";

    write(raw, call + call);

    assertThat(new String(new Lines(raw, 1000).next(), StandardCharsets.UTF_8))
        .contains("the number 5 is another request's still");
  }

  @Test
  void clientThatNeverReads_isNotServedWithoutEnd_andHindersNobody() throws Exception {
    channel.serve(SMALL);
    SocketChannel raw = channel.raw();
    String call =
        "{\"command\":\"call\",\"id\":%d,\"function\":\"repeat\",\"input\":100000,\"timeoutMillis\":null,\"exclusive\":false}\n";

    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 1; i < 1_000_000; i++) {
                  write(raw, call.formatted(i));
                }
              } catch (IOException e) {
                // The test is over.
              }
            });
    writer.start();
    await().atMost(LONG).until(() -> writer.getState() == Thread.State.RUNNABLE);

    assertThat(get(channel.client().status()).network()).isEqualTo("lab");
    raw.close();
    writer.join();
  }

  @Test
  void requestsBeyondTheWindow_waitUntilThereIsRoom() throws Exception {
    channel.serve(SMALL);
    Daemon client = channel.client();
    List<CompletableFuture<Outcome>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(call(client, "held", IntNode.valueOf(i)));
    }
    for (int i = 0; i < 20; i++) {
      int ended = i;
      await().atMost(LONG).until(() -> daemon.waiting.size() > ended);
      daemon.waiting.get(i).complete(new Daemon.Value(IntNode.valueOf(i)));
    }

    for (CompletableFuture<Outcome> call : calls) {
      get(call);
    }
    assertThat(daemon.openMost.get()).isLessThanOrEqualTo(SMALL.requestsMax());
  }

  @Test
  void oneClientTooMany_isRefused_whileTheOthersWait() throws Exception {
    channel.serve(SMALL);
    for (int i = 0; i < SMALL.clientsMax(); i++) {
      call(channel.client(), "never", IntNode.valueOf(1));
    }
    await().atMost(LONG).until(() -> daemon.waiting.size() == SMALL.clientsMax());
    channel.nanos.addAndGet(Duration.ofHours(1).toNanos());

    Daemon late = channel.client();

    assertThatThrownBy(() -> get(late.status()))
        .rootCause()
        .hasMessageContaining("2 commands are talking to this peer");
    assertThat(daemon.waiting).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void clientsWithHalfALine_giveWay() throws Exception {
    channel.serve(SMALL);
    for (int i = 0; i < SMALL.clientsMax(); i++) {
      write(channel.raw(), "{\"command\":");
    }
    Daemon early = channel.client();
    assertThatThrownBy(() -> get(early.status())).rootCause().hasMessageContaining("try again");
    channel.nanos.addAndGet(Duration.ofSeconds(11).toNanos());

    assertThat(get(channel.client().status()).network()).isEqualTo("lab");
  }

  @Test
  void staleSocket_isReplaced_aLiveOneIsNot() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(channel.socket));
    }
    assertThat(channel.socket).exists();
    assertThat(ControlClient.connect(channel.socket)).isEmpty();

    channel.serve(ControlOptions.DEFAULT);

    assertThatThrownBy(() -> ControlServer.start(channel.socket, daemon))
        .hasMessage(
            "another peer answers at %s; stop it, or name another directory with --data"
                .formatted(channel.socket));
    assertThat(get(channel.client().status()).network()).isEqualTo("lab");
  }

  @Test
  void socket_isItsOwnersAlone() throws Exception {
    channel.serve(ControlOptions.DEFAULT);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(channel.socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void pathThatIsTooLong_isSaid() {
    Path far = channel.directory.resolve("x".repeat(120));

    assertThatThrownBy(() -> ControlServer.start(far, daemon))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("and the system allows 107; name a directory with a shorter path")
        .hasMessageContaining("--data");
  }
}
