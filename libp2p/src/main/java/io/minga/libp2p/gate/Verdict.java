package io.minga.libp2p.gate;

/** Whether a connection may be. */
public sealed interface Verdict {
  /** The one verdict that lets a connection be. */
  Verdict ALLOWED = new Allowed();

  /** It may. */
  record Allowed() implements Verdict {}

  /** It may not; {@code reason} is a clause for the log: {@code subnet 10.0.0.0/8 is denied}. */
  record Denied(String reason) implements Verdict {}
}
