package io.minga.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.minga.cli.control.Daemon.Outcome;
import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The control channel, over real sockets. */
@Timeout(120)
final class ControlTest {
  private static final ControlOptions SHORT_LINES =
      new ControlOptions(32, 1 << 20, 4 << 20, 4096, 64 << 20, Duration.ofSeconds(10));

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ControlOptions SMALL =
      new ControlOptions(2, 1 << 20, 4 << 20, 8, 1 << 20, Duration.ofSeconds(10));

  private final MemoryDaemon daemon = new MemoryDaemon();
  private final AtomicLong nanos = new AtomicLong();
  private final List<AutoCloseable> closeables = new ArrayList<>();

  /** Short, as sockets want it. */
  private Path directory = Path.of("");

  private Path socket = Path.of("");

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("minga");
    socket = directory.resolve("control.sock");
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = closeables.size() - 1; i >= 0; i--) {
      closeables.get(i).close();
    }
    Files.deleteIfExists(socket);
    Files.delete(directory);
  }

  @Test
  void everyQuestion_hasItsAnswer() throws Exception {
    serve(ControlOptions.DEFAULT);
    Daemon client = client();

    assertThat(get(client.status())).isEqualTo(daemon.status().join());
    assertThat(get(client.peers())).isEqualTo(daemon.peers().join());
    assertThat(get(client.tasks(List.of("queued", "done"), 500)))
        .isEqualTo(daemon.tasks(List.of("queued", "done"), 500).join());
    assertThat(get(client.functions())).isEqualTo(daemon.functions().join());
    assertThat(get(client.cancel("bafy1"))).isEqualTo(daemon.cancel("bafy1").join());
    assertThat(get(client.cancelAll())).isEqualTo(1_200L);
    assertThat(get(client.explain("bafy1"))).isEqualTo(daemon.explain("bafy1").join());
    assertThatThrownBy(() -> get(client.explain("bafy2")))
        .rootCause()
        .hasMessage("this peer knows of no task bafy2");
  }

  @Test
  void wayOfACall_comesThrough() throws Exception {
    serve(ControlOptions.DEFAULT);
    Daemon.Way way = new Daemon.Way(OptionalLong.of(5), true);

    Daemon.Outcome told = get(client().call("way", IntNode.valueOf(0), way));

    assertThat(((Daemon.Value) told).value().textValue()).isEqualTo(way.toString());
  }

  @Test
  void everyQuestionAboutDurableJobs_hasItsAnswer() throws Exception {
    serve(ControlOptions.DEFAULT);
    Daemon client = client();

    List<JsonNode> inputs = List.of(IntNode.valueOf(1), IntNode.valueOf(2));
    Daemon.Way way = new Daemon.Way(OptionalLong.of(5), true);
    assertThat(get(client.submit("echo", inputs, way, 1_000))).isEqualTo("echo-2");
    assertThat(get(client.jobs())).isEqualTo(daemon.jobs().join());
    assertThat(get(client.job("job-7", true))).isEqualTo(daemon.job("job-7", true).join());
    List<Daemon.JobEnd> ends = get(client.outcomes("job-7", 256));
    assertThat(ends.get(0)).isEqualTo(daemon.outcomes("job-7", 256).join().get(0));
    assertThat(ends.get(1).failure()).isNotNull();
    assertThat(get(client.journal())).isEqualTo(daemon.journal().join());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "-17",
        "12345678901234567890123",
        "1.50",
        "\"ü \\u0000\"",
        "[[],{}]",
        "{\"a\":[1,2.0,null]}"
      })
  void value_goesAndComesAsItWas(String json) throws Exception {
    serve(ControlOptions.DEFAULT);

    Outcome outcome = get(call(client(), "echo", Json.parse(json)));

    assertThat(Json.text(((Daemon.Value) outcome).value())).isEqualTo(json);
  }

  @Test
  void task_thatFails_isAnOutcome() throws Exception {
    serve(ControlOptions.DEFAULT);
    Daemon client = client();

    assertThat(get(call(client, "fail", IntNode.valueOf(1))))
        .isEqualTo(
            new Daemon.Failed("FAILED", "it broke", "bafy", "12D3KooWMemory", 3, "at io.there"));
    assertThat(get(call(client, "nothing", IntNode.valueOf(1))))
        .isEqualTo(
            new Daemon.Failed("UNKNOWN_FUNCTION", "no peer runs nothing", null, null, 0, ""));
  }

  @Test
  void calls_areAnsweredInWhateverOrder() throws Exception {
    serve(ControlOptions.DEFAULT);
    Daemon client = client();
    CompletableFuture<Outcome> slow = call(client, "held", IntNode.valueOf(1));

    assertThat(get(call(client, "double", IntNode.valueOf(21))))
        .isInstanceOfSatisfying(
            Daemon.Value.class, it -> assertThat(it.value().intValue()).isEqualTo(42));
    assertThat(slow).isNotDone();
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);
    daemon.waiting.get(0).complete(new Daemon.Value(IntNode.valueOf(7)));

    assertThat(get(slow)).isEqualTo(new Daemon.Value(IntNode.valueOf(7)));
  }

  @Test
  void partOfAJob_isToldAsItsCallsEnd() throws Exception {
    serve(ControlOptions.DEFAULT);
    List<Daemon.Ended> came = new CopyOnWriteArrayList<>();

    CompletableFuture<Void> doubled = map(client(), "double", came, 21, 4);
    get(doubled);
    CompletableFuture<Void> held = map(client(), "held", came, 1, 2);
    await().atMost(LONG).until(() -> daemon.waiting.size() == 2);
    daemon.waiting.get(1).complete(new Daemon.Value(IntNode.valueOf(7)));
    await().atMost(LONG).until(() -> came.size() == 3);
    assertThat(held).isNotDone();
    daemon.waiting.get(0).complete(new Daemon.Failed("FAILED", "it broke", null, null, 1, ""));
    get(held);

    assertThat(came)
        .containsOnly(
            new Daemon.Ended(0, value(42), null),
            new Daemon.Ended(1, value(8), null),
            new Daemon.Ended(1, value(7), null),
            new Daemon.Ended(0, null, new Daemon.Failed("FAILED", "it broke", null, null, 1, "")));
  }

  @Test
  void partOfAJob_thatIsCancelled_isCancelledThere() throws Exception {
    serve(ControlOptions.DEFAULT);
    CompletableFuture<Void> part = map(client(), "never", new ArrayList<>(), 1, 2, 3);
    await().atMost(LONG).until(() -> daemon.waiting.size() == 3);

    part.cancel(true);

    await()
        .atMost(LONG)
        .until(() -> daemon.waiting.stream().allMatch(CompletableFuture::isCancelled));
  }

  @Test
  void partsOfAJob_thatNobodyReads_waitForRoom() throws Exception {
    serve(SMALL);
    SocketChannel silent = raw();
    String one = Base64.getEncoder().encodeToString(value(1).toByteArray());
    for (int id = 1; id <= 4; id++) {
      write(
          silent,
          "{\"command\":\"map\",\"id\":%d,\"function\":\"never\",\"inputs\":[%s],\"jobCalls\":16,\"timeoutMillis\":null,\"exclusive\":false}%n"
              .formatted(id, String.join(",", Collections.nCopies(4, '"' + one + '"'))));
    }
    await().atMost(LONG).until(() -> daemon.waiting.size() == 8);

    daemon.waiting.forEach(it -> it.complete(new Daemon.Value(IntNode.valueOf(1))));

    await().atMost(LONG).until(() -> daemon.waiting.size() == 16);
  }

  @Test
  void partOfAJob_thatIsTooLarge_isRefused() throws Exception {
    serve(ControlOptions.DEFAULT);
    int[] many = new int[257];

    assertThatThrownBy(() -> get(map(client(), "echo", new ArrayList<>(), many)))
        .rootCause()
        .hasMessage("1 to 256 calls of a job come in together, not 257");
  }

  private static CompletableFuture<Void> map(
      Daemon client, String function, List<Daemon.Ended> came, int... inputs) {
    List<Bytes> values = Arrays.stream(inputs).mapToObj(ControlTest::value).toList();
    return client.map(function, values, values.size(), Daemon.Way.DEFAULT, came::addAll);
  }

  private static Bytes value(int number) {
    return Bytes.copyOf(io.minga.node.value.Json.toValue(String.valueOf(number)));
  }

  @Test
  void cancelledCall_isCancelledThere() throws Exception {
    serve(ControlOptions.DEFAULT);
    CompletableFuture<Outcome> call = call(client(), "never", IntNode.valueOf(1));
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);

    call.cancel(true);

    await().atMost(LONG).until(() -> daemon.waiting.get(0).isCancelled());
  }

  @Test
  void clientThatGoes_withdrawsItsCalls() throws Exception {
    ControlServer server = serve(ControlOptions.DEFAULT);
    Daemon client = client();
    call(client, "never", IntNode.valueOf(1));
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);

    client.close();

    await().atMost(LONG).until(() -> daemon.waiting.get(0).isCancelled());
    await().atMost(LONG).until(() -> server.clients() == 0);
  }

  @Test
  void serverThatGoes_isToldOf() throws Exception {
    ControlServer server = serve(ControlOptions.DEFAULT);
    CompletableFuture<Outcome> call = call(client(), "never", IntNode.valueOf(1));
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);

    server.close();

    assertThatThrownBy(() -> get(call))
        .hasRootCauseInstanceOf(ControlException.class)
        .hasRootCauseMessage(
            "the peer at %s went away; start it again with minga start".formatted(socket));
    assertThat(socket).doesNotExist();
  }

  @Test
  void defectOfThePeer_isAnAnswer_andTheChannelLives() throws Exception {
    serve(ControlOptions.DEFAULT);
    Daemon client = client();

    assertThatThrownBy(() -> get(call(client, "broken", IntNode.valueOf(1))))
        .hasRootCauseMessage("this is a bug: java.lang.IllegalStateException: a defect");
    assertThat(get(client.status()).network()).isEqualTo("lab");
  }

  @Test
  void resultThatIsTooLong_isRefused_notSent() throws Exception {
    serve(SHORT_LINES);
    Daemon client = client();

    assertThatThrownBy(() -> get(call(client, "repeat", IntNode.valueOf(2 << 20))))
        .rootCause()
        .hasMessageMatching("the answer has \\d+ B, and a command gets at most 1048576");
    assertThat(get(client.status()).network()).isEqualTo("lab");
  }

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
    serve(ControlOptions.DEFAULT);
    SocketChannel raw = raw();

    write(raw, line + "\n");

    assertThat(readAll(raw)).startsWith("{\"answer\":\"refused\",\"id\":0,\"message\":\"a request");
    assertThat(get(client().status()).network()).isEqualTo("lab");
  }

  @Test
  void deepJson_isRefused() throws Exception {
    serve(ControlOptions.DEFAULT);
    SocketChannel raw = raw();

    write(
        raw,
        "{\"command\":\"call\",\"id\":1,\"function\":\"echo\",\"input\":%s}\n"
            .formatted("[".repeat(100_000)));

    assertThat(readAll(raw)).contains("refused");
  }

  @Test
  void endlessLine_isRefused() throws Exception {
    serve(SHORT_LINES);
    SocketChannel raw = raw();

    write(raw, "x".repeat((1 << 20) + 1));

    assertThat(readAll(raw)).contains("a line has more than the 1048576 B that it may");
  }

  @Test
  void numberInUse_isRefused() throws Exception {
    serve(ControlOptions.DEFAULT);
    SocketChannel raw = raw();
    String call =
        "{\"command\":\"call\",\"id\":5,\"function\":\"never\",\"input\":1,\"timeoutMillis\":null,\"exclusive\":false}\n";

    write(raw, call + call);

    assertThat(new String(new Lines(raw, 1000).next(), StandardCharsets.UTF_8))
        .contains("the number 5 is another request's still");
  }

  @Test
  void clientThatNeverReads_isNotServedWithoutEnd_andHindersNobody() throws Exception {
    serve(SMALL);
    SocketChannel raw = raw();
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

    assertThat(get(client().status()).network()).isEqualTo("lab");
    raw.close();
    writer.join();
  }

  @Test
  void requestsBeyondTheWindow_waitUntilThereIsRoom() throws Exception {
    serve(SMALL);
    Daemon client = client();
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
    serve(SMALL);
    for (int i = 0; i < SMALL.clientsMax(); i++) {
      call(client(), "never", IntNode.valueOf(1));
    }
    await().atMost(LONG).until(() -> daemon.waiting.size() == SMALL.clientsMax());
    nanos.addAndGet(Duration.ofHours(1).toNanos());

    Daemon late = client();

    assertThatThrownBy(() -> get(late.status()))
        .rootCause()
        .hasMessageContaining("2 commands are talking to this peer");
    assertThat(daemon.waiting).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void clientsWithHalfALine_giveWay() throws Exception {
    serve(SMALL);
    for (int i = 0; i < SMALL.clientsMax(); i++) {
      write(raw(), "{\"command\":");
    }
    Daemon early = client();
    assertThatThrownBy(() -> get(early.status())).rootCause().hasMessageContaining("try again");
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());

    assertThat(get(client().status()).network()).isEqualTo("lab");
  }

  @Test
  void staleSocket_isReplaced_aLiveOneIsNot() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    assertThat(ControlClient.connect(socket)).isEmpty();

    serve(ControlOptions.DEFAULT);

    assertThatThrownBy(() -> ControlServer.start(socket, daemon))
        .hasMessage(
            "another peer answers at %s; stop it, or name another directory with --data"
                .formatted(socket));
    assertThat(get(client().status()).network()).isEqualTo("lab");
  }

  @Test
  void socket_isItsOwnersAlone() throws Exception {
    serve(ControlOptions.DEFAULT);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void pathThatIsTooLong_isSaid() {
    Path far = directory.resolve("x".repeat(120));

    assertThatThrownBy(() -> ControlServer.start(far, daemon))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("and the system allows 107; name a directory with a shorter path")
        .hasMessageContaining("--data");
  }

  private ControlServer serve(ControlOptions options) throws ControlException {
    ControlServer server = ControlServer.start(socket, daemon, options, nanos::get);
    closeables.add(server);
    return server;
  }

  private Daemon client() throws ControlException {
    Daemon client = ControlClient.connect(socket).orElseThrow();
    closeables.add(client);
    return client;
  }

  private SocketChannel raw() throws IOException {
    SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    closeables.add(raw);
    return raw;
  }

  private static CompletableFuture<Outcome> call(Daemon client, String function, JsonNode input) {
    return client.call(function, input, Daemon.Way.DEFAULT);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new Exception(e.getCause());
    }
  }

  private static void write(SocketChannel to, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** What comes until the other end closes. */
  private static String readAll(SocketChannel from) throws IOException {
    StringBuilder all = new StringBuilder();
    Lines lines = new Lines(from, 1 << 20);
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      all.append(new String(line, StandardCharsets.UTF_8));
    }
    return all.toString();
  }
}
