package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Handler;
import io.minga.node.task.FunctionName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** Slots under test, which leave nothing behind. */
abstract class SlotsFixture {
  static final Duration SHORT = Duration.ofMillis(50);

  final Recorder said = new Recorder();
  final Functions functions = new Functions(names -> {});
  final CountDownLatch released = new CountDownLatch(1);
  final List<Slots> started = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() {
    released.countDown();
    started.forEach(Slots::close);
    Recorder.soon().until(() -> threads() == 0);
  }

  static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(it -> it.getName().startsWith("minga-slot"))
        .count();
  }

  Slots start(SlotOptions options) {
    Slots slots = Slots.start(options, functions, said);
    started.add(slots);
    return slots;
  }

  Slots start(int slots) {
    return start(SlotOptions.slots(slots));
  }

  void offer(String name, Handler.Computing handler) {
    functions.register(new FunctionName(name), handler);
  }

  void offerAsync(String name, Handler.Asynchronous handler) {
    functions.register(new FunctionName(name), handler);
  }

  /** Waits whatever happens: the handler that ignores its interruption. */
  void ignoreInterruptions() {
    boolean waiting = true;
    while (waiting) {
      try {
        released.await();
        waiting = false;
      } catch (InterruptedException ignored) {
        // that is the point
      }
    }
  }

  static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  static String[] inputs(int count) {
    return IntStream.range(0, count).mapToObj(i -> "in" + i).toArray(String[]::new);
  }
}
