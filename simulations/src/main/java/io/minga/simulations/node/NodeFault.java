package io.minga.simulations.node;

/** What can go wrong with peers beyond their links, each kind to be seen to strike. */
public enum NodeFault {
  /** A process was killed; its connections ended at once. */
  KILL,
  /** A peer vanished; others noticed when its connections broke. */
  VANISH,
  /** A peer left in order. */
  LEAVE,
  /** A peer came. */
  JOIN,
  /** A peer that was killed came back, with the same name and nothing else. */
  REBOOT,
  /** A process stood still for a while. */
  PAUSE,
  /** A wall clock jumped. */
  CLOCK_JUMP,
  /** A connection was closed. */
  DISCONNECT,
  /** A link was cut in one direction for a while. */
  ONE_WAY_CUT,
  /** The network was in two parts for a while. */
  PARTITION,
  /** A message never reached one peer. */
  GOSSIP_LOST,
  /** A message came twice. */
  GOSSIP_TWICE,
  /** A caller wanted no outcomes any more. */
  CANCEL,
  /** A dial was refused, since either end had as many connections as it takes. */
  CONNECTIONS_FULL,
  /** Peers had few connections, and one began to speak with another through a neighbour. */
  FEW_CONNECTIONS,
  /** A neighbour through which others spoke was killed. */
  CARRIER_DIES,
  /** One stood still for a while. */
  CARRIER_PAUSES,
  /** One was killed and started again at once, so that it knew nothing of that. */
  CARRIER_FORGETS
}
