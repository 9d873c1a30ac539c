package io.minga.node.block;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.block.FetchEffect.Append;
import io.minga.node.block.FetchEffect.Ask;
import io.minga.node.block.FetchEffect.Check;
import io.minga.node.block.FetchEffect.GiveUp;
import io.minga.node.block.FetchEffect.Keep;
import io.minga.node.block.FetchEffect.MakeRoom;
import io.minga.node.block.FetchEffect.Misbehaved;
import io.minga.node.block.FetchEffect.Open;
import io.minga.node.block.FetchEffect.Reset;
import io.minga.node.block.FetchEffect.Restart;
import io.minga.node.block.FetchInput.Broken;
import io.minga.node.block.FetchInput.Came;
import io.minga.node.block.FetchInput.Checked;
import io.minga.node.block.FetchInput.Closed;
import io.minga.node.block.FetchInput.End;
import io.minga.node.block.FetchInput.NoRoom;
import io.minga.node.block.FetchInput.NotOpened;
import io.minga.node.block.FetchInput.Opened;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskLimits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One block on its way here, as a pure machine.
 *
 * <p>Peers are asked one after the other; what one has brought the next goes on with. When what
 * several brought doesn't fit together, each is asked for all of it, so that the liar shows. A
 * batch whose size nobody said is always asked for whole.
 */
public final class Fetch {
  private static final long ROOM_LOOK_NANOS = Duration.ofMillis(20).toNanos();

  private final Cid cid;
  private final long wantedBytes;
  private final List<PeerId> holders;
  private final TaskLimits limits;
  private final BlockOptions options;

  /** Who is asked, the next one first. */
  private final Deque<PeerId> left;

  /** Those whose connection was lost, to be asked once more. */
  private final Set<PeerId> cutOff = new LinkedHashSet<>();

  /** What came of asking each, last. */
  private final Map<PeerId, String> failures = new LinkedHashMap<>();

  private List<FetchEffect> out = new ArrayList<>();
  private Phase phase = Phase.NEW;
  private long deadlineNanos;

  // Of the block.
  private long sizeBytes = -1;
  private long writtenBytes;

  /** Who brought what has come; null if it was more than one peer. */
  private @Nullable PeerId author;

  /** Whether each peer is asked for all of it. */
  private boolean alone;

  private boolean askedAgain;

  // Of waiting for room.
  private long freedSeen = -1;
  private long roomUntilNanos;

  // Of the present attempt, if there is one.
  private @Nullable PeerId asked;
  private int attempt;
  private long offset;
  private long cameBytes;
  private long watchedBytes;

  private enum Phase {
    NEW,
    /** Waits for the store's answer, or to ask it again. */
    ROOM,
    /** Waits for a stream. */
    OPENING,
    /** Has asked, and waits for a header. */
    ASKED,
    COMING,
    CHECKING,
    /** Waits to ask those again whose connection was lost. */
    PAUSED,
    KEEPING,
    OVER
  }

  /**
   * A fetch that has not begun.
   *
   * @param sizeBytes how large the block is; 0 for a batch of which nobody said
   * @param holders who may have it, the likeliest first
   */
  public Fetch(
      Cid cid, long sizeBytes, List<PeerId> holders, TaskLimits limits, BlockOptions options) {
    this.cid = cid;
    this.wantedBytes = sizeBytes;
    this.holders = List.copyOf(holders);
    this.limits = limits;
    this.options = options;
    this.left = new ArrayDeque<>(holders);
    this.alone = isUnsaid();
  }

  private boolean isBatch() {
    return cid.codec() != Cid.RAW;
  }

  private boolean isUnsaid() {
    return isBatch() && wantedBytes == 0;
  }

  /** Takes one input; what is to be done, in order. */
  public List<FetchEffect> handle(long nowNanos, FetchInput input) {
    if (phase != Phase.OVER) {
      take(nowNanos, input);
    }
    List<FetchEffect> effects = out;
    out = new ArrayList<>();
    return effects;
  }

  /** When {@link FetchInput.Tick} is due; {@link Long#MAX_VALUE} for never. */
  public long nextDeadlineNanos() {
    return isTimed() ? deadlineNanos : Long.MAX_VALUE;
  }

