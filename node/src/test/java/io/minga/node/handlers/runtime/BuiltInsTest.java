package io.minga.node.handlers.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.task.FunctionName;
import io.minga.node.value.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Called as from the command line, with JSON that became values. */
final class BuiltInsTest {
  private final Recorder said = new Recorder();
  private final Functions functions = new Functions(names -> {});
  private final Slots slots = Slots.start(SlotOptions.slots(1), functions, said);

  @BeforeEach
  void offer() {
    functions.registerAll(BuiltIns.all());
  }

  @AfterEach
  void close() {
    slots.close();
  }

  private Run call(String function, String... inputs) {
    byte[][] values = Arrays.stream(inputs).map(Json::toValue).toArray(byte[][]::new);
    int[] indexes = IntStream.range(0, inputs.length).toArray();
    Run run =
        new Run(
            Recorder.BATCH,
            new FunctionName(function),
            1,
            Duration.ofMinutes(5).toNanos(),
            indexes,
            values);
    assertThat(slots.submit(run)).isTrue();
    return run;
  }

  private String json(Run run, int position) throws Exception {
    Outcome outcome = said.outcome(run, position);
    assertThat(outcome).isInstanceOf(Outcome.Value.class);
    return Json.ofValue(((Outcome.Value) outcome).bytes().toByteArray());
  }

  private void assertRefused(Run run, int position, String words) {
    assertThat(said.failure(run, position).kind()).isEqualTo(FailureKind.BAD_INPUT);
    assertThat(said.failure(run, position).message()).contains(words);
  }

  @Test
  void echo_givesBackWhatItGot() throws Exception {
    assertThat(json(call("echo", "{\"a\":[1,\"two\"]}"), 0)).isEqualTo("{\"a\":[1,\"two\"]}");
  }

  @Test
  void hash_isSha256OfTheText() throws Exception {
    assertThat(json(call("hash", "\"abc\""), 0)) // FIPS 180-2, B.1
        .isEqualTo("\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
  }

  @Test
  void piSample_comesNear_andDiffersFromTaskToTask_notFromAttemptToAttempt() throws Exception {
    Run run = call("pi.sample", "200000", "200000");
    Run again = call("pi.sample", "200000", "200000");
    double first = Double.parseDouble(json(run, 0));
    assertThat(first).isBetween(3.1, 3.2);
    assertThat(Double.parseDouble(json(run, 1))).isBetween(3.1, 3.2).isNotEqualTo(first);
    assertThat(Double.parseDouble(json(again, 0))).isEqualTo(first);
  }

  @Test
  void longOnes_areCancelled() {
    Run sleep = call("sleep", "80000000");
    slots.cancel(sleep, 0);
    assertThat(said.failure(sleep, 0).kind()).isEqualTo(FailureKind.CANCELLED);
    Run sample = call("pi.sample", "1000000000000");
    Recorder.soon().until(() -> slots.counts().busy() == 1);
    slots.cancel(sample, 0);
    assertThat(said.failure(sample, 0).kind()).isEqualTo(FailureKind.CANCELLED);
    said.awaitAll(sample);
    assertThat(slots.counts().abandoned()).isZero();
  }

  @Test
  void wrongInputs_areRefused() throws Exception {
    Run sleep = call("sleep", "-1", "86400001", "\"long\"", "null", "1");
    assertRefused(sleep, 0, "sleep takes 0 to 86400000 milliseconds, not -1");
    assertRefused(sleep, 1, "not 86400001");
    assertRefused(sleep, 2, "sleep takes an integer");
    assertRefused(sleep, 3, "sleep takes an integer");
    assertThat(json(sleep, 4)).isEqualTo("1");
    assertRefused(call("pi.sample", "0"), 0, "one point at least");
    assertRefused(call("hash", "[]"), 0, "hash takes a text");
  }
}
