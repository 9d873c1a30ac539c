package io.minga.libp2p.example;

import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.Stream;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Two hosts that shake hands: one asks, the other answers. */
public final class HelloHosts {
  private static final String HELLO = "/hello/1.0.0";

  private HelloHosts() {}

  public static void main(String[] args) throws Exception {
    HostOptions listening =
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    try (Host alice = NettyHost.start(listening);
        Host bob = NettyHost.start(HostOptions.defaults())) {
      alice.handle(HELLO, s -> Frames.reading(1024, Frames::write)); // what comes goes back

      bob.connect(alice.peerId(), alice.listenAddresses()).join();
      CompletableFuture<String> echo = new CompletableFuture<>();
      Stream stream =
          bob.newStream(
                  alice.peerId(),
                  List.of(HELLO),
                  s ->
                      Frames.reading(
                          1024,
                          (same, frame) ->
                              echo.complete(StandardCharsets.UTF_8.decode(frame).toString())))
              .join();
      Frames.write(stream, StandardCharsets.UTF_8.encode("hello, neighbour"));
      System.out.println(alice.peerId() + " says " + echo.join());
      System.out.println(
          "a ping takes " + bob.ping(alice.peerId()).join().toNanos() / 1000 + " µs");
    }
  }
}
