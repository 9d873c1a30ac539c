package io.minga.simulations.gossip;

/** What sybils do, as in the evaluation of gossipsub 1.1. */
public enum Attack {
  /** There are none. */
  NONE("none"),
  /** They join a network that runs, get into the meshes and hand on nothing. */
  SYBIL("sybil"),
  /** They are there first: honest peers meet each other when all meshes are full of them. */
  COLD_BOOT("coldboot"),
  /** All of them surround one peer, before it meets others. */
  ECLIPSE("eclipse"),
  /** They behave for a minute, then all fall mute at once. */
  COVERT_FLASH("covertflash");

  private final String word;

  Attack(String word) {
    this.word = word;
  }

  /** The word for it in commands and reports. */
  public String word() {
    return word;
  }
}
