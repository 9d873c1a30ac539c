package io.minga.node.handlers.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent;
import io.minga.node.handlers.SlotEvent.Ran;
import io.minga.node.task.FunctionName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** What slots said, for tests to look at. */
final class Recorder implements Consumer<SlotEvent> {
  static final Duration LONG = Duration.ofSeconds(30);
  static final Cid BATCH = Cid.raw(Multihash.sha256(Bytes.EMPTY));

  private final List<SlotEvent> events = new ArrayList<>();

  @Override
  public synchronized void accept(SlotEvent event) {
    events.add(event);
  }

  synchronized List<SlotEvent> events() {
    return List.copyOf(events);
  }

  List<Ran> answers(Run run) {
    return events().stream()
        .filter(Ran.class::isInstance)
        .map(Ran.class::cast)
        .filter(it -> it.run() == run)
        .toList();
  }

  /** All outcomes of a task, of which there should be one. */
  List<Outcome> outcomes(Run run, int position) {
    return answers(run).stream()
        .filter(it -> it.from() <= position && position < it.to())
        .map(it -> it.outcome(position))
        .filter(Objects::nonNull)
        .toList();
  }

  Outcome outcome(Run run, int position) {
    if (outcomes(run, position).isEmpty()) { // as awaiting is slow even when it is over
      soon().until(() -> !outcomes(run, position).isEmpty());
    }
    assertThat(outcomes(run, position)).hasSize(1);
    return outcomes(run, position).get(0);
  }

  Outcome.Failure failure(Run run, int position) {
    Outcome outcome = outcome(run, position);
    assertThat(outcome).isInstanceOf(Outcome.Failure.class);
    return (Outcome.Failure) outcome;
  }

  String value(Run run, int position) {
    Outcome outcome = outcome(run, position);
    assertThat(outcome).isInstanceOf(Outcome.Value.class);
    return new String(((Outcome.Value) outcome).bytes().toByteArray(), StandardCharsets.UTF_8);
  }

  /** Waits until the slot is free, and each task has one outcome. */
  void awaitAll(Run run) {
    for (int i = 0; i < run.size(); i++) {
      Outcome unused = outcome(run, i);
    }
    soon().until(() -> answers(run).stream().anyMatch(Ran::slotFree));
    assertThat(answers(run).stream().filter(Ran::slotFree)).hasSize(1);
  }

  /** Waits for what comes soon, however long the machine takes. */
  static ConditionFactory soon() {
    return await().atMost(LONG).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
  }

  static Run run(String function, Duration timeout, String... inputs) {
    int[] indexes = new int[inputs.length];
    byte[][] bytes = new byte[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      indexes[i] = i;
      bytes[i] = inputs[i].getBytes(StandardCharsets.UTF_8);
    }
    return new Run(BATCH, new FunctionName(function), 1, timeout.toNanos(), indexes, bytes);
  }

  static Run run(String function, String... inputs) {
    return run(function, LONG.multipliedBy(10), inputs);
  }

  static byte[] utf8(@Nullable Object text) {
    return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
