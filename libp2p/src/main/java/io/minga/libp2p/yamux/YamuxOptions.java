package io.minga.libp2p.yamux;

import java.time.Duration;

/** The limits and times of a session. Everything that a peer could make grow is bounded here. */
public record YamuxOptions(
    Windows windows,
    Frames frames,
    Streams streams,
    Floods floods,
    WriteMarks writeMarks,
    KeepAlive keepAlive) {
  /** What a host uses unless told otherwise. */
  public static final YamuxOptions DEFAULT =
      new YamuxOptions(
          Windows.DEFAULT,
          Frames.DEFAULT,
          Streams.DEFAULT,
          Floods.DEFAULT,
          WriteMarks.DEFAULT,
          KeepAlive.DEFAULT);

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /** These options with other windows. */
  public YamuxOptions with(Windows other) {
    return new YamuxOptions(other, frames, streams, floods, writeMarks, keepAlive);
  }

  /** These options with other frames. */
  public YamuxOptions with(Frames other) {
    return new YamuxOptions(windows, other, streams, floods, writeMarks, keepAlive);
  }

  /** These options with other numbers of streams. */
  public YamuxOptions with(Streams other) {
    return new YamuxOptions(windows, frames, other, floods, writeMarks, keepAlive);
  }

  /** These options with other limits to floods. */
  public YamuxOptions with(Floods other) {
    return new YamuxOptions(windows, frames, streams, other, writeMarks, keepAlive);
  }

  /** These options with other marks. */
  public YamuxOptions with(WriteMarks other) {
    return new YamuxOptions(windows, frames, streams, floods, other, keepAlive);
  }

  /** These options with another keep-alive. */
  public YamuxOptions with(KeepAlive other) {
    return new YamuxOptions(windows, frames, streams, floods, writeMarks, other);
  }

  /**
   * Receive windows.
   *
   * @param initialBytes what each side may send on a new stream; 256 KiB by specification, another
   *     value only where both ends are told so
   * @param bytesMax how far autotuning lets one stream's window grow
   * @param growthBytesMax how far the windows of one connection together grow beyond their initial
   *     size
   */
  public record Windows(int initialBytes, int bytesMax, int growthBytesMax) {
    /** 256 KiB growing to 16 MiB, 32 MiB more a connection. */
    public static final Windows DEFAULT = new Windows(256 * KIB, 16 * MIB, 32 * MIB);

    /** Checks the order of the limits. */
    public Windows {
      requirePositive("initialBytes", initialBytes);
      requireAtLeast("bytesMax", bytesMax, initialBytes);
      requireAtLeast("growthBytesMax", growthBytesMax, 0);
    }
  }

  /**
   * Data frames.
   *
   * @param sendBytesMax the longest payload that we send
   * @param receiveBytesMax the longest payload that we accept, besides what its window allows; it
   *     passes through in pieces, so its length costs nothing
   * @param finOnData whether FIN rides on the last data frame instead of following it; off, because
   *     go and js act on the flag before they take the payload, which can then be lost
   */
  public record Frames(int sendBytesMax, int receiveBytesMax, boolean finOnData) {
    /** 64 KiB out, in as long as the largest window, FIN by itself. */
    public static final Frames DEFAULT = new Frames(64 * KIB, Windows.DEFAULT.bytesMax(), false);

    /** Checks that both are positive. */
    public Frames {
      requirePositive("sendBytesMax", sendBytesMax);
      requirePositive("receiveBytesMax", receiveBytesMax);
    }
  }

  /**
   * How many streams.
   *
   * @param inboundMax streams of the peer open at once; more are refused by RST
   * @param outboundMax streams of ours open at once
   * @param unacknowledgedMax streams of ours that may await their ACK at once (libp2p yamux, ACK
   *     backlog)
   */
  public record Streams(int inboundMax, int outboundMax, int unacknowledgedMax) {
    /** 256 in, 1024 out, of which 256 not yet acknowledged. */
    public static final Streams DEFAULT = new Streams(256, 1024, 256);

    /** Checks that there can be streams. */
    public Streams {
      requireAtLeast("inboundMax", inboundMax, 0);
      requireAtLeast("outboundMax", outboundMax, 0);
      requirePositive("unacknowledgedMax", unacknowledgedMax);
    }
  }

  /**
   * What a peer may do that is allowed in principle but not without end.
   *
   * @param resetsMax RST frames that may await transmission; a peer that makes us owe more does not
   *     read them, which is fatal
   * @param pingAnswersMax ping answers that may await transmission, and how many pings at once are
   *     answered; more are ignored
   * @param pingAnswersPerSecond how many further pings are answered
   * @param futileStreamsMax streams of the peer at once that were refused, or reset by it before
   *     our ACK; more are fatal
   * @param futileStreamsPerSecond how many further ones
   * @param strayBytesMax payload at once for streams that don't exist; more is fatal
   * @param strayBytesPerSecond how much further
   * @param formerStreamsMax streams that we ended while the peer may still send: so many are held
   *     to their windows, older ones count as stray
   */
  public record Floods(
      int resetsMax,
      int pingAnswersMax,
      int pingAnswersPerSecond,
      int futileStreamsMax,
      int futileStreamsPerSecond,
      int strayBytesMax,
      int strayBytesPerSecond,
      int formerStreamsMax) {
    /** Far above what honest peers do. */
    public static final Floods DEFAULT =
        new Floods(2048, 32, 32, 4096, 1000, 64 * MIB, 8 * MIB, 256);

    /** Checks that all are positive. */
    public Floods {
      requirePositive("resetsMax", resetsMax);
      requirePositive("pingAnswersMax", pingAnswersMax);
      requirePositive("pingAnswersPerSecond", pingAnswersPerSecond);
      requirePositive("futileStreamsMax", futileStreamsMax);
      requirePositive("futileStreamsPerSecond", futileStreamsPerSecond);
      requirePositive("strayBytesMax", strayBytesMax);
      requirePositive("strayBytesPerSecond", strayBytesPerSecond);
      requirePositive("formerStreamsMax", formerStreamsMax);
    }
  }

  /**
   * When a stream's writer should wait.
   *
   * @param highBytes a stream with more unsent bytes is not writable
   * @param lowBytes until at most so many are left
   */
  public record WriteMarks(int highBytes, int lowBytes) {
    /** 256 KiB and 64 KiB. */
    public static final WriteMarks DEFAULT = new WriteMarks(256 * KIB, 64 * KIB);

    /** Checks that low is not above high. */
    public WriteMarks {
      requireAtLeast("lowBytes", lowBytes, 0);
      requireAtLeast("highBytes", highBytes, lowBytes);
    }
  }

  /**
   * Our own pings.
   *
   * @param interval how often the peer is pinged; zero is never, and then windows don't grow for
   *     want of a round-trip time
   * @param timeout how long after a ping was due, and nothing having come since, the peer is dead
   */
  public record KeepAlive(Duration interval, Duration timeout) {
    /** Every 5 s, dead after 10 more. */
    public static final KeepAlive DEFAULT =
        new KeepAlive(Duration.ofSeconds(5), Duration.ofSeconds(10));

    /** Checks that the times make sense. */
    public KeepAlive {
      if (interval.isNegative() || timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException(
            "keep-alive needs an interval of 0 or more and a timeout over 0, not "
                + interval
                + " and "
                + timeout);
      }
    }
  }

  private static void requirePositive(String name, int value) {
    requireAtLeast(name, value, 1);
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", should be at least " + least);
    }
  }
}
