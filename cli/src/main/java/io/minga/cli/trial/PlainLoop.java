package io.minga.cli.trial;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.handlers.Call;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.runtime.BuiltIns;
import io.minga.node.task.FunctionName;
import io.minga.node.task.TaskRef;
import io.minga.node.value.Values;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The same work without Minga: reads how many tasks of how many points, does them one after the
 * other, prints how many nanoseconds that took, and so on to the end of its input.
 */
final class PlainLoop {
  static final String FUNCTION = "pi.sample";

  private static final Cid BATCH =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  private PlainLoop() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ", 2);
      System.out.println(nanos(Integer.parseInt(words[0]), Long.parseLong(words[1])));
    }
  }

  /** A task of nobody's. */
  private record Alone(TaskRef task) implements Call {
    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public boolean cancelled() {
      return false;
    }
  }

  private static long nanos(int tasks, long points) throws Exception {
    Handler.Computing handler = (Handler.Computing) BuiltIns.all().get(new FunctionName(FUNCTION));
    if (handler == null) {
      throw new IOException("there is no " + FUNCTION);
    }
    byte[] input = Values.codec(Long.class).encode(points);
    long started = System.nanoTime();
    for (int i = 0; i < tasks; i++) {
      handler.handle(new Alone(new TaskRef(BATCH, i % TaskRef.BATCH_TASKS_MAX)), input);
    }
    return System.nanoTime() - started;
  }
}