  private boolean isTimed() {
    return switch (phase) {
      case NEW, OPENING, CHECKING, KEEPING, OVER -> false;
      case ROOM, ASKED, COMING, PAUSED -> true;
    };
  }

  private void take(long nowNanos, FetchInput input) {
    if (input instanceof FetchInput.Begin) {
      begin(nowNanos);
    } else if (input instanceof FetchInput.Tick) {
      tick(nowNanos);
    } else if (input instanceof FetchInput.Here) {
      keep();
    } else if (input instanceof FetchInput.Room) {
      sizeBytes = wantedBytes;
      next(nowNanos);
    } else if (input instanceof NoRoom it) {
      noRoom(nowNanos, it);
    } else if (input instanceof Broken it) {
      giveUp(it.why());
    } else if (input instanceof Checked it) {
      checked(nowNanos, it.right());
    } else if (input instanceof Opened it && isPresent(it.attempt())) {
      opened(nowNanos);
    } else if (input instanceof NotOpened it && isPresent(it.attempt())) {
      notOpened(nowNanos, it);
    } else if (input instanceof Came it && isPresent(it.attempt())) {
      came(nowNanos, it.frame());
    } else if (input instanceof Closed it && isPresent(it.attempt())) {
      closed(nowNanos, it);
    }
  }

  private boolean isPresent(int number) {
    return asked != null && number == attempt;
  }

  // Room.

  private void begin(long nowNanos) {
    if (isBatch()) {
      next(nowNanos);
    } else {
      askForRoom(nowNanos);
    }
  }

  private void askForRoom(long nowNanos) {
    phase = Phase.ROOM;
    deadlineNanos = nowNanos + ROOM_LOOK_NANOS;
    out.add(new MakeRoom());
  }

  private void noRoom(long nowNanos, NoRoom full) {
    if (full.freed() != freedSeen) {
      freedSeen = full.freed();
      roomUntilNanos = nowNanos + options.roomWait().toNanos();
    }
    if (roomUntilNanos - nowNanos <= 0) {
      giveUp(full.why());
    }
  }

  // Asking.

  private void next(long nowNanos) {
    PeerId peer = left.poll();
    if (peer != null) {
      phase = Phase.OPENING;
      asked = peer;
      attempt++;
      out.add(new Open(attempt, peer));
    } else if (!cutOff.isEmpty() && !askedAgain) {
      askedAgain = true;
      left.addAll(cutOff);
      phase = Phase.PAUSED;
      deadlineNanos = nowNanos + options.again().toNanos();
    } else {
      giveUp(failures.isEmpty() ? "nobody has it" : words());
    }
  }

  private String words() {
    List<String> each = new ArrayList<>();
    failures.forEach((peer, why) -> each.add(peer + ": " + why));
    return String.join("; ", each);
  }

  private void opened(long nowNanos) {
    if (phase != Phase.OPENING) {
      return;
    }
    phase = Phase.ASKED;
    offset = writtenBytes;
    cameBytes = 0;
    watch(nowNanos);
    out.add(new Ask(attempt, offset));
  }

  private void notOpened(long nowNanos, NotOpened input) {
    if (phase == Phase.OPENING) {
      if (input.lost()) {
        cutOff.add(asked());
      }
      tried(nowNanos, input.why());
    }
  }

  private PeerId asked() {
    if (asked == null) {
      throw new IllegalStateException("nobody is asked");
    }
    return asked;
  }

  // Time.

  private void watch(long nowNanos) {
    watchedBytes = cameBytes;
    deadlineNanos = nowNanos + options.stall().toNanos();
  }

  private void tick(long nowNanos) {
    if (!isTimed() || deadlineNanos - nowNanos > 0) {
      return;
    }
    if (phase == Phase.ROOM) {
      askForRoom(nowNanos);
    } else if (phase == Phase.PAUSED) {
      next(nowNanos);
    } else {
      stalled(nowNanos);
    }
  }

