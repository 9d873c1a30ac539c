package io.minga.gossip.router;

/** What a router counts, for metrics. */
public enum Counter {
  /** RPCs that came from peers. */
  RPCS_RECEIVED,
  /** RPCs of peers below the graylist threshold, not looked at. */
  RPCS_GRAYLISTED,
  /** Messages that had been seen, or awaited their verdict, already. */
  DUPLICATES,
  /** Messages of topics that we don't subscribe to. */
  FOREIGN_MESSAGES,
  /** Messages without author, number or signature. */
  UNSIGNED_MESSAGES,
  /** Messages of our own that others send back. */
  OWN_MESSAGES_RECEIVED,
  /** Messages dropped because too many awaited their verdict. */
  VALIDATIONS_DROPPED,
  /** Messages whose verdict came too late. */
  VALIDATIONS_EXPIRED,
  /** Messages accepted and delivered. */
  DELIVERED,
  /** Messages rejected. */
  REJECTED,
  /** Messages ignored. */
  IGNORED,
  /** Own messages dropped because a peer's queue was full. */
  OWN_MESSAGES_DROPPED,
  /** Messages of others dropped because a peer's queue was full. */
  FORWARDS_DROPPED,
  /** IHAVE, IWANT and IDONTWANT not made because a peer doesn't keep up. */
  GOSSIP_SKIPPED,
  /** Subscriptions beyond the limit or the filter. */
  SUBSCRIPTIONS_IGNORED,
  /** IHAVEs and their ids beyond a heartbeat's limit. */
  IHAVES_IGNORED,
  /** IDONTWANT ids beyond the limits. */
  IDONTWANTS_IGNORED,
  /** Messages withheld from a peer under suspicion of being mute. */
  WITHHELD,
  /** Such messages that it then neither brought nor asked for. */
  WITHHELD_UNHEARD,
  /** Peers beyond the limit. */
  PEERS_REFUSED
}
