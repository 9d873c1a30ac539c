package io.minga.cli.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client of the server: a thread that reads its requests and one that writes the answers. The
 * queue between the peer and the writer is bounded by the window of requests.
 */
final class ControlSession {
  private static final int WRITE_BYTES = 64 << 10;

  /** A list takes as much of the window as so many calls. */
  private static final int LIST_WEIGHT = 64;

  /** Wakes the writer. */
  private static final Ready NOTHING = new Ready(ByteBuffer.allocate(0), 0);

  private final SocketChannel channel;
  private final Daemon daemon;
  private final ControlOptions options;
  private final LongSupplier nanos;
  private final Allowance allowance;
  private final Consumer<ControlSession> over;
  private final Window window;

  /** What the peer works at, by the client's number. */
  private final Map<Long, CompletableFuture<?>> running = new ConcurrentHashMap<>();

  private final BlockingQueue<Ready> ready = new LinkedBlockingQueue<>();
  private final AtomicInteger unwritten = new AtomicInteger();
  private final Thread reader = thread(this::read, "minga-control-read");
  private final Thread writer = thread(this::write, "minga-control-write");
  private volatile boolean reading = true;

  /** The reader's. */
  private boolean following;

  private volatile long activeNanos;

  /** Whole answers, and how much of the window they took. */
  private record Ready(ByteBuffer lines, int weight) {}

  ControlSession(
      SocketChannel channel,
      Daemon daemon,
      ControlOptions options,
      LongSupplier nanos,
      Allowance allowance,
      Consumer<ControlSession> over) {
    this.channel = channel;
    this.daemon = daemon;
    this.options = options;
    this.nanos = nanos;
    this.allowance = allowance;
    this.over = over;
    this.window = new Window(options.requestsMax(), options.answerBytes());
    this.activeNanos = nanos.getAsLong();
  }

  void start() {
    reader.start();
    writer.start();
  }

  private static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** How long the client has neither sent a whole line nor read one, if it waits for nothing. */
  long idleNanos() {
    return running.isEmpty() ? nanos.getAsLong() - activeNanos : 0;
  }

