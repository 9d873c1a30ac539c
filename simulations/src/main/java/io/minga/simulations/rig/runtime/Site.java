package io.minga.simulations.rig.runtime;

import io.minga.node.handlers.HandlerProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import rig.handlers.RigHandlers;

/** A few peers that work together, on which faults are tried one after the other. */
final class Site implements AutoCloseable {
  /** How many tasks each peer runs at once. */
  static final int SLOTS = 2;

  private static final String NETWORK = "rig";

  private final Place place;
  private final Path directory;
  private final List<RigPeer> peers = new ArrayList<>();
  private final Optional<Relay> relay;
  private final AtomicLong tasks = new AtomicLong();

  /** Peers that are not started yet. */
  Site(Place place, int count, long seed) throws IOException {
    this.place = place;
    this.directory = Files.createTempDirectory("rig-");
    this.relay = place.cables().isPresent() ? Optional.of(new Relay(seed)) : Optional.empty();
    Files.createDirectory(directory.resolve("jars"));
    writeHandlers(directory.resolve("jars/rig.jar"));
    for (int i = 0; i < count; i++) {
      String endpoint =
          relay.isPresent()
              ? "/ip4/%s/tcp/%d".formatted(Cables.address(i), Cables.PORT)
              : "/ip4/127.0.0.1/tcp/" + freePort();
      peers.add(new RigPeer(i, directory.resolve("p" + i), endpoint));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void writeHandlers(Path jar) throws IOException {
    String name = RigHandlers.class.getName();
    String file = name.replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream code = RigHandlers.class.getResourceAsStream("/" + file)) {
      if (code == null) {
        throw new IOException(file + " is not where this program is");
      }
      out.putNextEntry(new JarEntry("META-INF/services/" + HandlerProvider.class.getName()));
      out.write(name.getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry(file));
      code.transferTo(out);
    }
  }

  Place place() {
    return place;
  }

  List<RigPeer> peers() {
    return peers;
  }

  Optional<Relay> relay() {
    return relay;
  }

  /** How many tasks there were so far; counts on. */
  AtomicLong tasks() {
    return tasks;
  }

  /** Starts a peer. */
  void start(RigPeer peer) throws IOException {
    List<String> command = new ArrayList<>();
    if (relay.isPresent()) {
      command.addAll(List.of(Cables.at(peer.index())));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx192m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-Drig.log=" + peer.log()));
    command.addAll(place.minga());
    command.addAll(
        List.of("start", "--json", "--while-stdin", "--no-mdns", "--network", NETWORK, "--slots"));
    command.add(String.valueOf(SLOTS));
    command.addAll(List.of("--data", peer.data().toString()));
    command.addAll(List.of("--handlers", directory.resolve("jars").toString()));
    command.addAll(List.of("--allow-command", "rig.flood[output=1m,time=10s]=/usr/bin/yes"));
    String address = peer.address();
    command.addAll(List.of("--listen", address.substring(0, address.indexOf("/p2p/"))));
    for (RigPeer other : peers) {
      if (other != peer) {
        command.addAll(List.of("--bootstrap", other.address()));
      }
    }
    peer.start(command);
  }

  /** Starts those that don't run, and waits until each is up and connected with all others. */
  boolean bringUp(long deadlineNanos) throws IOException, InterruptedException {
    for (RigPeer peer : peers) {
      if (!peer.isAlive()) {
        start(peer);
      }
    }
    for (RigPeer peer : peers) {
      if (!peer.awaitUp(deadlineNanos)) {
        return false;
      }
    }
    return awaitWhole(deadlineNanos);
  }

  /** Waits until all are connected with all. */
  boolean awaitWhole(long deadlineNanos) throws InterruptedException {
    return Course.await(
        deadlineNanos, () -> peers.stream().allMatch(peer -> peer.connected() == peers.size() - 1));
  }

  @Override
  public void close() {
    try {
      for (RigPeer peer : peers) {
        peer.kill();
      }
      if (place.cables().isPresent()) {
        place.cables().get().mendAll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the processes end with this one
    }
    relay.ifPresent(Relay::close);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // The system clears its temporary files.
    }
  }
}
