package io.minga.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A peer in memory. It offers {@code echo}; {@code double} of a number; {@code repeat}, a text of
 * so many letters; {@code fail}; {@code never}, which has no end; {@code held}, which ends when it
 * is released.
 */
public final class MemoryDaemon implements Daemon {
  private static final String ID = "12D3KooWMemory";

  /** The futures of {@code never} and {@code held}. */
  public final List<CompletableFuture<Outcome>> waiting = new CopyOnWriteArrayList<>();

  /** How many of these were open at once. */
  public final AtomicInteger openMost = new AtomicInteger();

  @Override
  public CompletableFuture<Outcome> call(String function, JsonNode input, Way way) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    switch (function) {
      case "echo" -> outcome.complete(new Value(input));
      case "double" ->
          outcome.complete(
              new Value(DecimalNode.valueOf(input.decimalValue().add(input.decimalValue()))));
      case "repeat" -> outcome.complete(new Value(TextNode.valueOf("x".repeat(input.intValue()))));
      case "fail" ->
          outcome.complete(new Failed("FAILED", "it broke", "bafy", ID, 3, "at io.there"));
      case "never", "held" -> {
        waiting.add(outcome);
        long open = waiting.stream().filter(it -> !it.isDone()).count();
        openMost.accumulateAndGet((int) open, Math::max);
      }
      case "way" -> outcome.complete(new Value(TextNode.valueOf(way.toString())));
      case "broken" -> throw new IllegalStateException("a defect");
      default ->
          outcome.complete(
              new Failed("UNKNOWN_FUNCTION", "no peer runs " + function, null, null, 0, ""));
    }
    return outcome;
  }

  @Override
  public CompletableFuture<Void> map(
      String function, List<Bytes> inputs, long jobCalls, Way way, Consumer<List<Ended>> came) {
    List<CompletableFuture<Outcome>> calls = new ArrayList<>();
    List<CompletableFuture<Void>> told = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      int index = i;
      CompletableFuture<Outcome> call = call(function, json(inputs.get(i)), way);
      calls.add(call);
      told.add(call.thenAccept(outcome -> came.accept(List.of(ended(index, outcome)))));
    }
    CompletableFuture<Void> all = CompletableFuture.allOf(told.toArray(CompletableFuture[]::new));
    all.whenComplete(
        (nothing, thrown) -> {
          if (all.isCancelled()) {
            calls.forEach(it -> it.cancel(true));
          }
        });
    return all;
  }

  private static JsonNode json(Bytes value) {
    try {
      return Json.parse(io.minga.node.value.Json.ofValue(value.toByteArray()));
    } catch (WireException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Ended ended(int index, Outcome outcome) {
    return outcome instanceof Value it
        ? new Ended(
            index, Bytes.copyOf(io.minga.node.value.Json.toValue(it.value().toString())), null)
        : new Ended(index, null, (Failed) outcome);
  }

  @Override
  public CompletableFuture<String> submit(
      String function, List<JsonNode> inputs, Way way, long keepMillis) {
    return CompletableFuture.completedFuture(function + "-" + inputs.size());
  }

  @Override
  public CompletableFuture<List<JobRow>> jobs() {
    return CompletableFuture.completedFuture(List.of(job("job-1")));
  }

  private static JobRow job(String name) {
    return new JobRow(name, "echo", "done", 2, 2, 1, 0, 2, 5, 6, "12D3KooWPeer", true);
  }

  @Override
  public CompletableFuture<JobRow> job(String name, boolean whenDone) {
    return CompletableFuture.completedFuture(job(name));
  }

  @Override
  public CompletableFuture<List<JobEnd>> outcomes(String name, long from) {
    return CompletableFuture.completedFuture(
        List.of(
            new JobEnd(from, TextNode.valueOf("well"), null),
            new JobEnd(from + 1, null, new Failed("FAILED", "it broke", null, null, 0, ""))));
  }

  @Override
  public CompletableFuture<JournalRow> journal() {
    return CompletableFuture.completedFuture(new JournalRow(1, 0, 3, 4, 5));
  }

  @Override
  public CompletableFuture<Status> status() {
    return CompletableFuture.completedFuture(
        new Status(
            ID,
            "lab",
            List.of("/ip4/127.0.0.1/tcp/4001/p2p/" + ID),
            61_000,
            2,
            4,
            3,
            1200,
            2_000,
            5,
            1_000_000,
            90_000,
            7,
            List.of(new KeptOff(ID, "fib", 4_000))));
  }

  @Override
  public CompletableFuture<List<PeerRow>> peers() {
    return CompletableFuture.completedFuture(
        List.of(
            new PeerRow(ID, true, "connected", 4, 1200, 90_000, 22_500, 77, List.of()),
            new PeerRow(
                "12D3KooWOther", false, "silent", 16, 3, 100, 6, 8, List.of("gpu", "large"))));
  }

  private static TaskRow task(int number, String state) {
    return new TaskRow(
        "bafy" + number,
        "bafybatch/" + number,
        "echo",
        state,
        number == 0 ? null : number == 2 ? "12D3KooWOtherMemory" : ID,
        number == 0 ? 0 : 1,
        number == 2 ? "12D3KooWOtherMemory" : ID,
        10L * number,
        state.equals("done") ? 4L : null);
  }

  @Override
  public CompletableFuture<List<TaskRow>> tasks(List<String> states, int max) {
    List<TaskRow> rows = new ArrayList<>();
    for (int i = 0; i < max; i++) {
      rows.add(task(i, states.isEmpty() ? "queued" : states.get(i % states.size())));
    }
    return CompletableFuture.completedFuture(rows);
  }

  @Override
  public CompletableFuture<List<FunctionRow>> functions() {
    return CompletableFuture.completedFuture(
        List.of(
            new FunctionRow("echo", 2, true, 0.0125), new FunctionRow("sleep", 1, false, 1500)));
  }

  /** Only bafy1 is open and came in here, bafy3 is over. */
  @Override
  public CompletableFuture<TaskRow> cancel(String name) {
    return switch (name) {
      case "bafy1" -> CompletableFuture.completedFuture(task(1, "running"));
      case "bafy3" -> CompletableFuture.completedFuture(task(3, "done"));
      default -> unknown(name);
    };
  }

  private static <T> CompletableFuture<T> unknown(String name) {
    return CompletableFuture.failedFuture(
        new ControlException("this peer knows of no task " + name));
  }

  @Override
  public CompletableFuture<Long> cancelAll() {
    return CompletableFuture.completedFuture(1_200L);
  }

  @Override
  public CompletableFuture<Story> explain(String name) {
    return name.equals("bafy1")
        ? CompletableFuture.completedFuture(
            new Story(
                task(1, "running"),
                List.of(
                    new Event("2026-01-01T00:00:00Z", 0, "came-in", null, 0, ""),
                    new Event(
                        "2026-01-01T00:00:01.5Z",
                        1_500.25,
                        "handed-out",
                        "12D3KooWOtherMemory",
                        1,
                        "nobody else can run it now"),
                    new Event("2026-01-01T00:00:02Z", 2_000, "a-later-versions", ID, 0, ""))))
        : unknown(name);
  }

  @Override
  public void close() {}
}
