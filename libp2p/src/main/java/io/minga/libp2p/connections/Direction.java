package io.minga.libp2p.connections;

/** Who opened a connection or a stream. */
public enum Direction {
  /** The other peer did. */
  INBOUND,
  /** We did. */
  OUTBOUND
}
