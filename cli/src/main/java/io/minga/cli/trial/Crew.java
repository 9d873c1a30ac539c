package io.minga.cli.trial;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.node.core.NodeOptions;
import io.minga.node.runtime.KnownLoads;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A peer in this process that only calls, and peers as processes that work for it. */
final class Crew implements AutoCloseable {
  private static final long GATHER_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = 10_000_000;

  private final String network = "trial-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
  private final Path directory;
  private final PeerRuntime caller;
  private final List<PeerProcess> peers = new ArrayList<>();
  private final Thread hook = new Thread(this::end, "minga-trial-end");

  private Crew(Path directory) throws HostException {
    this.directory = directory;
    HostOptions host =
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    this.caller = PeerRuntime.start(NodeOptions.of(network, 0), host, DiscoverySettings.defaults());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** A caller without anybody to call. */
  static Crew start() throws IOException, TrialException {
    try {
      return new Crew(Files.createTempDirectory("minga-trial-"));
    } catch (HostException e) {
      throw new TrialException(String.valueOf(e.getMessage()));
    }
  }

  /** Has one more start, with so many slots and other arguments. */
  PeerProcess add(int slots, String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--network",
                network,
                "--slots",
                String.valueOf(slots),
                "--bootstrap",
                caller.addresses().get(0).toString(),
                "--data",
                directory.resolve("peer" + peers.size()).toString()));
    all.addAll(List.of(arguments));
    PeerProcess peer = PeerProcess.launch(all.toArray(String[]::new));
    peers.add(peer);
    return peer;
  }

  /** Waits until the caller has heard that all offer the function. */
  void awaitAll(FunctionName function) throws InterruptedException, TrialException {
    List<PeerId> missing = new ArrayList<>();
    for (PeerProcess peer : peers) {
      missing.add(peer.id());
    }
    long deadline = System.nanoTime() + GATHER_NANOS;
    while (!missing.isEmpty()) {
      for (KnownLoads.Load load : caller.loads().all()) {
        if (load.report().functions().stream().anyMatch(it -> it.function().equals(function))) {
          missing.remove(load.peer());
        }
      }
      if (System.nanoTime() - deadline > 0) {
        throw new TrialException("%d peers were never heard of".formatted(missing.size()));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  PeerRuntime caller() {
    return caller;
  }

  /** Where files for the trial may be. */
  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    end();
    caller.close();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running already, and does the same.
    }
  }

  private synchronized void end() {
    peers.forEach(PeerProcess::close);
    try (Stream<Path> files = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
      List<Path> deepestFirst = files.sorted((a, b) -> b.compareTo(a)).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // The system clears its temporary files.
    }
  }
}
