package io.minga.libp2p.discovery;

import java.util.Locale;

/** How a peer came to be known, from the most to the least trusted. */
public enum Source {
  /** A person named it. */
  BOOTSTRAP,
  /** It was a good peer before this start. */
  REMEMBERED,
  /** It answered on the local network. */
  MDNS,
  /** Another peer told of it. */
  EXCHANGE,
  /** The application dialled it, by itself. */
  APPLICATION,
  /** It dialled us, and nothing else tells of it. */
  INBOUND;

  /** As people read it: {@code mdns}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
