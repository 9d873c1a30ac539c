package io.minga.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The peer at the other end of a control socket. Closing it withdraws what has no answer yet. */
public final class ControlClient implements Daemon {
  private final Path path;
  private final SocketChannel channel;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final Object writing = new Object();
  private volatile boolean closed;
  private volatile String lost;

  /** A request without a whole answer. */
  private static final class Pending {
    final List<JsonNode> rows = new ArrayList<>();
    final CompletableFuture<List<JsonNode>> list = new CompletableFuture<>();
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Consumer<List<Ended>> came = ended -> {};

    void fail(String why) {
      ControlException exception = new ControlException(why);
      list.completeExceptionally(exception);
      outcome.completeExceptionally(exception);
    }
  }

  private ControlClient(Path path, SocketChannel channel) {
    this.path = path;
    this.channel = channel;
    this.lost = "the peer at %s went away; start it again with minga start".formatted(path);
  }

  /**
   * The peer that listens at the socket {@code path}; empty if none does.
   *
   * @throws ControlException if there may be one that can't be reached
   */
  public static Optional<ControlClient> connect(Path path) throws ControlException {
    Optional<SocketChannel> channel = ControlSocket.connect(path);
    if (channel.isEmpty()) {
      return Optional.empty();
    }
    ControlClient client = new ControlClient(path, channel.get());
    Thread thread = new Thread(client::read, "minga-control-client");
    thread.setDaemon(true);
    thread.start();
    return Optional.of(client);
  }

  private void read() {
    Lines lines = new Lines(channel, ControlOptions.DEFAULT.lineBytesMax());
    try {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        take(Json.read(line, Answer.class));
      }
    } catch (IllegalArgumentException e) {
      lost = "what answers at %s is not this version of minga: %s".formatted(path, e.getMessage());
    } catch (IOException e) {
      // It is gone.
    } finally {
      closed = true;
      pending.values().forEach(it -> it.fail(lost));
      pending.clear();
    }
  }

  private void take(Answer answer) {
    if (answer.id() == 0 && answer instanceof Answer.Refused all) {
      lost = all.message();
      return;
    }
    Pending request =
        answer instanceof Answer.Row || answer instanceof Answer.Ended
            ? pending.get(answer.id())
            : pending.remove(answer.id());
    if (request == null) {
      return; // withdrawn
    }
    if (answer instanceof Answer.Row it) {
      request.rows.add(it.row());
    } else if (answer instanceof Answer.Ended it) {
      request.came.accept(it.calls().stream().map(Answer.Call::toEnded).toList());
    } else if (answer instanceof Answer.End) {
      request.list.complete(request.rows);
    } else if (answer instanceof Answer.Value it) {
      request.outcome.complete(new Value(it.value()));
    } else if (answer instanceof Answer.Failed it) {
      request.outcome.complete(it.failure());
    } else if (answer instanceof Answer.Refused it) {
      request.fail(it.message());
    }
  }

  private Pending ask(long id, Request request) {
    return ask(id, request, new Pending());
  }

  private Pending ask(long id, Request request, Pending asked) {
    pending.put(id, asked);
    try {
      send(request);
    } catch (IOException e) {
      // The reader learns why, and tells all that wait.
    }
    if (closed) {
      asked.fail(lost);
    }
    return asked;
  }

  private void send(Request request) throws IOException {
    byte[] json = Json.bytes(request);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    if (json.length > ControlOptions.DEFAULT.lineBytesMax()) {
      throw new IllegalArgumentException(
          "the input has %d B, and a command may give at most %d"
              .formatted(json.length, ControlOptions.DEFAULT.lineBytesMax()));
    }
    ByteBuffer buffer = ByteBuffer.wrap(line);
    synchronized (writing) {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  @Override
  public CompletableFuture<Outcome> call(String function, JsonNode input, Way way) {
    long id = ids.incrementAndGet();
    return withdrawing(
        id,
        ask(id, new Request.Call(id, function, input, millis(way.timeoutMillis()), way.exclusive()))
            .outcome);
  }

  @Override
  public CompletableFuture<Void> map(
      String function, List<Bytes> inputs, long jobCalls, Way way, Consumer<List<Ended>> came) {
    long id = ids.incrementAndGet();
    Pending part = new Pending();
    part.came = came;
    List<String> values =
        inputs.stream().map(it -> Base64.getEncoder().encodeToString(it.toByteArray())).toList();
    Request request =
        new Request.MapPart(
            id, function, values, jobCalls, millis(way.timeoutMillis()), way.exclusive());
    return withdrawing(id, ask(id, request, part).list.thenAccept(rows -> {}));
  }

  private static @Nullable Long millis(OptionalLong span) {
    return span.isPresent() ? (Long) span.getAsLong() : null;
  }

  /** The same future, which withdraws its request when it is cancelled. */
  private <T> CompletableFuture<T> withdrawing(long id, CompletableFuture<T> asked) {
    asked.whenComplete(
        (given, failed) -> {
          if (asked.isCancelled() && pending.remove(id) != null) {
            withdraw(id);
          }
        });
    return asked;
  }

  private void withdraw(long call) {
    try {
      send(new Request.Withdraw(ids.incrementAndGet(), call));
    } catch (IOException e) {
      // The peer is gone, and so is the call.
    }
  }

  private <T> CompletableFuture<List<T>> list(LongFunction<Request> request, Class<T> type) {
    long id = ids.incrementAndGet();
    return ask(id, request.apply(id))
        .list
        .thenApply(rows -> rows.stream().map(it -> Json.read(it, type)).toList());
  }

  private <T> CompletableFuture<T> one(LongFunction<Request> request, Class<T> type) {
    return list(request, type).thenApply(it -> it.get(0));
  }

  @Override
  public CompletableFuture<Status> status() {
    return one(Request.Status::new, Status.class);
  }

  @Override
  public CompletableFuture<List<PeerRow>> peers() {
    return list(Request.Peers::new, PeerRow.class);
  }

  @Override
  public CompletableFuture<List<TaskRow>> tasks(List<String> states, int max) {
    return list(id -> new Request.Tasks(id, states, max), TaskRow.class);
  }

  @Override
  public CompletableFuture<List<FunctionRow>> functions() {
    return list(Request.Functions::new, FunctionRow.class);
  }

  @Override
  public CompletableFuture<TaskRow> cancel(String name) {
    return one(id -> new Request.Cancel(id, name), TaskRow.class);
  }

  @Override
  public CompletableFuture<Long> cancelAll() {
    return one(Request.CancelAll::new, Long.class);
  }

  @Override
  public CompletableFuture<String> submit(
      String function, List<JsonNode> inputs, Way way, long keepMillis) {
    return one(
        id ->
            new Request.Submit(
                id, function, inputs, millis(way.timeoutMillis()), way.exclusive(), keepMillis),
        String.class);
  }

  @Override
  public CompletableFuture<List<JobRow>> jobs() {
    return list(Request.Jobs::new, JobRow.class);
  }

  @Override
  public CompletableFuture<JobRow> job(String name, boolean whenDone) {
    return one(id -> new Request.Job(id, name, whenDone), JobRow.class);
  }

  @Override
  public CompletableFuture<List<JobEnd>> outcomes(String name, long from) {
    return list(id -> new Request.Outcomes(id, name, from), JobEnd.class);
  }

  @Override
  public CompletableFuture<JournalRow> journal() {
    return one(Request.Journal::new, JournalRow.class);
  }

  @Override
  public CompletableFuture<Story> explain(String name) {
    return one(id -> new Request.Explain(id, name), Story.class);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone.
    }
  }
}
