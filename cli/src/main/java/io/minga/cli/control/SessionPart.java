package io.minga.cli.control;

import io.minga.libp2p.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.LongConsumer;

/** A part of a client's job: what came of its calls goes on to the client as it comes. */
final class SessionPart {
  /** How much of results stands on a line, roughly. */
  private static final int LINE_BYTES = 64 << 10;

  private static final int CALL_BYTES = 64;

  private final long id;
  private final int valueBytesMax;
  private final LongConsumer sizes;
  private final Lines lines;
  private int left;

  /** Where answers go. */
  interface Lines {
    /** Queues lines that answer for so many calls. */
    void queue(ByteBuffer lines, int calls);
  }

  /**
   * A part of which nothing is known yet.
   *
   * @param lineBytesMax how long a line may be
   * @param sizes told how large each result is
   */
  SessionPart(long id, int calls, int lineBytesMax, LongConsumer sizes, Lines lines) {
    this.id = id;
    this.valueBytesMax = lineBytesMax / 4 * 3 - LINE_BYTES - 2 * CALL_BYTES;
    this.sizes = sizes;
    this.lines = lines;
    this.left = calls;
  }

  /** The values that a request brings. */
  List<Bytes> inputs(Request.MapPart request) {
    return request.inputs().stream()
        .map(it -> Bytes.copyOf(Base64.getDecoder().decode(it)))
        .toList();
  }

  /** How many calls have not ended. */
  synchronized int left() {
    return left;
  }

  /** Calls have ended. */
  void came(List<Daemon.Ended> ended) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Answer.Call> line = new ArrayList<>();
    int bytes = 0;
    for (Daemon.Ended each : ended) {
      Daemon.Ended fits = fitting(each);
      int size = CALL_BYTES + size(fits);
      sizes.accept(size);
      line.add(Answer.Call.of(fits));
      bytes += size;
      if (bytes >= LINE_BYTES) {
        out.writeBytes(ControlSession.line(new Answer.Ended(id, line)));
        line = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!line.isEmpty()) {
      out.writeBytes(ControlSession.line(new Answer.Ended(id, line)));
    }
    synchronized (this) {
      left -= ended.size();
    }
    lines.queue(ByteBuffer.wrap(out.toByteArray()), ended.size());
  }

  private static int size(Daemon.Ended ended) {
    Bytes value = ended.value();
    return value == null ? 0 : value.length();
  }

  private Daemon.Ended fitting(Daemon.Ended ended) {
    if (size(ended) <= valueBytesMax) {
      return ended;
    }
    String why =
        "the result has %d B, and a command gets at most %d".formatted(size(ended), valueBytesMax);
    return new Daemon.Ended(
        ended.index(), null, new Daemon.Failed("BAD_RESULT", why, null, null, 1, ""));
  }
}
