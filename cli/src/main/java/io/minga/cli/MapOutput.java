package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Table;
import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Results of tasks as lines, in order. For one thread. */
final class MapOutput {
  private static final int BUFFER_BYTES = 64 << 10;

  /** How many failures are told one by one. */
  private static final int TOLD_MAX = 10;

  private final PrintStream out;
  private final PrintStream err;
  private final String function;
  private final TaskOptions task;
  private final boolean json;
  private long failed;

  MapOutput(Surroundings around, String function, TaskOptions task, boolean json) {
    this.out =
        new PrintStream(
            new BufferedOutputStream(around.out(), BUFFER_BYTES), false, StandardCharsets.UTF_8);
    this.err = around.err();
    this.function = function;
    this.task = task;
    this.json = json;
  }

  /** The result of the task of the {@code line}-th line, from 1. */
  void result(long line, Daemon.Outcome outcome) {
    if (outcome instanceof Daemon.Value value) {
      JsonNode result = value.value();
      out.println(json ? object(line, "value", result) : task.shown(result));
      return;
    }
    Daemon.Failed failure = (Daemon.Failed) outcome;
    out.println(json ? object(line, "failed", failure) : "null");
    failed++;
    if (failed <= TOLD_MAX) {
      Minga.say(err, "line %d: %s".formatted(line, TaskOptions.sentence(function, failure)));
    }
  }

  private static String object(long line, String name, Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("line", line);
    object.put(name, value);
    return Json.text(object);
  }

  /** Hands on what was printed. Whether somebody still reads it. */
  boolean flush() {
    return !out.checkError();
  }

  /** Prints the last of it, and how many tasks failed. */
  long end() {
    out.flush();
    if (failed > TOLD_MAX) {
      Minga.say(err, "%s tasks failed in all".formatted(Table.count(failed)));
    }
    return failed;
  }
}
