package io.minga.libp2p.peers;

/** How an address of a peer came to be known, from the most to the least trusted. */
public enum AddressSource {
  /** A person configured it; it never expires. */
  PERMANENT,
  /** A connection used it. */
  CONNECTED,
  /** The peer signed it. */
  SIGNED,
  /** The peer said it, over an authenticated connection. */
  IDENTIFIED,
  /** Someone said it: discovery, or another peer. */
  HINT
}
