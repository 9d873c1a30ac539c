package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.control.Lines;
import io.minga.cli.control.Window;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a file on their way: one thread reads lines and calls, as far ahead as the window
 * allows, and the one that runs this prints the results in order. A reader of the results that is
 * slow slows the calls down, too.
 */
final class Mapping {
  private static final int LINE_BYTES_MAX = 64 << 20;

  private final Daemon daemon;
  private final String function;
  private final TaskOptions task;
  private final MapOutput output;
  private final Window window;
  private final Progress progress;

  /** What is printed next, in order; bounded by the window. */
  private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

  private final AtomicLong done = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /** Told how far it is. */
  interface Progress {
    void update(long done, long failed);
  }

  /** What follows in the order of the file. */
  private sealed interface Entry {}

  private record Called(long line, CompletableFuture<Daemon.Outcome> outcome) implements Entry {}

  private record Ended(Optional<Failure> why) implements Entry {}

  Mapping(
      Daemon daemon,
      String function,
      TaskOptions task,
      MapOutput output,
      Window window,
      Progress progress) {
    this.daemon = daemon;
    this.function = function;
    this.task = task;
    this.output = output;
    this.window = window;
    this.progress = progress;
  }

  /** Runs the tasks that {@code in} has; how many failed. */
  long run(InputStream in) throws Failure {
    Thread reader = new Thread(() -> entries.add(new Ended(read(in))), "minga-map");
    reader.setDaemon(true);
    reader.start();
    try {
      return print();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    } finally {
      reader.interrupt();
    }
  }

  private Optional<Failure> read(InputStream in) {
    Lines lines = new Lines(Channels.newChannel(in), LINE_BYTES_MAX);
    long number = 0;
    try {
      for (byte @Nullable [] line = lines.next(); line != null; line = lines.next()) {
        number++;
        String text = new String(line, StandardCharsets.UTF_8);
        if (text.endsWith("\r")) {
          text = text.substring(0, text.length() - 1);
        }
        if (!text.isEmpty()) {
          JsonNode argument = task.isText() ? TextNode.valueOf(text) : Json.parse(text);
          window.enter(1);
          call(number, argument);
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return failure(number, "it is no JSON: %s; --text takes lines as they are", e.getMessage());
    } catch (IOException e) {
      return failure(number + 1, "%s", e.getMessage());
    } catch (InterruptedException e) {
      return Optional.of(new Failure("interrupted"));
    }
  }

  private static Optional<Failure> failure(long line, String words, @Nullable String why) {
    return Optional.of(new Failure("line %d: %s".formatted(line, words.formatted(why))));
  }

  private void call(long line, JsonNode argument) {
    CompletableFuture<Daemon.Outcome> outcome;
    try {
      outcome = daemon.call(function, argument, task.timeoutMillis());
    } catch (IllegalArgumentException e) {
      outcome = CompletableFuture.failedFuture(e); // too large, perhaps
    }
    outcome.whenComplete(
        (given, failure) -> {
          window.came(given instanceof Daemon.Value it ? it.value().toString().length() : 0);
          long failures = given instanceof Daemon.Value ? failed.get() : failed.incrementAndGet();
          progress.update(done.incrementAndGet(), failures);
        });
    entries.add(new Called(line, outcome));
  }

  private long print() throws Failure, InterruptedException {
    while (true) {
      Entry entry = entries.poll();
      if (entry == null || (entry instanceof Called next && !next.outcome().isDone())) {
        if (!output.flush()) {
          throw new Failure("nobody reads the results any more");
        }
      }
      if (entry == null) {
        entry = entries.take();
      }
      if (entry instanceof Called called) {
        output.result(called.line(), outcome(called));
        window.leave(1);
      } else {
        long failures = output.end();
        Optional<Failure> why = ((Ended) entry).why();
        if (why.isPresent()) {
          throw why.get();
        }
        return failures;
      }
    }
  }

  private Daemon.Outcome outcome(Called called) throws Failure {
    try {
      return Asking.get(called.outcome());
    } catch (Failure e) {
      output.end();
      throw e;
    }
  }
}
