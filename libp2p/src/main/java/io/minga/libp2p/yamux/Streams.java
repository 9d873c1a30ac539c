package io.minga.libp2p.yamux;

import io.minga.libp2p.wire.WireException;
import io.minga.libp2p.yamux.Yamux.Effect;
import io.minga.libp2p.yamux.Yamux.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session from their opening to their end: who may open one, how many there are,
 * and the memory that their windows promise.
 */
final class Streams {
  private static final long ID_MAX = 0xffff_ffffL;

  private final YamuxOptions options;
  private final Resets resets;
  private final WindowBudget budget;
  private final Map<Integer, YamuxStream> table = new LinkedHashMap<>();
  private final UsedIds usedIds = new UsedIds();
  private final FormerStreams former;
  private final int peerParity;
  private @Nullable YamuxStream last;
  private long nextId;
  private int inboundCount;
  private int outboundCount;
  private int unacknowledgedCount;
  private int growthBytes;
  private boolean openableOwed;

  /**
   * The streams of a fresh connection.
   *
   * @param firstId the first id of ours: odd for the dialer, even and not 0 for the listener
   */
  Streams(YamuxOptions options, WindowBudget budget, Resets resets, long firstId) {
    this.options = options;
    this.resets = resets;
    this.budget = budget;
    this.nextId = firstId;
    this.peerParity = (firstId & 1) == 1 ? 0 : 1;
    this.former = new FormerStreams(options.floods().formerStreamsMax(), resets);
  }

  /** The stream {@code id}, which is most often the one of the last time. */
  @Nullable YamuxStream get(int id) {
    YamuxStream recent = last;
    if (recent != null && recent.id == id) {
      return recent;
    }
    YamuxStream found = table.get(id);
    last = found;
    return found;
  }

  int count() {
    return table.size();
  }

  FormerStreams former() {
    return former;
  }

  /** Opens a stream of ours, or says why not. */
  Effect open(long nowNanos) {
    Refusal refusal = null;
    if (nextId > ID_MAX) {
      refusal = Refusal.IDS_EXHAUSTED;
    } else if (unacknowledgedCount >= options.streams().unacknowledgedMax()) {
      refusal = Refusal.UNACKNOWLEDGED_MAX;
      openableOwed = true;
    } else if (outboundCount >= options.streams().outboundMax()) {
      refusal = Refusal.STREAMS_MAX;
      openableOwed = true;
    } else if (!budget.reserve(options.windows().initialBytes())) {
      refusal = Refusal.WINDOW_BUDGET;
    }
    if (refusal != null) {
      return new Effect.OpenRefused(refusal);
    }
    int id = (int) nextId;
    nextId += 2;
    table.put(id, new YamuxStream(id, false, options.windows().initialBytes(), nowNanos));
    outboundCount++;
    unacknowledgedCount++;
    return new Effect.Opened(id);
  }

  /** Whether an earlier refusal to open is void now; says so once. */
  boolean takeOpenable() {
    boolean openable =
        openableOwed
            && unacknowledgedCount < options.streams().unacknowledgedMax()
            && outboundCount < options.streams().outboundMax();
    openableOwed &= !openable;
    return openable;
  }

  /**
   * Checks the id of a SYN from the peer.
   *
   * @param draining whether we take no new streams any more
   * @return why the stream is refused, or null: then {@link #accept} it
   * @throws WireException if the peer may not use this id at all
   */
  @Nullable Refusal checkOpening(int id, boolean draining) throws WireException {
    resets.requireRoom(inboundCount);
    String name = Integer.toUnsignedString(id);
    if ((id & 1) != peerParity) {
      throw new WireException(
          "yamux SYN for stream %s: the peer opens %s ids"
              .formatted(name, peerParity == 1 ? "odd" : "even"));
    }
    if (table.get(id) != null) {
      throw new WireException("yamux SYN for stream " + name + ", which is open already");
    }
    UsedIds.Use use = usedIds.use(id);
    if (use == UsedIds.Use.USED) {
      throw new WireException("yamux SYN for stream " + name + ", an id that was used before");
    }
    if (draining) {
      return Refusal.LOCAL_GOAWAY;
    }
    if (use == UsedIds.Use.TOO_OLD) {
      return Refusal.ID_TOO_OLD;
    }
    if (inboundCount >= options.streams().inboundMax()) {
      return Refusal.STREAMS_MAX;
    }
    return budget.reserve(options.windows().initialBytes()) ? null : Refusal.WINDOW_BUDGET;
  }

  /** The stream that {@link #checkOpening} found nothing against. */
  YamuxStream accept(long nowNanos, int id) {
    YamuxStream stream = new YamuxStream(id, true, options.windows().initialBytes(), nowNanos);
    table.put(id, stream);
    inboundCount++;
    return stream;
  }

  /** The peer has shown that it knows {@code stream}. */
  void acknowledge(YamuxStream stream) {
    if (!stream.acknowledged) {
      stream.acknowledged = true;
      unacknowledgedCount--;
    }
  }

  /** Lets the window of {@code stream} grow by {@code bytes}, if the budgets have them. */
  void grow(YamuxStream stream, int bytes) {
    if (bytes > 0
        && bytes <= options.windows().growthBytesMax() - growthBytes
        && budget.reserve(bytes)) {
      growthBytes += bytes;
      stream.receiveWindow.grow(bytes);
    }
  }

  /** Forgets {@code stream} if nothing is left to do for it. */
  void closeIfDone(YamuxStream stream, List<Effect> effects) {
    if (!stream.gone && stream.isDone()) {
      if (stream.state.isRemoteOpen()) {
        former.addAbandoned(stream.id, stream.receiveWindow.creditBytes());
      }
      end(stream, StreamState.CLOSED);
      effects.add(new Effect.StreamClosed(stream.id));
    }
  }

  /** Forgets {@code stream}, which nobody can use from now on. */
  void end(YamuxStream stream, StreamState state) {
    table.remove(stream.id);
    last = null;
    release(stream);
    stream.state = state;
    if (stream.inbound) {
      inboundCount--;
    } else {
      outboundCount--;
      acknowledge(stream);
    }
  }

  /** Ends {@code stream} by our own RST, unless the peer has not heard of it yet. */
  void reset(YamuxStream stream, int errorCode) {
    if (!stream.synOwed) {
      resets.add(stream.id, errorCode);
      if (stream.state.isRemoteOpen()) {
        former.addReset(stream.id, stream.receiveWindow.creditBytes());
      }
    }
    end(stream, StreamState.RESET);
  }

  /** Answers the SYN for {@code id} by RST. */
  void refuse(int id) {
    former.addReset(id, options.windows().initialBytes());
    resets.add(id, 0);
  }

  /** Forgets all streams: the session is over. */
  void endAll() {
    for (YamuxStream stream : table.values()) {
      release(stream);
      stream.state = StreamState.RESET;
    }
    table.clear();
    last = null;
    inboundCount = 0;
    outboundCount = 0;
    unacknowledgedCount = 0;
    openableOwed = false;
  }

  private void release(YamuxStream stream) {
    stream.gone = true;
    int size = stream.receiveWindow.sizeBytes();
    growthBytes -= size - options.windows().initialBytes();
    budget.release(size);
  }
}
