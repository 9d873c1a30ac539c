package io.minga.node.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.BlockFrame;
import io.minga.node.task.TaskCid;
import io.minga.node.task.TaskLimits;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A fetch in virtual time, among peers that answer as they like. All of it comes of a seed. */
final class FetchWorld {
  static final BlockOptions OPTIONS =
      new BlockOptions(
          16,
          8,
          100,
          256 << 10,
          8,
          3,
          2,
          Duration.ofSeconds(10),
          64 << 10,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1));

  private static final TaskLimits LIMITS = TaskLimits.defaults();
  private static final long STALL = OPTIONS.stall().toNanos();
  private static final long MILLI = 1_000_000;

  /** How a peer answers; whether it may be blamed, and whether it has the block in the end. */
  enum Manner {
    HONEST(false, true),
    /** Its connection is lost while it answers first. */
    LOST_ONCE(false, true),
    /** It can't be reached at first. */
    AWAY_ONCE(false, true),
    AWAY(false, false),
    DEAF(false, false),
    MISSING(false, false),
    SILENT(false, false),
    /** Ends half way, with right bytes. */
    HALF(false, false),
    /** Breaks off again and again, with right bytes. */
    CLUMSY(false, false),
    LIAR(true, false),
    /** Ends half way, with wrong bytes. */
    HALF_LIAR(true, false),
    /** Breaks off again and again, with wrong bytes. */
    CLUMSY_LIAR(true, false),
    /** Wrong bytes of a wrong size. */
    OTHER_SIZE(true, false),
    HUGE(true, false),
    DRIBBLER(true, false),
    TOO_MUCH(true, false),
    TWO_HEADERS(true, false),
    CHUNK_FIRST(true, false),
    LATE_MISSING(true, false),
    BABBLER(true, false);

    final boolean guilty;
    final boolean serves;

    Manner(boolean guilty, boolean serves) {
      this.guilty = guilty;
      this.serves = serves;
    }
  }

  private record Event(long atNanos, long number, int attempt, FetchInput input) {}

  final Map<PeerId, Manner> peers = new LinkedHashMap<>();
  final Map<PeerId, Integer> asked = new LinkedHashMap<>();
  final List<FetchEffect> effects = new ArrayList<>();
  final byte[] content;
  final boolean isRoom;

  private final SplittableRandom random;
  private final Fetch fetch;
  private final Cid cid;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.atNanos - b.atNanos != 0
                  ? Long.signum(a.atNanos - b.atNanos)
                  : Long.compare(a.number, b.number));
  private final Map<Integer, PeerId> attempts = new LinkedHashMap<>();
  private final long startNanos;
  private final boolean isHere;
  private final int fullLooks;
  private ByteArrayOutputStream draft = new ByteArrayOutputStream();
  private long announced = -1;
  private long nowNanos;
  private long numbers;
  private long freed;
  private int looks;
  private boolean over;

  /** Peers of {@code manners}, or drawn if there are none. */
  FetchWorld(long seed, Manner... manners) {
    random = new SplittableRandom(seed);
    startNanos = Long.MAX_VALUE - 7 - random.nextLong(1_000) * STALL; // the clock may wrap
    nowNanos = startNanos;
    boolean batch = random.nextBoolean();
    int most = random.nextInt(8) == 0 && !batch ? 900_000 : LIMITS.batchBytesMax();
    int size = random.nextInt(10) == 0 ? 0 : random.nextInt(most);
    content = new byte[size];
    random.nextBytes(content);
    cid =
        batch ? TaskCid.ofMessage(Bytes.copyOf(content)) : TaskCid.ofContent(Bytes.copyOf(content));
    boolean drawn = manners.length == 0;
    isHere = drawn && !batch && random.nextInt(20) == 0;
    isRoom = batch || !drawn || random.nextInt(10) > 0;
    fullLooks = drawn && !batch ? Math.max(0, random.nextInt(40) - 20) : 0;
    int count = drawn ? random.nextInt(7) : manners.length;
    for (int i = 0; i < count; i++) {
      Manner[] all = Manner.values();
      peers.put(peer(i), drawn ? all[random.nextInt(all.length)] : manners[i]);
    }
    long said = batch && random.nextBoolean() ? 0 : size;
    fetch = new Fetch(cid, said, List.copyOf(peers.keySet()), LIMITS, OPTIONS);
  }

  private static PeerId peer(int number) {
    byte[] digest = new byte[34];
    digest[0] = 0x12;
    digest[1] = 32;
    digest[33] = (byte) number;
    try {
      return PeerId.decode(Bytes.copyOf(digest));
    } catch (WireException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs it to its end, which is its last effect. */
  FetchEffect run() {
    tell(new FetchInput.Begin());
    for (int step = 0; !over; step++) {
      assertThat(step).as("steps").isLessThan(100_000);
      step();
    }
    for (Event event = events.poll(); event != null; event = events.poll()) {
      assertThat(fetch.handle(nowNanos, event.input())).as("after the end").isEmpty();
    }
    assertThat(nowNanos - startNanos).isLessThan(100 * STALL);
    return effects.get(effects.size() - 1);
  }

  private void step() {
    Event event = events.peek();
    long due = fetch.nextDeadlineNanos();
    boolean timed = due != Long.MAX_VALUE;
    assertThat(timed || event != null).as("something will happen").isTrue();
    if (event == null || (timed && due - event.atNanos() < 0)) {
      nowNanos = due - nowNanos > 0 ? due : nowNanos;
      tell(new FetchInput.Tick());
    } else {
      events.poll();
      nowNanos = event.atNanos();
      tell(event.input());
    }
  }

  private void tell(FetchInput input) {
    FetchInput next = input;
    while (next != null) {
      FetchInput answer = null;
      for (FetchEffect effect : fetch.handle(nowNanos, next)) {
        assertThat(over).as("effects after the end: " + effect).isFalse();
        effects.add(effect);
        FetchInput its = perform(effect);
        answer = its == null ? answer : its;
      }
      next = answer;
    }
  }

  private @Nullable FetchInput perform(FetchEffect effect) {
    if (effect instanceof FetchEffect.MakeRoom) {
      return makeRoom();
    } else if (effect instanceof FetchEffect.Begin it) {
      draft = new ByteArrayOutputStream();
      announced = it.sizeBytes();
    } else if (effect instanceof FetchEffect.Append it) {
      draft.writeBytes(it.bytes().toByteArray());
      assertThat((long) draft.size()).isLessThanOrEqualTo(announced);
    } else if (effect instanceof FetchEffect.Restart) {
      draft.reset();
    } else if (effect instanceof FetchEffect.Check) {
      assertThat((long) draft.size()).isEqualTo(announced);
      return new FetchInput.Checked(Arrays.equals(draft.toByteArray(), content));
    } else if (effect instanceof FetchEffect.Open it) {
      open(it);
    } else if (effect instanceof FetchEffect.Ask it) {
      answer(it);
    } else if (effect instanceof FetchEffect.Reset it) {
      if (random.nextBoolean()) { // else what was on its way still comes
        events.removeIf(event -> event.attempt() == it.attempt());
      }
    } else if (effect instanceof FetchEffect.Keep) {
      assertThat(isHere || Arrays.equals(draft.toByteArray(), content)).isTrue();
      over = true;
    } else if (effect instanceof FetchEffect.GiveUp) {
      over = true;
    }
    return null;
  }

  private FetchInput makeRoom() {
    announced = content.length;
    freed += random.nextInt(5) == 0 ? 1 : 0;
    if (isHere) {
      return new FetchInput.Here();
    }
    boolean full = !isRoom || looks++ < fullLooks;
    return full
        ? new FetchInput.NoRoom(isRoom ? freed : 0, "the block store is full")
        : new FetchInput.Room();
  }

  private void later(long nanos, int attempt, FetchInput input) {
    events.add(new Event(nowNanos + nanos, numbers++, attempt, input));
  }

  private Manner manner(int attempt) {
    PeerId peer = attempts.get(attempt);
    Manner manner = peer == null ? null : peers.get(peer);
    assertThat(manner).isNotNull();
    return manner == null ? Manner.SILENT : manner;
  }

  private void open(FetchEffect.Open open) {
    int number = open.attempt();
    assertThat(attempts.put(number, open.peer())).as("a number is for one attempt").isNull();
    int times = asked.merge(open.peer(), 1, Integer::sum);
    long delay = random.nextLong(100) * MILLI;
    switch (manner(number)) {
      case DEAF -> later(delay, number, new FetchInput.NotOpened(number, false, "it is deaf"));
      case AWAY -> later(delay, number, new FetchInput.NotOpened(number, true, "it is away"));
      case AWAY_ONCE ->
          later(
              delay,
              number,
              times == 1
                  ? new FetchInput.NotOpened(number, true, "it is away")
                  : new FetchInput.Opened(number));
      default -> later(delay, number, new FetchInput.Opened(number));
    }
  }

  private void came(long nanos, int attempt, BlockFrame frame) {
    later(nanos, attempt, new FetchInput.Came(attempt, frame));
  }

  private void answer(FetchEffect.Ask ask) {
    int number = ask.attempt();
    int size = content.length;
    int from = (int) ask.offset();
    int half = from + (int) ((size - from) * random.nextDouble(0.9));
    PeerId peer = attempts.get(number);
    int times = peer == null ? 0 : asked.getOrDefault(peer, 0);
    BlockFrame header = new BlockFrame.Header(size);
    switch (manner(number)) {
      case HONEST, AWAY_ONCE -> bytes(number, header, content, from, size, null);
      case LOST_ONCE ->
          bytes(number, header, content, from, times == 1 ? half : size, FetchInput.End.LOST);
      case HALF -> bytes(number, header, content, from, half, FetchInput.End.ENDED);
      case CLUMSY -> bytes(number, header, content, from, half, FetchInput.End.RESET);
      case LIAR -> bytes(number, header, lies(size), from, size, FetchInput.End.ENDED);
      case HALF_LIAR -> bytes(number, header, lies(size), from, half, FetchInput.End.ENDED);
      case CLUMSY_LIAR -> bytes(number, header, lies(size), from, half, FetchInput.End.RESET);
      case OTHER_SIZE -> {
        int other = 1 + random.nextInt(LIMITS.batchBytesMax());
        int to = Math.max(from, random.nextBoolean() ? other : other / 2);
        bytes(number, new BlockFrame.Header(other), lies(to), from, to, FetchInput.End.ENDED);
      }
      case HUGE -> came(0, number, new BlockFrame.Header(LIMITS.contentBytesMax() + 1));
      case TOO_MUCH -> {
        long at = bytes(number, header, content, from, Math.max(from, size - 1), null);
        came(at, number, new BlockFrame.Chunk(Bytes.of(1, 2, 3)));
      }
      case TWO_HEADERS -> {
        came(0, number, header);
        came(1, number, header);
      }
      case CHUNK_FIRST -> came(0, number, new BlockFrame.Chunk(Bytes.of(1)));
      case LATE_MISSING -> {
        came(0, number, header);
        came(1, number, new BlockFrame.Missing());
      }
      case BABBLER ->
          later(0, number, new FetchInput.Closed(number, FetchInput.End.VIOLATION, "no frame"));
      case MISSING -> came(0, number, new BlockFrame.Missing());
      case DRIBBLER -> {
        came(0, number, header);
        for (int i = 1; i < 20 && from + i <= size; i++) {
          came(i * STALL / 4, number, new BlockFrame.Chunk(Bytes.copyOf(content, from + i - 1, 1)));
        }
      }
      case SILENT, AWAY, DEAF -> {}
    }
  }

  private byte[] lies(int size) {
    byte[] lies = new byte[size];
    random.nextBytes(lies);
    return lies;
  }

  /** A header and bytes, and the end if they are not all; when that is. */
  private long bytes(
      int attempt, BlockFrame header, byte[] of, int from, int to, FetchInput.@Nullable End end) {
    long at = 0;
    came(at, attempt, header);
    for (int i = from; i < to; ) {
      int length = Math.min(to - i, 1 + random.nextInt(64 << 10));
      at += random.nextLong(100) * MILLI;
      came(at, attempt, new BlockFrame.Chunk(Bytes.copyOf(of, i, length)));
      i += length;
    }
    if (end != null) {
      later(at, attempt, new FetchInput.Closed(attempt, end, "it ended"));
    }
    return at;
  }
}
