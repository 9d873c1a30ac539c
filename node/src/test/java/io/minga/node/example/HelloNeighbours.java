package io.minga.node.example;

import io.minga.node.Peer;
import io.minga.node.PeerOptions;
import io.minga.node.RemoteFunction;
import java.util.List;
import java.util.stream.LongStream;

/** Two peers: one knows how to do something, the other has it done. */
public final class HelloNeighbours {
  private HelloNeighbours() {}

  public static void main(String[] args) throws Exception {
    String here = "/ip4/127.0.0.1/tcp/0";
    try (Peer alice = Peer.start(PeerOptions.forNetwork("hello").listeningOn(here));
        Peer bob = Peer.start(PeerOptions.forNetwork("hello").listeningOn(here))) {
      bob.register("greet", String.class, String.class, who -> "hello, " + who);
      bob.register("square", Long.class, Long.class, n -> n * n);
      alice.connect(bob.addresses().get(0)).join();

      RemoteFunction<String, String> greet = alice.function("greet", String.class, String.class);
      System.out.println(bob.id() + " says " + greet.call("neighbour").join());

      RemoteFunction<Long, Long> square = alice.function("square", Long.class, Long.class);
      List<Long> numbers = LongStream.rangeClosed(1, 1_000).boxed().toList();
      long sum = square.map(numbers).results().mapToLong(Long::longValue).sum();
      System.out.println("the squares of 1 to 1000 sum up to " + sum);
    }
  }
}
