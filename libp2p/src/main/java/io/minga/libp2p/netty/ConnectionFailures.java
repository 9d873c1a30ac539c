package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.multistream.Negotiation;
import io.minga.libp2p.noise.NoiseHandshake;
import io.minga.libp2p.yamux.Yamux;
import java.util.List;

/** The sentences in which connections and streams end. */
final class ConnectionFailures {
  private ConnectionFailures() {}

  static HostException closed() {
    return new HostException(Kind.CLOSED, "the connection is closed");
  }

  static HostException hostClosed() {
    return new HostException(Kind.CLOSED, "the host is closed");
  }

  static HostException streamClosed() {
    return new HostException(Kind.CLOSED, "the stream is closed for writing");
  }

  /**
   * @param candidates what our side asked for; nothing if it was the other side that had to ask
   */
  static HostException negotiation(Negotiation.Failure failure, List<String> candidates) {
    if (candidates.isEmpty()) {
      return failure == Negotiation.Failure.TIMED_OUT
          ? new HostException(Kind.TIMED_OUT, "the other side did not say in time what to speak")
          : new HostException(Kind.CLOSED, "the other side closed before it said what to speak");
    }
    String asked = String.join(", ", candidates);
    return switch (failure) {
      case NOT_SUPPORTED ->
          new HostException(Kind.PROTOCOL_UNSUPPORTED, "the other side does not speak " + asked);
      case TIMED_OUT ->
          new HostException(
              Kind.TIMED_OUT, "the other side did not answer in time whether it speaks " + asked);
      case CLOSED ->
          new HostException(
              Kind.CLOSED, "the other side closed before it answered whether it speaks " + asked);
    };
  }

  static HostException noise(NoiseHandshake.Failure failure) {
    if (failure instanceof NoiseHandshake.Failure.WrongPeer wrong) {
      return wrongPeer(wrong.expected().toString(), wrong.actual().toString());
    } else if (failure instanceof NoiseHandshake.Failure.NoCommonMuxer none) {
      return new HostException(
          Kind.PROTOCOL_UNSUPPORTED,
          "the other side has no muxer of ours, only " + String.join(", ", none.remoteMuxers()));
    } else if (failure instanceof NoiseHandshake.Failure.TimedOut) {
      return new HostException(Kind.TIMED_OUT, "the Noise handshake took too long");
    }
    return new HostException(Kind.CLOSED, "the other side closed during the Noise handshake");
  }

  static HostException wrongPeer(String expected, String actual) {
    return new HostException(
        Kind.PEER_VIOLATION, "expected peer " + expected + ", but " + actual + " answered");
  }

  static HostException session(Yamux.Effect.Closed closed) {
    return switch (closed.reason()) {
      case LOCAL_GOAWAY -> new HostException(Kind.CLOSED, "our side closed the connection");
      case REMOTE_GOAWAY ->
          new HostException(
              Kind.CLOSED, "the other side closed the connection, with code " + closed.code());
      case PROTOCOL_ERROR ->
          new HostException(Kind.PEER_VIOLATION, "the other side broke the yamux protocol");
      case KEEP_ALIVE_TIMEOUT ->
          new HostException(Kind.TIMED_OUT, "the other side has been silent for too long");
      case DISCONNECTED ->
          new HostException(Kind.CLOSED, "the other side ended the connection without a word");
    };
  }

  static HostException opening(Yamux.Refusal refusal) {
    return switch (refusal) {
      case UNACKNOWLEDGED_MAX, STREAMS_MAX, WINDOW_BUDGET ->
          new HostException(Kind.REFUSED, "no room for another stream: " + refusal);
      case LOCAL_GOAWAY, REMOTE_GOAWAY, IDS_EXHAUSTED, ID_TOO_OLD, CLOSED ->
          new HostException(Kind.CLOSED, "the connection takes no more streams: " + refusal);
    };
  }
}
