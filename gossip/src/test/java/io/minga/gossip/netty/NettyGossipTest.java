package io.minga.gossip.netty;

import static io.minga.gossip.netty.TestPeer.await;
import static io.minga.gossip.netty.TestPeer.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.PublishResult;
import io.minga.gossip.PublishResult.Published;
import io.minga.gossip.message.Topic;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gossip between hosts of one process, over loopback. */
final class NettyGossipTest {
  private static final Topic NEWS = Topic.of("news");

  private final List<TestPeer> peers = new ArrayList<>();

  @AfterEach
  void closePeers() {
    peers.forEach(TestPeer::close);
  }

  private TestPeer start() {
    TestPeer peer = TestPeer.start();
    peers.add(peer);
    return peer;
  }

  @Test
  void publish_toAPeerThatSubscribes_isDeliveredOnce() {
    TestPeer alice = start();
    TestPeer bob = start();
    bob.subscribe(NEWS);
    alice.connect(bob);
    alice.awaitSubscribers(NEWS, 1);

    PublishResult result = get(alice.gossip.publish(NEWS, Bytes.utf8("hello")));

    assertThat(result).isInstanceOf(Published.class);
    assertThat(((Published) result).peers()).isEqualTo(1);
    await().until(() -> bob.texts().equals(List.of("hello")));
    assertThat(bob.received.get(0).author()).isEqualTo(alice.id());
    assertThat(bob.received.get(0).receivedFrom()).isEqualTo(alice.id());
  }

  @Test
  void tenHosts_inARing_allHearEverything() {
    for (int i = 0; i < 10; i++) {
      start().subscribe(NEWS);
    }
    for (int i = 0; i < 10; i++) {
      peers.get(i).connect(peers.get((i + 1) % 10));
    }
    peers.forEach(it -> it.awaitMesh(NEWS, 2));

    for (TestPeer peer : peers) {
      IntStream.range(0, 20)
          .forEach(i -> peer.gossip.publish(NEWS, Bytes.utf8(peer.id() + " " + i)));
    }

    for (TestPeer peer : peers) {
      await().until(() -> peer.received.size() == 180);
      assertThat(peer.texts()).doesNotHaveDuplicates();
    }
  }
}
