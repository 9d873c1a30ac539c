package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.minga.cli.control.Daemon;
import io.minga.node.handlers.HandlerProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer as a process, with handlers that nobody would wish for. */
@Timeout(300)
final class HandlersTest {
  private static final String PROVIDER =
      """
      import io.minga.node.handlers.*;
      import java.util.*;
      public class Provider implements HandlerProvider {
        static byte[] exit(Call call, byte[] in) {
          System.exit(3);
          return in;
        }
        static byte[] hoard(Call call, byte[] in) {
          List<byte[]> all = new ArrayList<>();
          while (true) all.add(new byte[1 << 20]);
        }
        static byte[] leave(Call call, byte[] in) {
          Thread thread = new Thread(() -> {
            while (true) java.util.concurrent.locks.LockSupport.park();
          });
          thread.setDaemon(false);
          thread.start();
          return in;
        }
        public Map<String, Handler> handlers() {
          return Map.of(
              "exit", (Handler.Computing) Provider::exit,
              "hoard", (Handler.Computing) Provider::hoard,
              "leave", (Handler.Computing) Provider::leave);
        }
      }
      """;

  /**
   * With {@code -Dhoards=20} it hoards so often while others call, which some peers don't survive.
   */
  private static final int HOARDS = Integer.getInteger("hoards", 1);

  private final Path directory;

  HandlersTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path handlers() throws IOException {
    Path classes = Files.createDirectory(directory.resolve("classes"));
    Path source = Files.writeString(classes.resolve("Provider.java"), PROVIDER);
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString(),
                    source.toString()))
        .isZero();
    Path jars = Files.createDirectory(directory.resolve("jars"));
    try (JarOutputStream out =
            new JarOutputStream(Files.newOutputStream(jars.resolve("handlers.jar")));
        Stream<Path> files = Files.list(classes)) {
      out.putNextEntry(new JarEntry("META-INF/services/" + HandlerProvider.class.getName()));
      out.write("Provider\n".getBytes(StandardCharsets.UTF_8));
      for (Path file : files.filter(it -> it.toString().endsWith(".class")).toList()) {
        out.putNextEntry(new JarEntry(String.valueOf(file.getFileName())));
        out.write(Files.readAllBytes(file));
      }
    }
    return jars;
  }

  @Test
  void handlersThatExit_hoard_orLeaveThreads_dontEndThePeer() throws Exception {
    Path data = Files.createTempDirectory("minga"); // short, for the socket
    try (MingaProcess peer =
        MingaProcess.start(
            List.of("-Xmx96m"),
            "start",
            "--json",
            "--no-mdns",
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
            "--data",
            data.toString(),
            "--handlers",
            handlers().toString())) {
      assertThat(peer.awaitEvent("started").path("functions").toString()).contains("hoard");
      try (Daemon daemon = new RealPeers().running(data).orElseThrow()) {
        assertThat(failure(daemon, "exit"))
            .isEqualTo(
                "the handler called System.exit(3), which would end this peer; a handler returns"
                    + " or throws");
        Thread others = HOARDS > 1 ? callsMeanwhile(data) : new Thread(() -> {});
        for (int i = 0; i < HOARDS; i++) {
          assertThat(failure(daemon, "hoard")).startsWith("java.lang.OutOfMemoryError");
        }
        others.interrupt();
        others.join();
        assertThat(call(daemon, "leave")).isInstanceOf(Daemon.Value.class);
        assertThat(call(daemon, "echo")).isEqualTo(new Daemon.Value(IntNode.valueOf(1)));
      }
      peer.terminate();
      assertThat(peer.exitCode()).isZero();
    }
  }

  /** Has the peer work for others until it is interrupted; what comes of that is their affair. */
  private static Thread callsMeanwhile(Path data) {
    Thread others =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                try (Daemon daemon = new RealPeers().running(data).orElseThrow()) {
                  while (!Thread.currentThread().isInterrupted()) {
                    daemon.call("echo", IntNode.valueOf(2), Daemon.Way.DEFAULT).get();
                  }
                } catch (InterruptedException e) {
                  return;
                } catch (Exception e) {
                  Thread.onSpinWait(); // and again: a client may suffer, the peer may not
                }
              }
            });
    others.start();
    return others;
  }

  private static Daemon.Outcome call(Daemon daemon, String function) throws Failure {
    return Asking.get(daemon.call(function, IntNode.valueOf(1), Daemon.Way.DEFAULT));
  }

  private static String failure(Daemon daemon, String function) throws Failure {
    Daemon.Outcome outcome = call(daemon, function);
    assertThat(outcome).isInstanceOf(Daemon.Failed.class);
    return ((Daemon.Failed) outcome).message();
  }
}
