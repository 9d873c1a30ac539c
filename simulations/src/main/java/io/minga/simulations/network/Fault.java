package io.minga.simulations.network;

/** What can go wrong, each kind to be seen to strike. */
public enum Fault {
  /** A packet vanished. */
  LOSS,
  /** A packet came twice. */
  DUPLICATION,
  /** A packet was overtaken. */
  REORDERING,
  /** A link was cut in one direction. */
  ONE_WAY_CUT,
  /** The network was split. */
  PARTITION,
  /** A connection broke, because its link was cut for too long. */
  BREAK,
  /** A peer closed a connection. */
  DISCONNECT,
  /** A dial failed. */
  DIAL_FAILURE,
  /** A peer vanished without a word. */
  CRASH,
  /** A peer left, closing its connections. */
  LEAVE,
  /** A peer came back with the same name and nothing else. */
  RESTART,
  /** A frame was lost with its connection. */
  FRAME_LOST,
  /** A peer sent a message under another's name. */
  FORGERY
}
