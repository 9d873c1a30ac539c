package io.minga.libp2p.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.minga.libp2p.Connection;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.Stream;
import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Our host as a process that speaks the control contract of {@code interop/README.md}. */
final class InteropPeer {
  private final ObjectMapper json = new ObjectMapper();
  private final InteropStreams streams = new InteropStreams();
  private final Host host;

  private InteropPeer(Host host) {
    this.host = host;
    streams.register(host);
  }

  public static void main(String[] args) throws IOException {
    String listen = "/ip4/127.0.0.1/tcp/0";
    Security security = Security.NOISE;
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--listen" -> listen = args[i + 1];
        case "--security" -> security = args[i + 1].equals("tls") ? Security.TLS : Security.NOISE;
        case "--muxer" -> {}
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    HostOptions options =
        HostOptions.defaults()
            .withListen(List.of(Multiaddr.parse(listen)))
            .withSecurities(List.of(security));
    try (Host host = NettyHost.start(options)) {
      new InteropPeer(host).serve();
    }
  }

  private void serve() throws IOException {
    ObjectNode ready = json.createObjectNode().put("event", "ready");
    ready.put("id", host.peerId().toString());
    host.listenAddresses()
        .forEach(address -> ready.withArray("addrs").add(address + "/p2p/" + host.peerId()));
    say(ready);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      JsonNode command = json.readTree(line);
      ObjectNode answer = json.createObjectNode();
      answer.set("id", command.get("id"));
      CompletableFuture<Void> done;
      try {
        done = perform(command, answer);
      } catch (IllegalArgumentException e) {
        done = CompletableFuture.failedFuture(e);
      }
      done.whenComplete((ok, failure) -> answer(answer, failure));
    }
  }

  private void answer(ObjectNode answer, Throwable failure) {
    answer.put("ok", failure == null);
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      answer.put("error", String.valueOf(cause));
    }
    say(answer);
  }

  private void say(ObjectNode line) {
    synchronized (this) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private CompletableFuture<Void> perform(JsonNode command, ObjectNode answer) {
    return switch (command.path("cmd").asText()) {
      case "connect" ->
          host.connect(Multiaddr.parse(command.path("addr").asText())).thenAccept(c -> {});
      case "disconnect" ->
          CompletableFuture.allOf(
              host.connections(peer(command)).stream()
                  .map(Connection::close)
                  .toArray(CompletableFuture<?>[]::new));
      case "connected" -> connected(answer);
      case "identify" ->
          connection(command)
              .identified()
              .orTimeout(5, TimeUnit.SECONDS)
              .thenAccept(identified -> identify(identified, answer));
      case "ping" -> ping(command, answer, command.path("count").asInt());
      case "echo" ->
          echo(command, command.path("bytes").asLong(), command.path("seed").asLong())
              .thenAccept(
                  echo ->
                      answer
                          .put("bytesReceived", echo.bytesReceived())
                          .put("sha256Sent", echo.sha256Sent())
                          .put("sha256Received", echo.sha256Received()));
      case "parallel" -> parallel(command, answer);
      case "halfclose" -> halfClose(command, answer);
      case "reset" -> reset(command, answer);
      case "abort" -> oneByte(command, false);
      case "hold" -> oneByte(command, true);
      case "stats" -> stats(answer);
      case "unsupported" -> unsupported(command, answer);
      default -> throw new IllegalArgumentException("unknown command " + command.path("cmd"));
    };
  }

  private CompletableFuture<Void> connected(ObjectNode answer) {
    Set<String> peers = new LinkedHashSet<>();
    host.connections().forEach(connection -> peers.add(connection.peer().toString()));
    peers.forEach(answer.withArray("peers")::add);
    return CompletableFuture.completedFuture(null);
  }

  private static void identify(IdentifiedPeer identified, ObjectNode answer) {
    answer.put("agent", identified.agentVersion());
    answer.put("protocolVersion", identified.protocolVersion());
    identified.protocols().forEach(answer.withArray("protocols")::add);
    identified.addresses().forEach(a -> answer.withArray("listenAddrs").add(a.toString()));
    answer.put("observedAddr", String.valueOf(identified.observedAddress()));
  }

  private CompletableFuture<Void> ping(JsonNode command, ObjectNode answer, int count) {
    if (count == 0) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Duration> ping = host.ping(peer(command));
    return ping.thenCompose(
        rtt -> {
          answer.withArray("rttsMicros").add(rtt.toNanos() / 1_000);
          return ping(command, answer, count - 1);
        });
  }

  private CompletableFuture<InteropStreams.Echo> echo(JsonNode command, long bytes, long seed) {
    InteropStreams.EchoInitiator echo = streams.new EchoInitiator(bytes, seed);
    return open(command, InteropStreams.ECHO, echo)
        .thenCompose(
            stream -> {
              echo.start(stream);
              return echo.result;
            });
  }

  private CompletableFuture<Void> parallel(JsonNode command, ObjectNode answer) {
    List<CompletableFuture<InteropStreams.Echo>> echoes = new ArrayList<>();
    for (int i = 0; i < command.path("streams").asInt(); i++) {
      echoes.add(echo(command, command.path("bytes").asLong(), command.path("seed").asLong() + i));
    }
    return CompletableFuture.allOf(echoes.toArray(CompletableFuture<?>[]::new))
        .thenAccept(
            all ->
                answer.put(
                    "matching", echoes.stream().filter(echo -> echo.join().matches()).count()));
  }

  private CompletableFuture<Void> halfClose(JsonNode command, ObjectNode answer) {
    InteropStreams.HalfCloseInitiator initiator = streams.new HalfCloseInitiator();
    return open(command, InteropStreams.HALF_CLOSE, initiator)
        .thenCompose(
            stream -> {
              initiator.start(stream);
              return initiator.matches;
            })
        .thenAccept(matches -> answer.put("matches", matches));
  }

  private CompletableFuture<Void> reset(JsonNode command, ObjectNode answer) {
    InteropStreams.ResetInitiator initiator = streams.new ResetInitiator();
    return open(command, InteropStreams.RESET, initiator)
        .thenCompose(
            stream -> {
              initiator.start(stream);
              return initiator.reset;
            })
        .thenAccept(reset -> answer.put("reset", reset));
  }

  private CompletableFuture<Void> oneByte(JsonNode command, boolean hold) {
    InteropStreams.OneByteInitiator initiator = streams.new OneByteInitiator(hold);
    return open(command, InteropStreams.ECHO, initiator)
        .thenCompose(
            stream -> {
              initiator.start(stream);
              return initiator.back;
            });
  }

  private CompletableFuture<Void> stats(ObjectNode answer) {
    answer
        .put("resetsSeen", streams.resetsSeen.get())
        .put("openStreams", streams.openStreams.get())
        .put("heldEnded", streams.heldEnded.get());
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> unsupported(JsonNode command, ObjectNode answer) {
    return host.newStream(
            peer(command),
            List.of("/minga/interop/nobody/1.0.0"),
            stream -> {
              throw new IllegalStateException("nobody speaks this protocol");
            })
        .handle(
            (stream, failure) -> {
              answer.put(
                  "refused",
                  failure instanceof HostException e
                      && e.kind() == HostException.Kind.PROTOCOL_UNSUPPORTED);
              return null;
            });
  }

  private CompletableFuture<Stream> open(
      JsonNode command, String protocol, InteropStreams.Counted handler) {
    CompletableFuture<Stream> opened =
        host.newStream(peer(command), List.of(protocol), stream -> handler);
    opened.whenComplete(
        (stream, failure) -> {
          if (failure != null) {
            streams.openStreams.decrementAndGet();
          }
        });
    return opened;
  }

  private Connection connection(JsonNode command) {
    return host.connections(peer(command)).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not connected to " + command));
  }

  private static PeerId peer(JsonNode command) {
    return PeerId.parse(command.path("peer").asText());
  }
}
