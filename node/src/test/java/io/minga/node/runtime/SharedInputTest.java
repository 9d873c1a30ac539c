package io.minga.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.node.core.NodeOptions;
import io.minga.node.handlers.Handler;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks that share a large input, on two peers. */
@Timeout(120)
final class SharedInputTest {
  private static final FunctionName LENGTH = new FunctionName("length");
  private static final int TASKS = 20;
  private static final int SIZE = 3 << 20;

  /** Hears who ran which call. */
  private record Waiting(BlockingQueue<PeerId> ran) implements Caller {
    @Override
    public void completed(int call, Outcome outcome, @Nullable PeerId peer, int attempts) {
      assertThat(outcome).isInstanceOf(Outcome.Value.class);
      ran.add(peer);
    }
  }

  private static PeerRuntime start(int slots) throws HostException {
    return PeerRuntime.start(
        NodeOptions.of("shared", slots),
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))),
        DiscoverySettings.defaults());
  }

  @Test
  void eachPeer_fetchesItOnce_andItIsLetGo() throws Exception {
    Handler.Computing length = (call, input) -> new byte[] {(byte) input.length};
    try (PeerRuntime caller = start(0);
        PeerRuntime one = start(1);
        PeerRuntime other = start(1)) {
      for (PeerRuntime worker : List.of(one, other)) {
        worker.functions().registerAll(new TreeMap<>(Map.of(LENGTH, length)));
        caller.connect(worker.addresses().get(0)).get(30, TimeUnit.SECONDS);
      }
      Awaitility.await()
          .atMost(30, TimeUnit.SECONDS)
          .until(
              () ->
                  caller.loads().all().stream()
                          .filter(load -> !load.report().functions().isEmpty())
                          .count()
                      >= 2);
      byte[] input = new byte[SIZE];
      new Random(1).nextBytes(input);
      Waiting waiting = new Waiting(new LinkedBlockingQueue<>());
      try (Arguments arguments = caller.arguments(TASKS)) {
        for (int i = 0; i < TASKS; i++) {
          arguments.add(input);
        }
        assertThat(arguments.payloads()).allMatch(it -> it instanceof Payload.Content);
        caller.submit(
            waiting, LENGTH, Policy.DEFAULT, false, 60_000, TASKS, false, arguments.payloads());
      }
      List<PeerId> ran = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        ran.add(waiting.ran().poll(60, TimeUnit.SECONDS));
      }
      assertThat(ran).doesNotContainNull();
      assertThat(caller.servedBlocks()).isEqualTo(ran.stream().distinct().count());
      Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> caller.storedBytes() == 0);
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> one.storedBytes() + other.storedBytes() == 0);
    }
  }
}
