package io.minga.cli.control;

import static io.minga.cli.control.ControlChannel.LONG;
import static io.minga.cli.control.ControlChannel.SHORT_LINES;
import static io.minga.cli.control.ControlChannel.SMALL;
import static io.minga.cli.control.ControlChannel.call;
import static io.minga.cli.control.ControlChannel.get;
import static io.minga.cli.control.ControlChannel.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.minga.cli.control.Daemon.Outcome;
import io.minga.libp2p.wire.Bytes;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands ask a peer over its control channel, and what they are answered. */
@Timeout(120)
final class ControlTest {
  @RegisterExtension private final ControlChannel channel = new ControlChannel();
  private final MemoryDaemon daemon = channel.daemon;

  @Test
  void everyQuestion_hasItsAnswer() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    Daemon client = channel.client();

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
    channel.serve(ControlOptions.DEFAULT);
    Daemon.Way way = new Daemon.Way(OptionalLong.of(5), true);

    Daemon.Outcome told = get(channel.client().call("way", IntNode.valueOf(0), way));

    assertThat(((Daemon.Value) told).value().textValue()).isEqualTo(way.toString());
  }

  @Test
  void everyQuestionAboutDurableJobs_hasItsAnswer() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    Daemon client = channel.client();

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
    channel.serve(ControlOptions.DEFAULT);

    Outcome outcome = get(call(channel.client(), "echo", Json.parse(json)));

    assertThat(Json.text(((Daemon.Value) outcome).value())).isEqualTo(json);
  }

  @Test
  void task_thatFails_isAnOutcome() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    Daemon client = channel.client();

    assertThat(get(call(client, "fail", IntNode.valueOf(1))))
        .isEqualTo(
            new Daemon.Failed("FAILED", "it broke", "bafy", "12D3KooWMemory", 3, "at io.there"));
    assertThat(get(call(client, "nothing", IntNode.valueOf(1))))
        .isEqualTo(
            new Daemon.Failed("UNKNOWN_FUNCTION", "no peer runs nothing", null, null, 0, ""));
  }

  @Test
  void calls_areAnsweredInWhateverOrder() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    Daemon client = channel.client();
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
    channel.serve(ControlOptions.DEFAULT);
    List<Daemon.Ended> came = new CopyOnWriteArrayList<>();

    CompletableFuture<Void> doubled = map(channel.client(), "double", came, 21, 4);
    get(doubled);
    CompletableFuture<Void> held = map(channel.client(), "held", came, 1, 2);
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
    channel.serve(ControlOptions.DEFAULT);
    CompletableFuture<Void> part = map(channel.client(), "never", new ArrayList<>(), 1, 2, 3);
    await().atMost(LONG).until(() -> daemon.waiting.size() == 3);

    part.cancel(true);

    await()
        .atMost(LONG)
        .until(() -> daemon.waiting.stream().allMatch(CompletableFuture::isCancelled));
  }

  @Test
  void partsOfAJob_thatNobodyReads_waitForRoom() throws Exception {
    channel.serve(SMALL);
    SocketChannel silent = channel.raw();
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
    channel.serve(ControlOptions.DEFAULT);
    int[] many = new int[257];

    assertThatThrownBy(() -> get(map(channel.client(), "echo", new ArrayList<>(), many)))
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
    channel.serve(ControlOptions.DEFAULT);
    CompletableFuture<Outcome> call = call(channel.client(), "never", IntNode.valueOf(1));
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);

    call.cancel(true);

    await().atMost(LONG).until(() -> daemon.waiting.get(0).isCancelled());
  }

  @Test
  void clientThatGoes_withdrawsItsCalls() throws Exception {
    ControlServer server = channel.serve(ControlOptions.DEFAULT);
    Daemon client = channel.client();
    call(client, "never", IntNode.valueOf(1));
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);

    client.close();

    await().atMost(LONG).until(() -> daemon.waiting.get(0).isCancelled());
    await().atMost(LONG).until(() -> server.clients() == 0);
  }

  @Test
  void serverThatGoes_isToldOf() throws Exception {
    ControlServer server = channel.serve(ControlOptions.DEFAULT);
    CompletableFuture<Outcome> call = call(channel.client(), "never", IntNode.valueOf(1));
    await().atMost(LONG).until(() -> daemon.waiting.size() == 1);

    server.close();

    assertThatThrownBy(() -> get(call))
        .hasRootCauseInstanceOf(ControlException.class)
        .hasRootCauseMessage(
            "the peer at %s went away; start it again with minga start".formatted(channel.socket));
    assertThat(channel.socket).doesNotExist();
  }

  @Test
  void defectOfThePeer_isAnAnswer_andTheChannelLives() throws Exception {
    channel.serve(ControlOptions.DEFAULT);
    Daemon client = channel.client();

    assertThatThrownBy(() -> get(call(client, "broken", IntNode.valueOf(1))))
        .hasRootCauseMessage("this is a bug: java.lang.IllegalStateException: a defect");
    assertThat(get(client.status()).network()).isEqualTo("lab");
  }

  @Test
  void resultThatIsTooLong_isRefused_notSent() throws Exception {
    channel.serve(SHORT_LINES);
    Daemon client = channel.client();

    assertThatThrownBy(() -> get(call(client, "repeat", IntNode.valueOf(2 << 20))))
        .rootCause()
        .hasMessageMatching("the answer has \\d+ B, and a command gets at most 1048576");
    assertThat(get(client.status()).network()).isEqualTo("lab");
  }
}