  /** Ends the attempt if too little has come since the last look. */
  private void stalled(long nowNanos) {
    long more = cameBytes - watchedBytes;
    long millis = options.stall().toMillis();
    if (more >= options.stallBytes()) {
      watch(nowNanos);
    } else if (more == 0) {
      tried(nowNanos, "nothing came for %d ms".formatted(millis));
    } else {
      misbehaved(
          asked(),
          "sends a block %s at %d B in %d ms, where at least %d are right"
              .formatted(cid, more, millis, options.stallBytes()));
      tried(nowNanos, "only %d B came in %d ms".formatted(more, millis));
    }
  }

  // What a peer says.

  private void came(long nowNanos, BlockFrame frame) {
    if (frame instanceof BlockFrame.Chunk chunk && phase == Phase.COMING) {
      append(nowNanos, chunk.bytes());
    } else if (frame instanceof BlockFrame.Header header && phase == Phase.ASKED) {
      announced(nowNanos, header.sizeBytes());
    } else if (frame instanceof BlockFrame.Missing && phase == Phase.ASKED) {
      tried(nowNanos, "it has no such block");
    } else {
      misbehaved(asked(), "a frame of a block that is out of place: " + frame.getClass());
      tried(nowNanos, "it said what is out of place");
    }
  }

  private void announced(long nowNanos, long announcedBytes) {
    long max = isBatch() ? limits.batchBytesMax() : limits.contentBytesMax();
    if (announcedBytes > max || (!isUnsaid() && announcedBytes != wantedBytes)) {
      tried(nowNanos, "its block has %d B, not %d".formatted(announcedBytes, wantedBytes));
      return;
    }
    if (sizeBytes < 0) {
      sizeBytes = announcedBytes;
      out.add(new FetchEffect.Begin((int) announcedBytes));
    }
    phase = Phase.COMING;
    author = offset == 0 || asked().equals(author) ? asked() : null;
    checkIfWhole();
  }

  private void append(long nowNanos, Bytes bytes) {
    if (bytes.length() > sizeBytes - writtenBytes) {
      misbehaved(
          asked(),
          "sends more of block %s than the %d B that it announced".formatted(cid, sizeBytes));
      restart();
      tried(nowNanos, "it sent more than it announced");
      return;
    }
    cameBytes += bytes.length();
    writtenBytes += bytes.length();
    out.add(new Append(bytes));
    checkIfWhole();
  }

  private void checkIfWhole() {
    if (writtenBytes == sizeBytes) {
      phase = Phase.CHECKING;
      out.add(new Check());
    }
  }

  private void checked(long nowNanos, boolean right) {
    if (right) {
      keep();
      return;
    }
    PeerId liar = author;
    restart();
    if (liar != null) {
      misbehaved(liar, "sends other bytes than those of block " + cid);
    } else { // nobody knows which of them lied: each by itself
      alone = true;
      left.clear();
      left.addAll(holders);
    }
    tried(nowNanos, "its bytes are not those of the block");
  }

  private void closed(long nowNanos, Closed input) {
    if (input.end() == End.VIOLATION) {
      misbehaved(asked(), input.why());
    } else if (input.end() == End.LOST) {
      cutOff.add(asked());
    } else if (input.end() == End.RESET && !alone && cameBytes >= options.stallBytes()) {
      left.addFirst(asked()); // it may go on; not without end, for much came each time
    }
    String after = sizeBytes < 0 ? "" : " after %d B".formatted(writtenBytes);
    tried(nowNanos, input.why() + after);
  }

  // Ends.

  /** An attempt came to nothing. */
  private void tried(long nowNanos, String why) {
    failures.put(asked(), why);
    leave();
    if (alone) {
      restart();
    }
    next(nowNanos);
  }

  /** The present attempt is over. */
  private void leave() {
    if (asked != null) {
      out.add(new Reset(attempt));
      asked = null;
    }
  }

  private void restart() {
    if (isUnsaid()) {
      sizeBytes = -1;
    } else if (writtenBytes > 0) {
      out.add(new Restart());
    }
    writtenBytes = 0;
  }

  private void misbehaved(PeerId peer, String why) {
    out.add(new Misbehaved(peer, why));
  }

  private void keep() {
    leave();
    phase = Phase.KEEPING;
    out.add(new Keep());
  }

  private void giveUp(String why) {
    leave();
    phase = Phase.OVER;
    out.add(new GiveUp(why));
  }
}
