package io.minga.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Daemon.Outcome;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A control channel over a real socket, the daemon behind it, and those who speak to it. */
final class ControlChannel implements BeforeEachCallback, AfterEachCallback {
  static final Duration LONG = Duration.ofSeconds(30);

  static final ControlOptions SHORT_LINES =
      new ControlOptions(32, 1 << 20, 4 << 20, 4096, 64 << 20, Duration.ofSeconds(10));

  static final ControlOptions SMALL =
      new ControlOptions(2, 1 << 20, 4 << 20, 8, 1 << 20, Duration.ofSeconds(10));

  final MemoryDaemon daemon = new MemoryDaemon();

  /** What clients' time is told by. */
  final AtomicLong nanos = new AtomicLong();

  /** Short, as sockets want it. */
  Path directory = Path.of("");

  Path socket = Path.of("");
  private final List<AutoCloseable> closeables = new ArrayList<>();

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("minga");
    socket = directory.resolve("control.sock");
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (int i = closeables.size() - 1; i >= 0; i--) {
      closeables.get(i).close();
    }
    Files.deleteIfExists(socket);
    Files.delete(directory);
  }

  ControlServer serve(ControlOptions options) throws ControlException {
    ControlServer server = ControlServer.start(socket, daemon, options, nanos::get);
    closeables.add(server);
    return server;
  }

  Daemon client() throws ControlException {
    Daemon client = ControlClient.connect(socket).orElseThrow();
    closeables.add(client);
    return client;
  }

  SocketChannel raw() throws IOException {
    SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    closeables.add(raw);
    return raw;
  }

  static CompletableFuture<Outcome> call(Daemon client, String function, JsonNode input) {
    return client.call(function, input, Daemon.Way.DEFAULT);
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new Exception(e.getCause());
    }
  }

  static void write(SocketChannel to, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  /** What comes until the other end closes. */
  static String readAll(SocketChannel from) throws IOException {
    StringBuilder all = new StringBuilder();
    Lines lines = new Lines(from, 1 << 20);
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      all.append(new String(line, StandardCharsets.UTF_8));
    }
    return all.toString();
  }
}
