package io.minga.node.runtime;

import io.minga.gossip.Gossip;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Validator;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Input;
import io.minga.node.task.LoadReport;
import io.minga.node.task.TaskLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of one network. What cannot be decoded is rejected, so that it goes no further and
 * counts against who brought it.
 */
final class GossipTopics {
  private static final Logger LOG = LoggerFactory.getLogger(GossipTopics.class);

  private final Gossip gossip;
  private final TaskLimits limits;
  private final NodeLoop loop;
  private final Topic load;

  GossipTopics(Gossip gossip, String network, TaskLimits limits, NodeLoop loop) {
    this.gossip = gossip;
    this.limits = limits;
    this.loop = loop;
    this.load = Topic.of("minga/1/" + network + "/load");
  }

  /** What a message says, as the core takes it. */
  @FunctionalInterface
  private interface Reader {
    Input read(PeerId author, Bytes data) throws WireException;
  }

  void start() {
    follow(load, (author, data) -> new Input.Loaded(author, LoadReport.decode(limits, data)));
  }

  private void follow(Topic topic, Reader reader) {
    gossip.setValidator(topic, Validator.of(message -> judge(reader, message)));
    gossip.subscribe(topic, message -> received(reader, message));
  }

  private static Verdict judge(Reader reader, ReceivedMessage message) {
    try {
      reader.read(message.author(), message.data());
      return Verdict.ACCEPT;
    } catch (WireException e) {
      LOG.debug("{} of {}: {}", message.topic(), message.author(), e.getMessage());
      return Verdict.REJECT;
    }
  }

  private void received(Reader reader, ReceivedMessage message) {
    try {
      loop.submit(reader.read(message.author(), message.data()));
    } catch (WireException e) {
      throw new IllegalStateException("a message that was accepted can't be read", e);
    }
  }

  void report(LoadReport report) {
    gossip.publish(load, report.encode(limits));
  }
}
