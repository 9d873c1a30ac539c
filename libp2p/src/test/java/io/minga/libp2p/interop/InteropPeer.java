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
import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.limits.ScopeLimits;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Our host as a process that speaks the contract of interop/README.md. */
final class InteropPeer {
  private static final int COMMAND_MINUTES_MAX = 5;
  private static final int IDENTIFY_SECONDS_MAX = 5;

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
            .withSecurities(List.of(security))
            .withLimits(manyStreamsOfOneProtocol());
    try (Host host = NettyHost.start(options)) {
      new InteropPeer(host).serve();
    }
  }

  /** The default limits, but that a peer may use all its inbound streams for one protocol. */
  private static HostLimits manyStreamsOfOneProtocol() {
    HostLimits limits = HostLimits.DEFAULT;
    ScopeLimits peer = limits.peer();
    return new HostLimits(
        limits.system(),
        limits.pending(),
        peer,
        new ScopeLimits(0, 0, peer.streams(), peer.streamsInbound(), peer.memoryBytes()),
        limits.handshakeTimeout(),
        limits.negotiationTimeout());
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
      perform(command, answer)
          .orTimeout(COMMAND_MINUTES_MAX, TimeUnit.MINUTES)
          .whenComplete((ok, failure) -> answer(answer, failure));
    }
  }

  private void answer(ObjectNode answer, @Nullable Throwable failure) {
    answer.put("ok", failure == null);
    if (failure != null) {
      answer.put("error", String.valueOf(cause(failure)));
    }
    say(answer);
  }

  /** What went wrong, without the wrapping of the stages in between. */
  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private void say(ObjectNode line) {
    synchronized (this) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private CompletableFuture<Void> perform(JsonNode command, ObjectNode answer) {
    try {
      return switch (command.path("cmd").asText()) {
        case "connect" ->
            host.connect(Multiaddr.parse(command.path("addr").asText())).thenAccept(c -> {});
        case "disconnect" -> disconnect(peer(command));
        case "connected" -> connected(answer);
        case "identify" -> identify(peer(command), answer);
        case "ping" -> ping(peer(command), command.path("count").asInt(), answer);
        case "echo" -> echo(command, answer);
        case "parallel" -> parallel(command, answer);
        case "halfclose" ->
            run(
                    command,
                    InteropStreams.HALF_CLOSE,
                    streams.new HalfCloseInitiator(command.path("seed").asLong()))
                .thenAccept(matches -> answer.put("matches", matches));
        case "reset" ->
            run(command, InteropStreams.RESET, streams.new ResetInitiator())
                .thenAccept(reset -> answer.put("reset", reset));
        case "abort" -> run(command, InteropStreams.ECHO, streams.new OneByteInitiator(false));
        case "hold" -> run(command, InteropStreams.ECHO, streams.new OneByteInitiator(true));
        case "unsupported" -> unsupported(peer(command), answer);
        case "stats" -> stats(answer);
        default -> throw new IllegalArgumentException("unknown command " + command.path("cmd"));
      };
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> disconnect(PeerId peer) {
    return CompletableFuture.allOf(
        host.connections(peer).stream()
            .map(Connection::close)
            .toArray(CompletableFuture<?>[]::new));
  }

  private CompletableFuture<Void> connected(ObjectNode answer) {
    answer.putArray("peers");
    host.connections().stream()
        .map(connection -> connection.peer().toString())
        .distinct()
        .forEach(answer.withArray("peers")::add);
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> identify(PeerId peer, ObjectNode answer) {
    return host.connections(peer).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not connected to " + peer))
        .identified()
        .orTimeout(IDENTIFY_SECONDS_MAX, TimeUnit.SECONDS)
        .thenAccept(identified -> identify(identified, answer));
  }

  private static void identify(IdentifiedPeer identified, ObjectNode answer) {
    answer.put("agent", identified.agentVersion());
    answer.put("protocolVersion", identified.protocolVersion());
    identified.protocols().forEach(answer.withArray("protocols")::add);
    identified.addresses().forEach(a -> answer.withArray("listenAddrs").add(a.toString()));
    Multiaddr observed = identified.observedAddress();
    answer.put("observedAddr", observed == null ? null : observed.toString());
  }

  private CompletableFuture<Void> ping(PeerId peer, int count, ObjectNode answer) {
    if (count == 0) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Duration> ping = host.ping(peer);
    return ping.thenCompose(
        rtt -> {
          answer.withArray("rttsMicros").add(rtt.toNanos() / 1_000);
          return ping(peer, count - 1, answer);
        });
  }

  private CompletableFuture<Void> echo(JsonNode command, ObjectNode answer) {
    return echo(command, 0)
        .thenAccept(
            echo ->
                answer
                    .put("bytesReceived", echo.bytesReceived())
                    .put("sha256Sent", echo.sha256Sent())
                    .put("sha256Received", echo.sha256Received()));
  }

  private CompletableFuture<InteropStreams.Echo> echo(JsonNode command, int index) {
    long bytes = command.path("bytes").asLong();
    long seed = command.path("seed").asLong() + index;
    return run(command, InteropStreams.ECHO, streams.new EchoInitiator(bytes, seed));
  }

  private CompletableFuture<Void> parallel(JsonNode command, ObjectNode answer) {
    List<CompletableFuture<Boolean>> echoes = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < command.path("streams").asInt(); i++) {
      echoes.add(
          echo(command, i)
              .handle(
                  (echo, failure) -> {
                    if (failure != null) {
                      synchronized (failures) {
                        failures.add(String.valueOf(cause(failure)));
                      }
                    }
                    return echo != null && echo.matches();
                  }));
    }
    return CompletableFuture.allOf(echoes.toArray(CompletableFuture<?>[]::new))
        .thenAccept(
            all -> {
              answer.put("matching", echoes.stream().filter(CompletableFuture::join).count());
              if (!failures.isEmpty()) {
                answer.put("failures", String.join("; ", failures));
              }
            });
  }

  private CompletableFuture<Void> unsupported(PeerId peer, ObjectNode answer) {
    return host.newStream(
            peer,
            List.of("/minga/interop/nobody/1.0.0"),
            stream -> {
              throw new IllegalStateException("nobody speaks this protocol");
            })
        .handle(
            (stream, failure) -> {
              boolean refused =
                  cause(failure) instanceof HostException e
                      && e.kind() == HostException.Kind.PROTOCOL_UNSUPPORTED;
              answer.put("refused", refused);
              return null;
            });
  }

  private CompletableFuture<Void> stats(ObjectNode answer) {
    answer
        .put("resetsSeen", streams.resetsSeen.get())
        .put("openStreams", streams.openStreams.get())
        .put("heldEnded", streams.heldEnded.get());
    return CompletableFuture.completedFuture(null);
  }

  /** Opens a stream for {@code initiator} and gives what comes of it. */
  private <T> CompletableFuture<T> run(
      JsonNode command, String protocol, InteropStreams.Initiator<T> initiator) {
    CompletableFuture<Stream> opened =
        host.newStream(
            peer(command),
            List.of(protocol),
            stream -> {
              initiator.begin(stream);
              return initiator;
            });
    opened.whenComplete(
        (stream, failure) -> {
          if (failure != null && initiator.result.completeExceptionally(failure)) {
            streams.openStreams.decrementAndGet();
          }
        });
    return initiator.result;
  }

  private static PeerId peer(JsonNode command) {
    return PeerId.parse(command.path("peer").asText());
  }
}
