package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Table;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.value.Codec;
import io.minga.node.value.Values;
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

  /** The major type of a text (RFC 8949, 3.1). */
  private static final int CBOR_TEXT = 3;

  private static final Codec<String> TEXT = Values.codec(String.class);

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

  /** How the task of the {@code line}-th line, from 1, ended. */
  void result(long line, Daemon.Ended ended) {
    Bytes value = ended.value();
    if (value != null) {
      try {
        String shown = shown(value.toByteArray());
        out.println(json ? "{\"line\":%d,\"value\":%s}".formatted(line, shown) : shown);
        return;
      } catch (WireException e) {
        failed(
            line,
            new Daemon.Failed(
                "BAD_RESULT", "the result can't be shown: " + e.getMessage(), null, null, 1, ""));
        return;
      }
    }
    Daemon.Failed failure = ended.failure();
    if (failure == null) {
      throw new IllegalArgumentException("neither a result nor a failure");
    }
    failed(line, failure);
  }

  /** A result on one line, unless it is a text with several. */
  private String shown(byte[] value) throws WireException {
    boolean isText = value.length > 0 && (value[0] & 0xff) >> 5 == CBOR_TEXT;
    return isText && task.isText() && !json
        ? TEXT.decode(value)
        : io.minga.node.value.Json.ofValue(value);
  }

  private void failed(long line, Daemon.Failed failure) {
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
