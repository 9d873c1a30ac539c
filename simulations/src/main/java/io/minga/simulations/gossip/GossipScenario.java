package io.minga.simulations.gossip;

import io.minga.gossip.router.GossipOptions;
import io.minga.simulations.network.LinkOptions;

/**
 * What a run is made of.
 *
 * @param seed what all choices depend on
 * @param peers honest peers
 * @param dials how many others each dials
 * @param link the ways between peers
 * @param options the honest peers' options
 * @param messages how many messages are published and measured
 * @param messagesPerSecond how many a second, by peers drawn at random
 * @param dataBytes how long each is
 * @param attack what sybils do
 * @param sybils how many there are
 * @param sybilConnections how many of them each honest peer is connected with; with an eclipse, all
 *     with one
 * @param churnPerMinute the share of peers that leave in a minute, half of them without a word, and
 *     are replaced by new ones
 * @param links if not 0, two halves begin apart and are later joined by so many connections
 */
public record GossipScenario(
    long seed,
    int peers,
    int dials,
    LinkOptions link,
    GossipOptions options,
    int messages,
    double messagesPerSecond,
    int dataBytes,
    Attack attack,
    int sybils,
    int sybilConnections,
    double churnPerMinute,
    int links) {
  /** Each honest peer has about 20 honest neighbours, so that 80 sybils are 80 % of them. */
  private static final int DIALS = 10;

  private static final int SYBIL_CONNECTIONS = 80;

  /** An undisturbed network of {@code peers}, with the defaults of all else. */
  public static GossipScenario of(long seed, int peers) {
    return new GossipScenario(
        seed,
        peers,
        DIALS,
        LinkOptions.DEFAULT,
        GossipOptions.DEFAULT,
        600,
        10,
        256,
        Attack.NONE,
        0,
        0,
        0,
        0);
  }

  /** The same with other links. */
  public GossipScenario with(LinkOptions other) {
    return new GossipScenario(
        seed,
        peers,
        dials,
        other,
        options,
        messages,
        messagesPerSecond,
        dataBytes,
        attack,
        sybils,
        sybilConnections,
        churnPerMinute,
        links);
  }

  /** The same with other options of the honest peers. */
  public GossipScenario with(GossipOptions other) {
    return new GossipScenario(
        seed,
        peers,
        dials,
        link,
        other,
        messages,
        messagesPerSecond,
        dataBytes,
        attack,
        sybils,
        sybilConnections,
        churnPerMinute,
        links);
  }

  /** The same with other messages. */
  public GossipScenario withMessages(int count, double perSecond, int bytes) {
    return new GossipScenario(
        seed,
        peers,
        dials,
        link,
        options,
        count,
        perSecond,
        bytes,
        attack,
        sybils,
        sybilConnections,
        churnPerMinute,
        links);
  }

  /**
   * The same under attack: by as many sybils as there are honest peers, who hold four fifths of
   * each one's connections; to eclipse one, 900 at most.
   */
  public GossipScenario with(Attack other) {
    boolean isEclipse = other == Attack.ECLIPSE;
    int count = other == Attack.NONE ? 0 : isEclipse ? Math.min(peers, 900) : peers;
    int connections = other == Attack.NONE ? 0 : Math.min(count, SYBIL_CONNECTIONS);
    return new GossipScenario(
        seed,
        peers,
        dials,
        link,
        options,
        messages,
        messagesPerSecond,
        dataBytes,
        other,
        count,
        connections,
        churnPerMinute,
        links);
  }

  /** The same with peers that come and go. */
  public GossipScenario withChurn(double sharePerMinute) {
    return new GossipScenario(
        seed,
        peers,
        dials,
        link,
        options,
        messages,
        messagesPerSecond,
        dataBytes,
        attack,
        sybils,
        sybilConnections,
        sharePerMinute,
        links);
  }

  /** The same, begun as two halves that {@code count} connections will join, with peer exchange. */
  public GossipScenario asHalves(int count) {
    return new GossipScenario(
        seed,
        peers,
        dials,
        link,
        options.withPeerExchange(true),
        messages,
        messagesPerSecond,
        dataBytes,
        attack,
        sybils,
        sybilConnections,
        churnPerMinute,
        count);
  }

  /** All that was chosen, but for the router's options, of which it says whether they differ. */
  @Override
  public String toString() {
    return "seed "
        + seed
        + ", "
        + peers
        + " peers that dial "
        + dials
        + ", "
        + link
        + ", "
        + messages
        + " messages of "
        + dataBytes
        + " B, "
        + messagesPerSecond
        + " a second, attack "
        + attack.word()
        + " by "
        + sybils
        + " sybils with "
        + sybilConnections
        + " connections to each, churn "
        + churnPerMinute
        + (links > 0 ? ", two halves with links: " + links : "")
        + (options.equals(GossipOptions.DEFAULT) ? ", default options" : ", other options")
        + (options.peerExchange() ? ", peer exchange" : "");
  }
}
