package io.minga.libp2p;

import java.io.IOException;

/**
 * Why the host could not do what it was asked. The message is one sentence for a person: what
 * failed, where, and what would be right; {@link #kind} is for programs.
 */
public final class HostException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, as far as a caller would act differently on it. */
  public enum Kind {
    /** An address can't be listened on: busy, not ours, or of a transport that is not built in. */
    LISTEN_FAILED,
    /** No address of the peer could be reached, or none is known. */
    UNREACHABLE,
    /** The other side is not who it should be, or broke a protocol. */
    PEER_VIOLATION,
    /** The other side does not speak any of the protocols asked for. */
    PROTOCOL_UNSUPPORTED,
    /** A limit of ours or a gater refused it. */
    REFUSED,
    /** The other side reset the stream. */
    RESET,
    /** The deadline passed. */
    TIMED_OUT,
    /** The connection, or the whole host, closed. */
    CLOSED
  }

  private final Kind kind;

  /** A failure of {@code kind}, described by one sentence. */
  public HostException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** The same with the exception behind it. */
  public HostException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What went wrong, for programs. */
  public Kind kind() {
    return kind;
  }
}
