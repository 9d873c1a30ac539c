package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Handler;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent.Ran;
import io.minga.node.task.FunctionName;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/** Measures what a no-op costs in one slot, in runs of several sizes, against calling it. */
final class SlotGauge {
  private static final int IN_FLIGHT = 8;
  private static final int TASKS = 8_000_000;

  private SlotGauge() {}

  public static void main(String[] arguments) throws InterruptedException {
    byte[] result = {1};
    Handler.Computing handler = (call, input) -> result;
    Functions functions = new Functions(names -> {});
    functions.register(new FunctionName("no-op"), handler);
    Semaphore free = new Semaphore(IN_FLIGHT);
    SlotOptions options = SlotOptions.slots(1);
    SlotOptions wide =
        new SlotOptions(
            1,
            IN_FLIGHT,
            options.parkedMax(),
            options.abandonedMax(),
            options.resultBytesMax(),
            options.flush(),
            options.grace());
    try (Slots slots =
        Slots.start(
            wide,
            functions,
            event -> {
              if (event instanceof Ran ran && ran.slotFree()) {
                free.release();
              }
            })) {
      for (int round = 0; round < 5; round++) {
        for (int size : new int[] {1, 8, 64}) {
          int tasks = size == 1 ? TASKS / 8 : TASKS;
          long nanos = measure(slots, free, size, tasks);
          System.out.printf(
              Locale.ROOT, "runs of %2d: %.0f ns a task%n", size, (double) nanos / tasks);
        }
      }
    }
  }

  private static long measure(Slots slots, Semaphore free, int size, int tasks)
      throws InterruptedException {
    int[] indexes = new int[size];
    byte[][] inputs = new byte[size][0];
    FunctionName name = new FunctionName("no-op");
    long start = System.nanoTime();
    for (int i = 0; i < tasks / size; i++) {
      free.acquire();
      if (!slots.submit(new Run(Recorder.BATCH, name, 1, 60_000_000_000L, indexes, inputs))) {
        throw new IllegalStateException("the queue was full");
      }
    }
    free.acquire(IN_FLIGHT);
    free.release(IN_FLIGHT);
    return System.nanoTime() - start;
  }
}
