package io.minga.examples;

import static java.util.concurrent.CompletableFuture.completedFuture;

import io.minga.node.CallOptions;
import io.minga.node.LocalNetwork;
import io.minga.node.Peer;
import io.minga.node.RemoteFunction;
import java.math.BigInteger;
import java.util.concurrent.CompletionStage;

/**
 * Computes a Fibonacci number by the definition. A call waits for two others without keeping a slot
 * meanwhile, so peers with one slot each never wait for each other in a circle; and equal calls are
 * made once, so there are some hundreds of them, not 2^139.
 */
public final class Fibonacci {
  private Fibonacci() {}

  /** What a peer does for one task: has its two parts computed, wherever that is quickest. */
  static CompletionStage<BigInteger> fib(int n, RemoteFunction<Integer, BigInteger> self) {
    return n < 2
        ? completedFuture(BigInteger.valueOf(n))
        : self.call(n - 1).thenCombine(self.call(n - 2), BigInteger::add);
  }

  /** Has a peer offer it; whoever calls it, itself included, wants equal calls to be made once. */
  static RemoteFunction<Integer, BigInteger> offer(Peer peer) {
    CallOptions once = CallOptions.DEFAULT.withMemoized(true);
    return peer.registerAsync("fib", Integer.class, BigInteger.class, once, Fibonacci::fib);
  }

  public static void main(String[] args) {
    int n = args.length == 0 ? 200 : Integer.parseInt(args[0]);
    try (LocalNetwork network = LocalNetwork.start(4)) {
      network.peers().forEach(Fibonacci::offer);
      RemoteFunction<Integer, BigInteger> fib =
          network.peer(0).function("fib", Integer.class, BigInteger.class).memoized();
      System.out.println("fib(" + n + ") is " + fib.call(n).join());
    }
  }
}
