package io.minga.node;

import java.util.concurrent.CountDownLatch;

/** A peer that makes large results, and says so just before: a program that a test ends. */
final class LargeWorker {
  /** What it prints when it is about to return a result. */
  static final String MADE = "made";

  private LargeWorker() {}

  public static void main(String[] args) throws Exception {
    Peer peer =
        Peer.start(
            Neighbours.patient(args[0])
                .withSlots(1)
                .listeningOn("/ip4/127.0.0.1/tcp/0")
                .bootstrappedBy(args[1]));
    peer.register(
        "large",
        Integer.class,
        byte[].class,
        size -> {
          System.out.println(MADE);
          return new byte[size];
        });
    new CountDownLatch(1).await();
  }
}
