package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import io.minga.gossip.router.ScoreOptions.TopicScore;
import java.util.ArrayList;
import java.util.List;

/**
 * P3: whether one mesh peer hands on the messages of a topic.
 *
 * <p>A fixed rate would charge the peers of a quiet topic, and those to whom we are always first.
 * So a peer that gets message after message from us and brings none is put to the test: some
 * messages are withheld from it. Who has them from others hands them on to us, who has nobody else
 * asks for them once they are announced. Either ends the test, and there is none for a while. Who
 * does neither, for all the messages of a test in a row, is mute.
 *
 * <p>Two peers may well suspect each other. If both withheld the same message, each would find the
 * other silent, so which of the two may withhold it is for the message to say.
 */
final class Silence {
  /** So long after the GRAFT, the peer may not have us in its mesh yet. */
  private static final int ACTIVATION_HEARTBEATS = 2;

  private final TopicScore options;
  private final int testHeartbeats;

  /** What is withheld, the eldest first: ids of messages, and since how many heartbeats. */
  private final List<MessageId> withheld = new ArrayList<>(0);

  private final int[] ages;
  private int restHeartbeats = ACTIVATION_HEARTBEATS;
  private int messages;

  Silence(TopicScore options, int testHeartbeats) {
    this.options = options;
    this.testHeartbeats = testHeartbeats;
    this.ages = new int[options.muteTolerance() + 1];
  }

  /** Whether the message of hash {@code id} may be withheld by the lower or the higher peer. */
  static boolean isChosen(int id, int self, int other, boolean isLower, int every) {
    int mixed = ((id ^ self ^ other) * 0x9e3779b9) >>> 16;
    return mixed % every == (isLower ? 0 : 1);
  }

  /** The peer gets a message that it has not brought. */
  void sent() {
    messages = Math.min(messages + 1, options.suspectMessages());
  }

  /** Whether a message may be withheld from the peer. */
  boolean isSuspect() {
    return restHeartbeats == 0
        && messages >= options.suspectMessages()
        && withheld.size() < ages.length;
  }

  void withhold(MessageId id) {
    ages[withheld.size()] = 0;
    withheld.add(id);
  }

  /** What the peer is to be told that it can ask for. */
  List<MessageId> withheld() {
    return withheld;
  }

  boolean isWithheld(MessageId id) {
    return !withheld.isEmpty() && withheld.contains(id);
  }

  /**
   * The peer brought a message, or asked for one that was withheld: it isn't mute. Returns what is
   * withheld from it still, and is no longer.
   */
  List<MessageId> end() {
    messages = 0;
    if (withheld.isEmpty()) {
      return List.of();
    }
    restHeartbeats = options.restHeartbeats();
    List<MessageId> released = List.copyOf(withheld);
    withheld.clear();
    return released;
  }

  /** How many of the withheld messages have now been kept silent about for too long. */
  int heartbeat() {
    restHeartbeats = Math.max(0, restHeartbeats - 1);
    int failed = 0;
    for (int i = 0; i < withheld.size(); i++) {
      if (++ages[i] >= testHeartbeats) {
        failed++;
      }
    }
    withheld.subList(0, failed).clear();
    System.arraycopy(ages, failed, ages, 0, withheld.size());
    return failed;
  }
}
