package io.minga.node.example;

import static io.minga.node.AsyncTaskFunction.completed;

import io.minga.node.Peer;
import io.minga.node.PeerOptions;
import io.minga.node.RemoteFunction;
import java.math.BigInteger;
import java.util.Collections;
import java.util.SplittableRandom;

/** A job, and a function that calls itself. */
public final class PiAndFib {
  private PiAndFib() {}

  /** π from so many random points in a square. */
  static final class Pi {
    private Pi() {}

    static double sample(long points) {
      SplittableRandom random = new SplittableRandom();
      long inside = 0;
      for (long i = 0; i < points; i++) {
        double x = random.nextDouble();
        double y = random.nextDouble();
        inside += x * x + y * y < 1 ? 1 : 0;
      }
      return 4.0 * inside / points;
    }
  }

  public static void main(String[] args) throws Exception {
    try (Peer peer = Peer.start(PeerOptions.forNetwork("lab").listeningOn())) {
      RemoteFunction<Long, Double> sample =
          peer.register("pi.sample", Long.class, Double.class, Pi::sample);
      double pi =
          sample
              .map(Collections.nCopies(1_000, 1_000L))
              .results()
              .mapToDouble(Double::doubleValue)
              .average()
              .orElseThrow();
      System.out.printf("π is about %.1f%n", pi);

      RemoteFunction<Integer, BigInteger> fib =
          peer.registerAsync(
                  "fib",
                  Integer.class,
                  BigInteger.class,
                  (n, self) ->
                      n < 2
                          ? completed(BigInteger.valueOf(n))
                          : self.call(n - 1).thenCombine(self.call(n - 2), BigInteger::add))
              .memoized();
      BigInteger f = fib.call(200).join(); // never blocks a slot while it waits
      System.out.println("fib(200) is " + f);
    }
  }
}
