package io.minga.gossip;

import io.minga.gossip.message.MessageId;

/** What became of a message that was to be published. */
public sealed interface PublishResult {
  /**
   * It is on its way.
   *
   * @param peers to how many peers; 0 means that nobody gets it
   */
  record Published(MessageId id, int peers) implements PublishResult {}

  /** It is not published, to nobody. */
  record Refused(Reason reason) implements PublishResult {}

  /** Why not. */
  enum Reason {
    /** It is longer than a message may be. */
    TOO_LARGE,
    /** A message of its id was published before; an id of author and number never is. */
    DUPLICATE,
    /** Too many messages wait for peers that are all behind: go on when one of those is through. */
    BUSY,
    /** The gossip is closed. */
    CLOSED
  }
}
