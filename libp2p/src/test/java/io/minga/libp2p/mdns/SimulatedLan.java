package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;

/** Many peers on one link, in one thread over virtual time: everyone hears all that is sent. */
final class SimulatedLan {
  static final long SECOND = 1_000_000_000L;
  static final LinkId ETH = new LinkId("eth0", false);

  final List<Node> nodes = new ArrayList<>();
  long nowNanos = Long.MAX_VALUE - 3 * SECOND; // so that it overflows soon
  long multicasts;
  long bytes;

  private final MdnsOptions options;
  private final SplittableRandom random;
  private final Deque<Sent> wire = new ArrayDeque<>();

  SimulatedLan(MdnsOptions options, long seed) {
    this.options = options;
    this.random = new SplittableRandom(seed);
  }

  private record Sent(Node from, DnsMessage message) {}

  final class Node {
    final PeerId peer;
    final IpAddress ip;
    final MdnsDiscovery machine;
    final LinkedHashSet<PeerId> found = new LinkedHashSet<>();

    Node(int number) {
      peer = DiscoveryPeers.peer(number);
      ip = IpAddress.parse("10.0." + number / 250 + "." + (1 + number % 250));
      machine = new MdnsDiscovery(options, peer, random.split());
    }

    void start() {
      Link.Address address = new Link.Address(ip, 16);
      perform(new Input.ListenChanged(List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/4001"))));
      perform(new Input.LinksChanged(List.of(new Link(ETH, false, List.of(address)))));
    }

    void perform(Input input) {
      for (Effect effect : machine.handle(nowNanos, input)) {
        if (effect instanceof Effect.Multicast multicast) {
          multicasts++;
          bytes += multicast.message().encode().length();
          wire.add(new Sent(this, multicast.message()));
        } else if (effect instanceof Effect.Found it) {
          found.add(it.peer());
        }
      }
    }
  }

  void add(int count) {
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(nodes.size()));
    }
  }

  /** Delivers what is on the wire, and ticks whoever is due, for this long. */
  void run(long forNanos) {
    long endNanos = nowNanos + forNanos;
    while (true) {
      deliver();
      long nextNanos = endNanos;
      for (Node node : nodes) {
        long deadlineNanos = node.machine.nextDeadlineNanos();
        if (deadlineNanos != Long.MAX_VALUE && deadlineNanos - nextNanos < 0) {
          nextNanos = deadlineNanos;
        }
      }
      if (nextNanos - endNanos >= 0) {
        nowNanos = endNanos;
        return;
      }
      nowNanos = nextNanos;
      for (Node node : nodes) {
        if (node.machine.nextDeadlineNanos() - nowNanos <= 0) {
          node.perform(new Input.Tick());
          deliver(); // the link is faster than two peers can be due at the same moment
        }
      }
    }
  }

  private void deliver() {
    for (Sent sent; (sent = wire.poll()) != null; ) {
      Input received = new Input.Received(ETH, sent.from.ip, 5353, sent.message);
      for (Node node : nodes) {
        node.perform(received);
      }
    }
  }
}
