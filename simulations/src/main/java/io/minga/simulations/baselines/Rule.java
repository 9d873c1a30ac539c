package io.minga.simulations.baselines;

/** What stations do beyond running what they have. */
interface Rule {
  /** A station is there from now on. */
  void came(Station station);

  /** Calls came to the station that submits them, or came back to it from one that is gone. */
  void came(Station submitter, Line calls);

  /** A slot has nothing to do. */
  void idle(Station station);
}
