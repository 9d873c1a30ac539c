package io.minga.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LocalNetworkTest {
  @Test
  void job_isSharedByAllPeers() {
    try (LocalNetwork network = LocalNetwork.start(4)) {
      for (Peer peer : network.peers()) {
        peer.register(
            "who",
            Integer.class,
            String.class,
            it -> {
              Thread.sleep(2); // the work, not a wait of the test's
              return peer.id().toString();
            });
      }
      RemoteFunction<Integer, String> who =
          network.peer(0).function("who", Integer.class, String.class);
      awaitAll(network, who);

      List<String> where = who.map(IntStream.range(0, 2_000).boxed().toList()).results().toList();

      assertThat(where).hasSize(2_000);
      assertThat(where.stream().distinct()).hasSize(4);
    }
  }

  @Test
  void remoteOnlyCall_runsElsewhere() {
    try (LocalNetwork network = LocalNetwork.start(2)) {
      for (Peer peer : network.peers()) {
        peer.register("who", Integer.class, String.class, it -> peer.id().toString());
      }
      RemoteFunction<Integer, String> who =
          network.peer(0).function("who", Integer.class, String.class).remoteOnly();

      assertThat(who.call(1).join()).isEqualTo(network.peer(1).id().toString());
    }
  }

  @Test
  void exclusiveCall_runsUnderALease_andKnowsItsToken() {
    try (LocalNetwork network = LocalNetwork.start(2)) {
      Peer other = network.peer(1);
      other.registerFenced(
          "token",
          Integer.class,
          String.class,
          (argument, token) -> "%s of %s".formatted(token.epoch(), token.owner()));
      RemoteFunction<Integer, String> token =
          network.peer(0).function("token", Integer.class, String.class);
      token.call(0).join();

      assertThat(token.exclusive().call(1).join()).endsWith(" of " + other.id());
      List<Integer> inputs = IntStream.range(0, 300).boxed().toList();
      assertThat(token.exclusive().map(inputs).results().toList()).hasSize(300);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> token.exclusive().memoized())
          .withMessageContaining("exclusive or memoized");
    }
  }

  @Test
  void peerThatLeaves_losesNoTask() {
    try (LocalNetwork network = LocalNetwork.start(3)) {
      for (Peer peer : network.peers()) {
        peer.register(
            "slow",
            Integer.class,
            Integer.class,
            it -> {
              Thread.sleep(1); // the work, not a wait of the test's
              return it;
            });
      }
      List<Integer> inputs = IntStream.range(0, 3_000).boxed().toList();
      Job<Integer> job = network.peer(0).function("slow", Integer.class, Integer.class).map(inputs);

      network.peer(2).close();

      assertThat(job.results().toList()).isEqualTo(inputs);
    }
  }

  @Test
  void numberOfPeers_isChecked() {
    assertThatIllegalArgumentException().isThrownBy(() -> LocalNetwork.start(0));
    assertThatIllegalArgumentException().isThrownBy(() -> LocalNetwork.start(65));
  }

  /** Until a job finds all peers, for they hear of each other's functions by and by. */
  private static void awaitAll(LocalNetwork network, RemoteFunction<Integer, String> who) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                who.map(IntStream.range(0, 64).boxed().toList()).results().distinct().count()
                    == network.peers().size());
  }
}
