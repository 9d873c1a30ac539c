package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.NEWS;
import static io.minga.gossip.router.TestRouter.SECOND;
import static io.minga.gossip.router.TestRouter.SELF;
import static io.minga.gossip.router.TestRouter.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a router keeps, as thousands of them run in one simulation; the messages are shared. */
final class FootprintTest {
  private static final int ROUTERS = 200;
  private static final int SECONDS = 125;
  private static final int MESSAGES_PER_SECOND_MAX = 10;

  private final List<Rpc> messages = new ArrayList<>();

  FootprintTest() {
    for (int number = 0; number < SECONDS * MESSAGES_PER_SECOND_MAX; number++) {
      messages.add(Rpc.of(TestRouter.message(99, number, 200)));
    }
  }

  @Test
  void router_withTwelveNeighboursInAQuietTopic_keepsLittle() {
    assertThat(bytesPerRouter(0)).isLessThanOrEqualTo(40_000);
  }

  @Test
  void router_withTwelveNeighboursAndTenMessagesASecond_keepsAtMostAHundredAndFiftyKilobytes() {
    assertThat(bytesPerRouter(10)).isLessThanOrEqualTo(150_000);
  }

  private long bytesPerRouter(int messagesPerSecond) {
    long before = usedBytes();
    List<GossipRouter> routers = new ArrayList<>();
    for (int i = 0; i < ROUTERS; i++) {
      routers.add(router(messagesPerSecond));
    }
    long bytes = (usedBytes() - before) / ROUTERS;
    assertThat(routers).allMatch(it -> it.meshPeers(NEWS).size() == 6);
    if (Boolean.getBoolean("gossip.rate")) {
      System.out.println(messagesPerSecond + " messages/s: " + bytes + " B");
    }
    return bytes;
  }

  /** A router that has run for as long as it remembers messages. */
  private GossipRouter router(int messagesPerSecond) {
    GossipRouter router = new GossipRouter(GossipOptions.DEFAULT, SELF, new Random(1), 0);
    router.handle(0, new Input.Subscribe(NEWS));
    for (int number = 1; number <= 12; number++) {
      router.handle(0, new Input.PeerConnected(peer(number), Protocol.MESHSUB_1_2, false, null));
      List<Graft> grafts = number <= 6 ? List.of(new Graft(NEWS)) : List.of();
      Control graft = new Control(List.of(), List.of(), grafts, List.of(), List.of());
      Rpc rpc = new Rpc(List.of(new Subscription(true, NEWS)), List.of(), graft);
      router.handle(0, new Input.Received(peer(number), rpc));
    }
    int number = 0;
    for (int second = 1; second <= SECONDS; second++) {
      for (int i = 0; i < messagesPerSecond; i++) {
        long nowNanos = second * SECOND;
        Rpc rpc = messages.get(number++);
        for (int from = 1; from <= 3; from++) { // the first, and copies
          Input received = new Input.Received(peer(1 + (number + from) % 6), rpc);
          perform(router, nowNanos, router.handle(nowNanos, received));
        }
      }
      perform(router, second * SECOND, router.handle(second * SECOND, new Input.Tick()));
    }
    return router;
  }

  private static void perform(GossipRouter router, long nowNanos, List<Effect> effects) {
    for (Effect effect : List.copyOf(effects)) {
      if (effect instanceof Effect.Send send) {
        router.handle(nowNanos, new Input.Sent(send.peer(), send.bytes()));
      } else if (effect instanceof Effect.Validate it) {
        Input verdict = new Input.Validated(it.ticket(), Verdict.ACCEPT);
        perform(router, nowNanos, router.handle(nowNanos, verdict));
      }
    }
  }

  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
