package io.minga.libp2p.yamux;

/** How far a stream is; a stream that is CLOSED or RESET is gone. */
public enum StreamState {
  /** Both sides may send. */
  OPEN,
  /** We sent FIN; the peer may still send. */
  LOCAL_HALF_CLOSED,
  /** The peer sent FIN; we may still send. */
  REMOTE_HALF_CLOSED,
  /** Both sent FIN. */
  CLOSED,
  /** One side sent RST. */
  RESET;

  boolean isLocalOpen() {
    return this == OPEN || this == REMOTE_HALF_CLOSED;
  }

  boolean isRemoteOpen() {
    return this == OPEN || this == LOCAL_HALF_CLOSED;
  }

  StreamState afterLocalFin() {
    return this == OPEN ? LOCAL_HALF_CLOSED : this == REMOTE_HALF_CLOSED ? CLOSED : this;
  }

  StreamState afterRemoteFin() {
    return this == OPEN ? REMOTE_HALF_CLOSED : this == LOCAL_HALF_CLOSED ? CLOSED : this;
  }
}
