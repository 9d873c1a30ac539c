package io.minga.crdt.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.sync.RangeSync.Effect;
import io.minga.crdt.sync.RangeSync.Input;
import io.minga.crdt.sync.SyncMessage.Item;
import io.minga.crdt.sync.SyncMessage.Listed;
import io.minga.crdt.sync.SyncMessage.Whole;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RangeSyncTest {
  private static final SyncOptions OPTIONS = SyncOptions.defaults();

  static LongStream seeds() {
    return Seeds.seeds(60);
  }

  /** An entry of a value that can change. */
  private static final class Value implements DigestTree.Entry {
    private final Id id;
    private long value;

    Value(Id id, long value) {
      this.id = id;
      this.value = value;
    }

    @Override
    public Id id() {
      return id;
    }

    @Override
    public Digest digest() {
      return new Digest(id.key(), value + 1);
    }
  }

  /** A set of values with its tree. */
  private static final class Values {
    final TreeMap<Id, Value> values = new TreeMap<>();
    final TreeSet<Id> over = new TreeSet<>();
    final DigestTree tree = new DigestTree();

    void put(Id id, long value) {
      Value known = values.get(id);
      if (known == null) {
        known = new Value(id, value);
        values.put(id, known);
        tree.add(known);
      } else if (value > known.value) {
        known.value = value;
        tree.changed(known);
      }
    }

    void end(Id id) {
      Value known = values.remove(id);
      if (known != null) {
        tree.remove(known);
      }
      over.add(id);
    }

    RangeSync sync(SyncOptions options) {
      return new RangeSync(tree, over::contains, options);
    }
  }

  private static Id id(int number) {
    return Id.of(ByteBuffer.allocate(36).putInt(number).array());
  }

  /** Two ends and what they said to each other. */
  private static final class Exchange {
    final Values[] sets;
    final RangeSync[] ends;
    final Deque<byte[]> wire = new ArrayDeque<>();
    final List<byte[]> said = new ArrayList<>();
    final List<Effect.Finished> finished = new ArrayList<>();
    int messages;
    int bytes;
    int bytesMax;
    int offered;

    Exchange(Values one, Values other, SyncOptions options) {
      sets = new Values[] {one, other};
      ends = new RangeSync[] {one.sync(options), other.sync(options)};
    }

    Exchange run() throws MalformedException {
      perform(0, ends[0].handle(0, new Input.Start()));
      for (int turn = 1; !wire.isEmpty(); turn = 1 - turn) {
        SyncMessage message = SyncMessage.decode(wire.remove());
        perform(turn, ends[turn].handle(0, new Input.Received(message)));
      }
      return this;
    }

    private void perform(int end, List<Effect> effects) {
      for (Effect effect : effects) {
        if (effect instanceof Effect.Send send) {
          byte[] message = send.message().encode();
          wire.add(message);
          said.add(message);
          messages++;
          bytes += message.length;
          bytesMax = Math.max(bytesMax, message.length);
        } else if (effect instanceof Effect.Offer offer) {
          offered += offer.entries().size();
          offer.entries().forEach(id -> give(sets[end], sets[1 - end], id));
        } else if (effect instanceof Effect.Finished over) {
          finished.add(over);
        }
      }
    }

    private static void give(Values from, Values to, Id id) {
      Value value = from.values.get(id);
      if (from.over.contains(id)) {
        to.end(id);
      } else if (value != null) {
        to.put(id, value.value);
      }
    }
  }

  private static Exchange exchange(Values one, Values other) throws MalformedException {
    return new Exchange(one, other, OPTIONS).run();
  }

  @Test
  void equalSets_sayOneDigest_andNothingIsOffered() throws MalformedException {
    Values one = new Values();
    Values other = new Values();
    for (int i = 0; i < 1000; i++) {
      one.put(id(i), i);
      other.put(id(999 - i), 999 - i);
    }

    Exchange exchange = exchange(one, other);

    assertThat(exchange.messages).isEqualTo(3);
    assertThat(exchange.offered).isZero();
    assertThat(exchange.bytes).isLessThan(30);
    assertThat(exchange.finished).hasSize(2).allMatch(Effect.Finished::complete);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void differentSets_areEqualAfterwards(long seed) throws MalformedException {
    Random random = new Random(seed);
    Values one = new Values();
    Values other = new Values();
    int common = random.nextInt(3) == 0 ? 0 : random.nextInt(4000);
    for (int i = 0; i < common; i++) {
      one.put(id(i), 0);
      other.put(id(i), 0);
    }
    int different = random.nextInt(2 + common / 4);
    for (int n = 0; n < different; n++) {
      (random.nextBoolean() ? one : other).put(id(random.nextInt(5000)), random.nextInt(5));
    }
    if (random.nextBoolean()) {
      for (int n = 0; n < 10; n++) {
        (random.nextBoolean() ? one : other).end(id(random.nextInt(5000)));
      }
    }

    Exchange exchange = exchange(one, other);

    assertThat(one.tree.digest()).isEqualTo(other.tree.digest());
    assertThat(one.values.keySet()).isEqualTo(other.values.keySet());
    assertThat(exchange.finished).hasSize(2).allMatch(Effect.Finished::complete);
    assertThat(exchange.bytesMax).isLessThanOrEqualTo(SyncMessage.BYTES_MAX);
  }

  @Test
  void everyEntryOfOne_goesToTheOther() throws MalformedException {
    Values one = new Values();
    Values other = new Values();
    for (int i = 0; i < 20_000; i++) {
      one.put(id(i), 0);
      other.put(id(20_000 + i), 0);
    }

    Exchange exchange = exchange(one, other);

    assertThat(one.tree.digest()).isEqualTo(other.tree.digest());
    assertThat(one.values).hasSize(40_000);
    assertThat(exchange.finished).allMatch(Effect.Finished::complete);
    assertThat(exchange.bytesMax).isLessThanOrEqualTo(SyncMessage.BYTES_MAX);
  }

  /** k differences among n entries: a path of at most ⌈log₁₆ n⌉ splits each, and one list. */
  @Test
  void fewDifferencesAmongMany_costTheirPathsOnly() throws MalformedException {
    StringBuilder measured = new StringBuilder();
    for (int n : new int[] {1000, 10_000, 100_000}) {
      Values one = new Values();
      Values other = new Values();
      for (int i = 0; i < n; i++) {
        one.put(id(i), 0);
        other.put(id(i), 0);
      }
      for (int k : new int[] {1, 10, 100}) {
        for (int i = 0; i < k; i++) {
          one.put(id(i * (n / k)), k);
        }
        Exchange exchange = exchange(one, other);
        int depth = (int) Math.ceil(Math.log(n) / Math.log(16)) + 1;
        measured.append(
            String.format(
                "%n%d of %d: %d messages, %d B", k, n, exchange.messages, exchange.bytes));
        assertThat(one.tree.digest()).isEqualTo(other.tree.digest());
        assertThat(exchange.bytes)
            .as("k %d, n %d", k, n)
            .isLessThan(k * (depth * 280 + 32 * 62) + 100);
        assertThat(exchange.messages).isLessThanOrEqualTo(2 * depth + 2 + exchange.bytes / 8192);
        assertThat(exchange.offered).isEqualTo(2 * k);
      }
    }
    assertThat(measured).contains("100 of 100000");
    if (Boolean.getBoolean("gauge")) {
      System.out.println("GAUGE sync " + measured.toString().replace("\n", "\nGAUGE "));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void tree_dependsOnItsContentAlone(long seed) {
    Random random = new Random(seed);
    Values grown = new Values();
    for (int n = 0; n < 3000; n++) {
      Id id = id(random.nextInt(600));
      if (random.nextInt(3) == 0) {
        grown.end(id);
      } else {
        grown.put(id, random.nextInt(5));
      }
      if (random.nextInt(20) == 0) {
        grown.tree.digest();
      }
    }
    Values fresh = new Values();
    grown.values.descendingMap().forEach((id, value) -> fresh.put(id, value.value));

    assertThat(fresh.tree.digest()).isEqualTo(grown.tree.digest());
    assertThat(fresh.tree.size()).isEqualTo(grown.values.size());
    grown.values.keySet().forEach(id -> assertThat(fresh.tree.find(id)).isNotNull());
    List<Id> inOrder = new ArrayList<>(grown.values.keySet());
    inOrder.sort(DigestTree::order);
    assertThat(IntStream.range(0, inOrder.size()).mapToObj(grown.tree::id).toList())
        .isEqualTo(inOrder);
    assertThatThrownBy(() -> grown.tree.id(inOrder.size()))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void oneMoreEntry_orAnotherDigest_changesTheDigest() {
    Values values = new Values();
    assertThat(values.tree.digest()).isEqualTo(Digest.NONE);
    TreeSet<String> digests = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      values.put(id(i), 0);
      digests.add(values.tree.digest().toString());
    }
    for (int i = 0; i < 200; i++) {
      values.put(id(i), 1);
      digests.add(values.tree.digest().toString());
    }
    assertThat(digests).hasSize(400);
  }

  @Test
  void silence_endsTheComparison() throws MalformedException {
    RangeSync end = new Values().sync(OPTIONS);
    long timeout = Duration.ofSeconds(30).toNanos();
    assertThat(end.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    end.handle(5, new Input.Start());

    assertThat(end.nextDeadlineNanos()).isEqualTo(5 + timeout);
    assertThat(end.handle(4 + timeout, new Input.Elapsed())).isEmpty();
    assertThat(end.handle(5 + timeout, new Input.Elapsed())).containsExactly(new Effect.TimedOut());
    assertThat(end.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    SyncMessage late = new SyncMessage(List.of(), List.of());
    assertThatThrownBy(() -> end.handle(6 + timeout, new Input.Received(late)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("is over");
  }

  @Test
  void peerThatNeverEnds_isStopped_andWhatItCanMakeUsHold() throws MalformedException {
    Values values = new Values();
    for (int i = 0; i < 10_000; i++) {
      values.put(id(i), 0);
    }
    SyncOptions small = new SyncOptions(Duration.ofSeconds(1), 50, 20, 20, 30);
    RangeSync end = values.sync(small);
    SyncMessage hostile =
        new SyncMessage(
            List.of(
                new Whole(Prefix.ALL, Digest.NONE),
                new Whole(Prefix.ALL, Digest.NONE),
                new Listed(Prefix.ALL, List.of(new Item(id(-1), Digest.NONE)))),
            List.of());
    int offered = 0;
    for (int i = 0; i < 50; i++) {
      for (Effect effect : end.handle(0, new Input.Received(hostile))) {
        if (effect instanceof Effect.Offer offer) {
          offered += offer.entries().size();
        } else if (effect instanceof Effect.Send send) {
          assertThat(send.message().encode()).hasSizeLessThanOrEqualTo(SyncMessage.BYTES_MAX);
        }
      }
    }

    assertThat(offered).isEqualTo(30);
    assertThatThrownBy(() -> end.handle(0, new Input.Received(hostile)))
        .hasMessageContaining("more than 50");
  }

  @Test
  void limitReached_isToldAndTheNextRunsFindTheRest() throws MalformedException {
    Values one = new Values();
    Values other = new Values();
    for (int i = 0; i < 1000; i++) {
      one.put(id(i), 0);
      other.put(id(1000 + i), 0);
    }
    SyncOptions small = new SyncOptions(Duration.ofSeconds(1), 50, 20, 100, 100);
    Exchange first = new Exchange(one, other, small).run();
    assertThat(first.finished).anyMatch(finished -> !finished.complete());

    int runs = 1;
    while (!one.tree.digest().equals(other.tree.digest()) && runs < 100) {
      new Exchange(one, other, small).run();
      runs++;
    }
    assertThat(runs).isBetween(2, 30);
  }

  @Test
  void hostileMessages_areRefused_andAllOthersAreInTheirOneForm() throws MalformedException {
    Values one = new Values();
    Values other = new Values();
    for (int i = 0; i < 500; i++) {
      one.put(id(i), 0);
      other.put(id(i), i % 20 == 0 ? 1 : 0);
    }
    Exchange exchange = exchange(one, other);
    assertThat(exchange.said).hasSizeGreaterThan(3);

    List<byte[]> accepted = new ArrayList<>(1000);
    Hostile.fuzz(
        3,
        exchange.said,
        input -> {
          try {
            SyncMessage message = SyncMessage.decode(input);
            if (accepted.size() < 1000) {
              accepted.add(input);
            }
            return message;
          } catch (MalformedException malformed) {
            throw new WireException(String.valueOf(malformed.getMessage()));
          }
        });
    for (byte[] input : accepted) {
      assertThat(SyncMessage.decode(input).encode()).isEqualTo(input);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anyMessages_areAnsweredWithinBounds(long seed) throws MalformedException {
    Random random = new Random(seed);
    Values values = new Values();
    for (int i = 0; i < 2000; i++) {
      values.put(id(i), 0);
    }
    RangeSync end = values.sync(OPTIONS);
    for (int n = 0; n < 20; n++) {
      List<SyncMessage.Part> parts = new ArrayList<>();
      for (int i = random.nextInt(SyncMessage.PARTS_MAX); i > 0; i--) {
        parts.add(anyPart(random));
      }
      List<Id> wants = random.nextBoolean() ? List.of() : List.of(id(random.nextInt(3000)));
      for (Effect effect : end.handle(0, new Input.Received(new SyncMessage(parts, wants)))) {
        if (effect instanceof Effect.Send send) {
          byte[] message = send.message().encode();
          assertThat(message).hasSizeLessThanOrEqualTo(SyncMessage.BYTES_MAX);
          assertThat(SyncMessage.decode(message)).isEqualTo(send.message());
        } else if (effect instanceof Effect.Finished) {
          return;
        }
      }
    }
  }

  private static SyncMessage.Part anyPart(Random random) {
    int depth = random.nextInt(Prefix.DEPTH_MAX);
    Prefix range = new Prefix(id(random.nextInt(3000)).key() & Prefix.mask(depth), depth);
    return switch (random.nextInt(3)) {
      case 0 -> new Whole(range, new Digest(random.nextLong(), 0));
      case 1 -> new SyncMessage.Split(range, Collections.nCopies(16, Digest.NONE));
      default -> new Listed(range, List.of(new Item(id(random.nextInt(3000)), Digest.NONE)));
    };
  }
}
