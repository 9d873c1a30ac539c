package io.minga.libp2p.yamux;

import java.nio.ByteBuffer;

/**
 * What goes into a {@link YamuxSession} and what comes out of it.
 *
 * <p>Stream ids are unsigned 32-bit numbers in an {@code int}. An input for a stream that is gone
 * (closed or reset a moment ago) is ignored, since its owner can't have known.
 */
public final class Yamux {
  private Yamux() {}

  /** Something that happened: bytes, a wish of the application, time. */
  public sealed interface Input {
    /**
     * All the bytes from the position to the limit of {@code bytes}, big-endian, cut anywhere. The
     * position does not move, and the buffer is not kept.
     */
    record Received(ByteBuffer bytes) implements Input {}

    /**
     * The connection takes {@code bytesMax} bytes, headers included: name the frames to write now.
     */
    record Transmit(int bytesMax) implements Input {}

    /** The application appended {@code length} bytes to what {@code streamId} has to send. */
    record Send(int streamId, int length) implements Input {}

    /** The application read {@code length} bytes of {@code streamId}: the peer may send more. */
    record Consumed(int streamId, int length) implements Input {}

    /** The application wants a stream: {@link Effect.Opened} or {@link Effect.OpenRefused}. */
    record Open() implements Input {}

    /**
     * The application took the inbound {@code streamId}, so its ACK may go. Send, Consumed and
     * CloseWrite imply it.
     */
    record Accept(int streamId) implements Input {}

    /** Nothing follows on {@code streamId} after what was sent: FIN once that is out. */
    record CloseWrite(int streamId) implements Input {}

    /**
     * The application reads no more of {@code streamId}: what it had not consumed and what still
     * comes is dropped. The peer is not told. Once our side is closed both ways it gets no more
     * credit either, and RST if it uses up what it has.
     */
    record CloseRead(int streamId) implements Input {}

    /**
     * Ends {@code streamId} at once, both ways: RST with {@code errorCode}; unsent bytes are
     * dropped.
     */
    record Reset(int streamId, int errorCode) implements Input {}

    /**
     * Ends the session. {@link GoAwayCode#NORMAL} lets the streams finish and opens no more; the
     * others drop them. Then GOAWAY is transmitted, and {@link Effect.Closed} follows.
     */
    record GoAway(GoAwayCode code) implements Input {}

    /** Time has come to {@link YamuxSession#nextDeadlineNanos()}; too early does no harm. */
    record Tick() implements Input {}

    /** The connection is gone. */
    record Disconnected() implements Input {}
  }

  /** Something to do, in the order of the list. */
  public sealed interface Effect {
    /**
     * {@code length} payload bytes of {@code streamId} begin {@code offset} bytes after the
     * position of the buffer that was just received. They are owed a {@link Input.Consumed}.
     */
    record Data(int streamId, int offset, int length) implements Effect {}

    /**
     * Write this header (see {@link FrameHeader}), then {@link #payloadBytes()} bytes from the
     * queue of {@link #streamId()}.
     *
     * @param head version, type, flags and stream id: the first eight bytes, big-endian
     * @param length the length field: the last four bytes, big-endian
     */
    record Frame(long head, int length) implements Effect {
      /** The stream whose bytes follow; 0 is the session. */
      public int streamId() {
        return FrameHeader.streamId(head);
      }

      /** How many of the stream's queued bytes follow the header. */
      public int payloadBytes() {
        return FrameHeader.type(head) == FrameHeader.DATA ? length : 0;
      }

      /** Puts the 12 bytes at the position of {@code out}, which is big-endian. */
      public void encode(ByteBuffer out) {
        FrameHeader.encode(head, length, out);
      }

      @Override
      public String toString() {
        return FrameHeader.describe(head, length);
      }
    }

    /** The peer opened {@code streamId}. */
    record StreamOpened(int streamId) implements Effect {}

    /** The peer wanted to open {@code streamId} and gets RST; for counters. */
    record StreamRefused(int streamId, Refusal reason) implements Effect {}

    /** The stream that {@link Input.Open} asked for. */
    record Opened(int streamId) implements Effect {}

    /**
     * Why {@link Input.Open} got no stream. After {@link Refusal#UNACKNOWLEDGED_MAX} and {@link
     * Refusal#STREAMS_MAX}, {@link Openable} says when it is worth trying again.
     */
    record OpenRefused(Refusal reason) implements Effect {}

    /** After a refusal: there is room for a stream again. */
    record Openable() implements Effect {}

    /** FIN: the peer sends no more on {@code streamId}; all its data was named before. */
    record RemoteClosed(int streamId) implements Effect {}

    /**
     * RST: {@code streamId} is gone both ways. What came before a {@link RemoteClosed} is complete
     * all the same.
     *
     * @param errorCode unsigned, as the peer gave it; 0 if it gave none
     */
    record RemoteReset(int streamId, int errorCode) implements Effect {}

    /** {@code streamId} was over the high mark and has fallen under the low one. */
    record Writable(int streamId) implements Effect {}

    /** {@code streamId} is gone: both sides closed, all was sent and consumed. */
    record StreamClosed(int streamId) implements Effect {}

    /** The answer to our ping took this long. */
    record Rtt(long nanos) implements Effect {}

    /** The peer goes away in peace: open streams may finish, new ones can't be opened. */
    record RemoteGoAway() implements Effect {}

    /**
     * The session is over, and all its streams with it: close the connection once the frames before
     * this are written.
     *
     * @param code the GOAWAY code that was received or sent, unsigned; 0 if none was
     */
    record Closed(CloseReason reason, int code) implements Effect {}
  }

  /** Why a session goes away, with the number on the wire. */
  public enum GoAwayCode {
    NORMAL(0),
    PROTOCOL_ERROR(1),
    INTERNAL_ERROR(2);

    private final int number;

    GoAwayCode(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** Why a stream was not opened, by us or by the peer. */
  public enum Refusal {
    /** As many opened streams as allowed await their ACK. */
    UNACKNOWLEDGED_MAX,
    /** As many streams as allowed are open. */
    STREAMS_MAX,
    /** The host has no room for another receive window. */
    WINDOW_BUDGET,
    /** We are going away. */
    LOCAL_GOAWAY,
    /** The peer is going away. */
    REMOTE_GOAWAY,
    /** No stream id is left on this connection. */
    IDS_EXHAUSTED,
    /** The peer's id is so old that we can't tell whether it was used before. */
    ID_TOO_OLD,
    /** The session is over. */
    CLOSED
  }

  /** Why a session is over. */
  public enum CloseReason {
    /** We went away, as {@link Input.GoAway} asked. */
    LOCAL_GOAWAY,
    /** The peer went away, in peace and with no stream left, or with an error code. */
    REMOTE_GOAWAY,
    /** The peer broke a rule; what it was, the WireException said. */
    PROTOCOL_ERROR,
    /** Nothing came, not even the answer to a ping. */
    KEEP_ALIVE_TIMEOUT,
    /** The connection is gone. */
    DISCONNECTED
  }
}
