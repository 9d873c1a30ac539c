package io.minga.node;

import java.util.concurrent.CountDownLatch;

/** A peer whose tasks take for ever: a program that a test starts and ends. */
final class StuckWorker {
  /** What it prints when it has begun a task. */
  static final String BEGUN = "begun";

  private StuckWorker() {}

  public static void main(String[] args) throws Exception {
    Peer peer =
        Peer.start(
            Neighbours.patient(args[0])
                .withSlots(1)
                .listeningOn("/ip4/127.0.0.1/tcp/0")
                .bootstrappedBy(args[1]));
    CountDownLatch never = new CountDownLatch(1);
    peer.register(
        "same",
        Integer.class,
        Integer.class,
        it -> {
          System.out.println(BEGUN);
          never.await();
          return it;
        });
    never.await();
  }
}