  private void read() {
    try (Lines lines = new Lines(channel, options.lineBytesMax(), allowance)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        activeNanos = nanos.getAsLong();
        serve(Json.read(line, Request.class));
      }
    } catch (Lines.TooLongException e) {
      refuse(0, 0, e.getMessage());
    } catch (IllegalArgumentException e) {
      refuse(0, 0, "a request can't be read: " + e.getMessage());
    } catch (IOException e) {
      // It is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      reading = false;
      running.values().forEach(it -> it.cancel(true));
      queue(NOTHING);
    }
  }

  private void serve(Request request) throws InterruptedException {
    if (request instanceof Request.Call call) {
      window.enter(1);
      Daemon.Way way = way(call.timeoutMillis(), call.exclusive());
      answer(
          call.id(),
          1,
          () -> daemon.call(call.function(), call.input(), way),
          outcome -> List.of(ofOutcome(call.id(), outcome)));
    } else if (request instanceof Request.MapPart part) {
      map(part);
    } else if (request instanceof Request.Withdraw withdraw) {
      CompletableFuture<?> call = running.get(withdraw.call());
      if (call != null) {
        call.cancel(true);
      }
    } else if (request instanceof Request.Status) {
      list(request, () -> daemon.status().thenApply(List::of));
    } else if (request instanceof Request.Peers) {
      list(request, daemon::peers);
    } else if (request instanceof Request.Tasks tasks) {
      int max = Math.max(0, Math.min(tasks.max(), Daemon.ROWS_MAX));
      list(request, () -> daemon.tasks(tasks.states(), max));
    } else if (request instanceof Request.Functions) {
      list(request, daemon::functions);
    } else if (request instanceof Request.Cancel cancel) {
      list(request, () -> daemon.cancel(cancel.task()).thenApply(List::of));
    } else if (request instanceof Request.CancelAll) {
      list(request, () -> daemon.cancelAll().thenApply(List::of));
    } else if (request instanceof Request.Explain explain) {
      list(request, () -> daemon.explain(explain.task()).thenApply(List::of));
    } else {
      serveDurable(request);
    }
  }

  private void serveDurable(Request request) throws InterruptedException {
    if (request instanceof Request.Submit it) {
      Daemon.Way way = way(it.timeoutMillis(), it.exclusive());
      list(
          request,
          () ->
              daemon.submit(it.function(), it.inputs(), way, it.keepMillis()).thenApply(List::of));
    } else if (request instanceof Request.Jobs) {
      list(request, daemon::jobs);
    } else if (request instanceof Request.Job it) {
      list(request, () -> daemon.job(it.job(), it.whenDone()).thenApply(List::of));
    } else if (request instanceof Request.Outcomes it) {
      list(request, () -> daemon.outcomes(it.job(), it.from()));
    } else if (request instanceof Request.Journal) {
      list(request, () -> daemon.journal().thenApply(List::of));
    }
  }

  private void map(Request.MapPart request) throws InterruptedException {
    int calls = request.inputs().size();
    if (calls == 0 || calls > Daemon.PART_CALLS_MAX) {
      refuse(
          request.id(),
          0,
          "1 to %d calls of a job come in together, not %d"
              .formatted(Daemon.PART_CALLS_MAX, calls));
      return;
    }
    if (!following) {
      following = true;
      var unused =
          daemon
              .peers()
              .thenAccept(
                  rows -> window.follow(rows.stream().mapToInt(Daemon.PeerRow::slots).sum()));
    }
    window.enter(calls);
    SessionPart part =
        new SessionPart(request.id(), calls, options.lineBytesMax(), window::came, this::queue);
    Daemon.Way way = way(request.timeoutMillis(), request.exclusive());
    answer(
        request.id(),
        part::left,
        () ->
            daemon.map(
                request.function(), part.inputs(request), request.jobCalls(), way, part::came),
        nothing -> List.of(new Answer.End(request.id())));
  }

  private static Daemon.Way way(@Nullable Long timeoutMillis, boolean exclusive) {
    OptionalLong timeout =
        timeoutMillis == null ? OptionalLong.empty() : OptionalLong.of(timeoutMillis);
    return new Daemon.Way(timeout, exclusive);
  }

  /** Asks the peer for something; a peer that throws has answered, too. */
  private interface Question<T> {
    CompletableFuture<T> ask();
  }

  private <T> void list(Request request, Question<List<T>> question) throws InterruptedException {
    int weight = Math.min(LIST_WEIGHT, options.requestsMax());
    window.enter(weight);
    answer(request.id(), weight, question, rows -> ofRows(request.id(), rows));
  }

  private <T> void answer(
      long id, int weight, Question<T> question, Function<T, List<Answer>> answers) {
    answer(id, () -> weight, question, answers);
  }

  /** The same with a weight that is known when the answer is. */
  private <T> void answer(
      long id, IntSupplier weight, Question<T> question, Function<T, List<Answer>> answers) {
    CompletableFuture<T> asked;
    try {
      asked = question.ask();
    } catch (RuntimeException e) {
      refuse(id, weight.getAsInt(), sentence(e));
      return;
    }
    if (running.putIfAbsent(id, asked) != null) {
      asked.cancel(true);
      refuse(id, weight.getAsInt(), "the number %d is another request's still".formatted(id));
      return;
    }
    asked.whenComplete(
        (given, failed) -> {
          running.remove(id, asked);
          if (failed == null) {
            complete(id, weight.getAsInt(), answers.apply(given));
          } else {
            refuse(id, weight.getAsInt(), sentence(failed));
          }
        });
    if (!reading) {
      asked.cancel(true);
    }
  }

  private static Answer ofOutcome(long id, Daemon.Outcome outcome) {
    return outcome instanceof Daemon.Value it
        ? new Answer.Value(id, it.value())
        : new Answer.Failed(id, (Daemon.Failed) outcome);
  }

  private static List<Answer> ofRows(long id, List<?> rows) {
    List<Answer> answers = new ArrayList<>();
    for (Object row : rows.subList(0, Math.min(rows.size(), Daemon.ROWS_MAX))) {
      answers.add(new Answer.Row(id, Json.tree(row)));
    }
    answers.add(new Answer.End(id));
    return answers;
  }

  private void complete(long id, int weight, List<Answer> answers) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (Answer answer : answers) {
      byte[] line = line(answer);
      if (line.length > options.lineBytesMax()) {
        refuse(
            id,
            weight,
            "the answer has %d B, and a command gets at most %d"
                .formatted(line.length, options.lineBytesMax()));
        return;
      }
      lines.writeBytes(line);
    }
    if (weight > 0) {
      window.came(lines.size() / weight);
    }
    queue(ByteBuffer.wrap(lines.toByteArray()), weight);
  }

  private void refuse(long id, int weight, @Nullable String why) {
    queue(ByteBuffer.wrap(line(new Answer.Refused(id, String.valueOf(why)))), weight);
  }

  private static String sentence(Throwable failed) {
    Throwable cause =
        failed instanceof CompletionException && failed.getCause() != null
            ? failed.getCause()
            : failed;
    if (cause instanceof CancellationException) {
      return "the request was withdrawn";
    }
    return cause instanceof ControlException || cause instanceof IllegalArgumentException
        ? String.valueOf(cause.getMessage())
        : "this is a bug: " + cause;
  }

  private void queue(ByteBuffer lines, int weight) {
    queue(new Ready(lines, weight));
  }

  private void queue(Ready item) {
    unwritten.incrementAndGet();
    ready.add(item);
  }

  static byte[] line(Answer answer) {
    byte[] json = Json.bytes(answer);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  private void write() {
    List<Ready> taken = new ArrayList<>();
    try {
      while (channel.isOpen() && (reading || window.open() > 0 || unwritten.get() > 0)) {
        taken.add(ready.take());
        for (int bytes = 0; bytes < WRITE_BYTES && ready.peek() != null; ) {
          Ready next = ready.remove();
          bytes += next.lines().remaining();
          taken.add(next);
        }
        write(taken);
        taken.forEach(
            it -> {
              window.leave(it.weight());
              unwritten.decrementAndGet();
            });
        taken.clear();
      }
    } catch (IOException e) {
      // It is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
      over.accept(this);
    }
  }

  private void write(List<Ready> items) throws IOException {
    int bytes = 0;
    for (Ready item : items) {
      bytes += item.lines().remaining();
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    items.forEach(it -> buffer.put(it.lines().duplicate()));
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
      activeNanos = nanos.getAsLong();
    }
  }

  /** Lets go of the client; what it waits for is cancelled. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone.
    }
    reader.interrupt(); // it may wait for the window
    running.values().forEach(it -> it.cancel(true));
    queue(NOTHING);
  }
}
