package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Lines;
import io.minga.cli.control.Window;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.value.Codec;
import io.minga.node.value.Json;
import io.minga.node.value.Values;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A file's lines as a job on its way: one thread reads lines and hands them out by parts, as far
 * ahead as the window allows, and the one that runs this prints the results in order. A reader of
 * the results that is slow slows the job down, too.
 */
final class Mapping {
  private static final int LINE_BYTES_MAX = 64 << 20;

  /** How much of inputs goes out together. */
  private static final int PART_BYTES = 256 << 10;

  /** How many calls a job is said to have while nobody knows. */
  private static final long CALLS_GUESS = 4096;

  private static final Codec<String> TEXT = Values.codec(String.class);

  private final Daemon daemon;
  private final String function;
  private final TaskOptions task;
  private final OptionalLong total;
  private final MapOutput output;
  private final Window window;
  private final Progress progress;

  /** What is printed next, in order; bounded by the window. */
  private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

  private final Set<MapPart> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean cancelled;

  // The reader's.
  private List<Bytes> values = new ArrayList<>();
  private List<Long> numbers = new ArrayList<>();
  private long valueBytes;
  private long handedOut;

  /** Told how far it is. */
  interface Progress {
    void update(long done, long failed);
  }

  /** What follows in the order of the file. */
  private sealed interface Entry {}

  private record Part(MapPart calls) implements Entry {}

  private record Ended(Optional<Failure> why) implements Entry {}

  /**
   * The job of calling {@code function}.
   *
   * @param total how many lines there are, if that is known
   */
  Mapping(
      Daemon daemon,
      String function,
      TaskOptions task,
      OptionalLong total,
      MapOutput output,
      Window window,
      Progress progress) {
    this.daemon = daemon;
    this.function = function;
    this.task = task;
    this.total = total;
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
      cancel();
    }
  }

  /** Ends what is on its way; for any thread. */
  void cancel() {
    cancelled = true;
    open.forEach(MapPart::cancel);
  }

  /** How many tasks have ended. */
  long done() {
    return done.get();
  }

  // The reader.

  private Optional<Failure> read(InputStream in) {
    Lines lines = new Lines(Channels.newChannel(in), LINE_BYTES_MAX);
    long number = 0;
    try {
      for (byte @Nullable [] line = lines.next(); line != null; line = lines.next()) {
        number++;
        String text = new String(line, StandardCharsets.UTF_8);
        if (task.isText() || !isEmpty(line)) {
          byte[] value = task.isText() ? TEXT.encode(text) : Json.toValue(text);
          if (valueBytes + value.length > PART_BYTES) {
            handOut(); // what is large goes alone, and fails alone
          }
          add(number, value);
        }
        if (isFull() || !lines.isReady()) { // what comes next may take its time
          handOut();
        }
      }
      handOut();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return failure(
          number,
          "it is no JSON: %s; --text takes lines as they are",
          String.valueOf(e.getMessage()).replaceFirst("^no JSON: ", ""));
    } catch (IOException e) {
      return failure(number + 1, "%s", e.getMessage());
    } catch (InterruptedException e) {
      return Optional.of(new Failure("interrupted"));
    }
  }

  /** Whether a line of JSON has nothing on it, and is no task. */
  static boolean isEmpty(byte[] line) {
    for (byte each : line) {
      if (!isSpace(each)) {
        return false;
      }
    }
    return true;
  }

  static boolean isSpace(byte each) {
    return each == ' ' || each == '\t' || each == '\r';
  }

  /** The reading ends here, with what was read before. */
  private Optional<Failure> failure(long line, String words, @Nullable String why) {
    try {
      handOut();
    } catch (InterruptedException e) {
      return Optional.of(new Failure("interrupted"));
    }
    return Optional.of(new Failure("line %d: %s".formatted(line, words.formatted(why))));
  }

  private void add(long number, byte[] value) {
    numbers.add(number);
    values.add(Bytes.copyOf(value));
    valueBytes += value.length;
  }

  private boolean isFull() {
    return values.size() == Daemon.PART_CALLS_MAX || valueBytes >= PART_BYTES;
  }

  private void handOut() throws InterruptedException {
    if (values.isEmpty()) {
      return;
    }
    window.enter(values.size());
    handedOut += values.size();
    MapPart part = new MapPart(numbers, this::came, open::remove);
    open.add(part);
    entries.add(new Part(part));
    part.start(
        () ->
            daemon.map(
                function,
                values,
                total.orElse(Math.max(CALLS_GUESS, handedOut)),
                task.way(),
                part::came));
    if (cancelled) {
      part.cancel();
    }
    values = new ArrayList<>();
    numbers = new ArrayList<>();
    valueBytes = 0;
  }

  private void came(List<Daemon.Ended> ended) {
    long failures = 0;
    for (Daemon.Ended each : ended) {
      Bytes value = each.value();
      window.came(value == null ? 0 : value.length());
      failures += value == null ? 1 : 0;
    }
    progress.update(done.addAndGet(ended.size()), failed.addAndGet(failures));
  }

  // The printer.

  private long print() throws Failure, InterruptedException {
    while (true) {
      Entry entry = entries.poll();
      if (entry == null) {
        flush();
        entry = entries.take();
      }
      if (entry instanceof Part part) {
        print(part.calls());
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

  private void print(MapPart calls) throws Failure, InterruptedException {
    for (int i = 0; i < calls.size(); i++) {
      if (!calls.hasEnded(i)) {
        flush();
      }
      Daemon.Ended ended;
      try {
        ended = calls.take(i);
      } catch (Failure e) {
        output.end();
        throw e;
      }
      output.result(calls.line(i), ended);
      window.leave(1);
    }
  }

  private void flush() throws Failure {
    if (!output.flush()) {
      throw new Failure("nobody reads the results any more");
    }
  }
}
