package io.minga.node.handlers;

/** Why an attempt at a task failed. */
public enum FailureKind {
  /** The handler threw. */
  FAILED,
  /** It ran longer than it may. */
  TIMED_OUT,
  /** Somebody cancelled it, or the peer stopped. */
  CANCELLED,
  /** The peer doesn't offer the function. */
  UNKNOWN_FUNCTION,
  /** The input is not what the function takes. */
  BAD_INPUT,
  /** The input goes by its CID, and is not to be had. */
  MISSING_INPUT,
  /** The handler returned nothing, or nothing that has bytes. */
  BAD_RESULT,
  /** The result is larger than it may be. */
  TOO_LARGE,
  /** Too much waits here already; it was not started, another peer may take it. */
  OVERLOADED,
  /** The peer that ran it is gone. */
  WORKER_LOST,
  /** Its program could not be started. */
  COMMAND_START,
  /** Its program ended with a code other than zero. */
  COMMAND_EXIT,
  /** Its program wrote more than it may. */
  OUTPUT_FLOOD
}
