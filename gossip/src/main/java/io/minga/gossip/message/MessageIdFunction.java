package io.minga.gossip.message;

/**
 * How a message's id is made of it. All peers of a topic must use the same function: an id that
 * others don't know is a message that they never recognise as a duplicate.
 */
@FunctionalInterface
public interface MessageIdFunction {
  /** The author's id followed by the sequence number: the default of go, py and jvm. */
  MessageIdFunction FROM_AND_SEQNO =
      message -> MessageId.of(message.from().concat(message.seqno()));

  /**
   * The id of {@code message}, which has the parts that {@link StrictSign#hasParts} demands. The
   * same message always has the same id.
   */
  MessageId idOf(Message message);
}
