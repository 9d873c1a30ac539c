package io.minga.node.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.TaskCid;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A block store against a model, a full one, a broken disk, and what a dead process left. */
final class BlockStoreTest {
  private static final int SEEDS = 30;
  private static final BlockLimits SMALL = new BlockLimits(1 << 20, 1 << 10, 8 << 10);

  private final Path directory;

  BlockStoreTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1024, 1025, 65_535, 65_536, 65_537, 300_000})
  void block_isReadAsItWasPut(int size) throws IOException {
    byte[] bytes = bytes(new SplittableRandom(size), size);
    try (BlockStore store = BlockStore.open(new StoreOptions(directory, SMALL));
        BlockHold hold = store.put(bytes)) {
      assertThat(hold.cid()).isEqualTo(TaskCid.ofContent(Bytes.copyOf(bytes)));
      assertThat(hold.sizeBytes()).isEqualTo(size);
      assertThat(hold.bytes()).isEqualTo(bytes);
      ByteBuffer read = ByteBuffer.allocate(size);
      for (int at = size / 3; at < size; at = size / 3 + read.position()) {
        read.put(hold.chunk(at));
      }
      assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(bytes, size / 3, size - size / 3));
      assertThat(store.usedBytes()).isEqualTo(size);
    }
  }

  /** Puts, drafts, holds and closes in any order leave exactly what is held. */
  @ParameterizedTest
  @MethodSource("seeds")
  void store_isLikeItsModel(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      contents.add(bytes(random, random.nextInt(random.nextBoolean() ? 1_500 : 200_000)));
    }
    Map<Cid, Integer> model = new LinkedHashMap<>();
    List<BlockHold> holds = new ArrayList<>();
    try (BlockStore store = BlockStore.open(new StoreOptions(directory, SMALL))) {
      for (int step = 0; step < 400; step++) {
        byte[] content = contents.get(random.nextInt(contents.size()));
        Cid cid = TaskCid.ofContent(Bytes.copyOf(content));
        switch (random.nextInt(4)) {
          case 0 -> put(store, content, model, holds);
          case 1 -> draft(store, cid, content, random.nextInt(3), model, holds);
          case 2 -> {
            BlockHold more = store.hold(cid);
            assertThat(more != null).as("seed %d", seed).isEqualTo(model.containsKey(cid));
            if (more != null) {
              model.merge(cid, 1, Integer::sum);
              holds.add(more);
            }
          }
          default -> {
            if (!holds.isEmpty()) {
              BlockHold gone = holds.remove(random.nextInt(holds.size()));
              gone.close();
              gone.close();
              model.computeIfPresent(gone.cid(), (it, count) -> count == 1 ? null : count - 1);
            }
          }
        }
        assertThat(store.size()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
        assertThat(store.usedBytes()).as("seed %d, step %d", seed, step).isLessThan(1 << 20);
      }
      for (BlockHold hold : holds) {
        assertThat(TaskCid.ofContent(Bytes.copyOf(hold.bytes())))
            .as("seed %d", seed)
            .isEqualTo(hold.cid());
      }
      holds.forEach(BlockHold::close);
      assertThat(store.usedBytes()).as("seed %d", seed).isZero();
      assertThat(files()).as("seed %d: only the lock", seed).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(directory).isEmptyDirectory();
  }

  private static void put(
      BlockStore store, byte[] content, Map<Cid, Integer> model, List<BlockHold> holds) {
    try {
      BlockHold hold = store.put(content);
      model.merge(hold.cid(), 1, Integer::sum);
      holds.add(hold);
    } catch (BlockException full) {
      assertThat(full.isFull()).isTrue();
    }
  }

  /** Writes a draft, and keeps it, gives it up, or begins it anew and keeps it. */
  private static void draft(
      BlockStore store,
      Cid cid,
      byte[] content,
      int what,
      Map<Cid, Integer> model,
      List<BlockHold> holds)
      throws IOException {
    try (BlockDraft draft = store.draft(cid, content.length)) {
      draft.append(ByteBuffer.wrap(content, 0, content.length / 2));
      if (what == 0) {
        return;
      } else if (what == 1) {
        draft.append(
            ByteBuffer.wrap(content, content.length / 2, content.length - content.length / 2));
      } else {
        draft.restart();
        draft.append(ByteBuffer.wrap(content));
      }
      assertThat(draft.isRight()).isTrue();
      holds.add(draft.keep());
      model.merge(cid, 1, Integer::sum);
    } catch (BlockException full) {
      assertThat(full.isFull()).isTrue();
    }
  }

  @Test
  void draftOfOtherBytes_isNotRight() throws IOException {
    byte[] bytes = bytes(new SplittableRandom(1), 100_000);
    try (BlockStore store = BlockStore.open(new StoreOptions(directory, SMALL));
        BlockDraft draft = store.draft(TaskCid.ofContent(Bytes.copyOf(bytes)), bytes.length)) {
      bytes[77_777] ^= 1;
      draft.append(ByteBuffer.wrap(bytes));
      assertThat(draft.isRight()).isFalse();
    }
  }

  @Test
  void blockAboveTheBudget_isRefused_andNothingElseSuffers() throws IOException {
    try (BlockStore store = BlockStore.open(new StoreOptions(directory, SMALL))) {
      BlockHold first = store.put(bytes(new SplittableRandom(1), 700_000));
      assertThatExceptionOfType(BlockException.class)
          .isThrownBy(() -> store.put(bytes(new SplittableRandom(2), 400_000)))
          .withMessage(
              "the block store is full: a block of 400000 B does not fit beside 700000 B, the limit"
                  + " is 1048576 B")
          .matches(BlockException::isFull);
      assertThatExceptionOfType(BlockException.class)
          .isThrownBy(() -> store.put(bytes(new SplittableRandom(2), 2_000_000)))
          .matches(it -> !it.isFull());
      assertThat(first.bytes()).hasSize(700_000);
      first.close();
      store.put(bytes(new SplittableRandom(2), 400_000)).close();
    }
  }

  @Test
  void fileThatWasChanged_isNotRead() throws IOException {
    byte[] bytes = bytes(new SplittableRandom(1), 200_000);
    try (BlockStore store = BlockStore.open(new StoreOptions(directory, SMALL));
        BlockHold hold = store.put(bytes)) {
      Path file = files().stream().filter(it -> !it.endsWith("lock")).findFirst().orElseThrow();
      try (RandomAccessFile broken = new RandomAccessFile(file.toFile(), "rw")) {
        broken.seek(150_000);
        broken.write(bytes[150_000] ^ 1);
      }
      assertThat(hold.chunk(0)).isEqualTo(ByteBuffer.wrap(bytes, 0, 65_536));
      assertThatExceptionOfType(BlockException.class)
          .isThrownBy(() -> hold.chunk(140_000))
          .withMessageContaining("its file was changed");
      assertThatExceptionOfType(BlockException.class).isThrownBy(hold::bytes);
      Files.write(file, new byte[10]);
      assertThatExceptionOfType(BlockException.class)
          .isThrownBy(() -> hold.chunk(0))
          .withMessageContaining("ends too early");
    }
  }

  @Test
  void whatADeadProcessLeft_isDeleted_andWhatALivingOneHasIsNot() throws IOException {
    Path dead = Files.createDirectory(directory.resolve("minga-blocks-dead"));
    Files.write(dead.resolve("lock"), new byte[0]);
    Files.write(dead.resolve("0"), new byte[100]);
    Files.write(dead.resolve("1.part"), new byte[100]);
    Path newborn = Files.createDirectory(directory.resolve("minga-blocks-newborn"));
    Path stillborn = Files.createDirectory(directory.resolve("minga-blocks-stillborn"));
    Files.setLastModifiedTime(stillborn, FileTime.from(Instant.now().minusSeconds(3_600)));
    Path other = Files.createDirectory(directory.resolve("something-else"));
    try (BlockStore living = BlockStore.open(new StoreOptions(directory, SMALL));
        BlockHold hold = living.put(bytes(new SplittableRandom(1), 100_000));
        BlockStore next = BlockStore.open(new StoreOptions(directory, SMALL))) {
      assertThat(dead).doesNotExist();
      assertThat(stillborn).doesNotExist();
      assertThat(newborn).exists();
      assertThat(other).exists();
      assertThat(hold.bytes()).hasSize(100_000);
      assertThat(next.size()).isZero();
    }
  }

  @Test
  void directoryThatCannotBeUsed_isRefused_beforeAnythingIsKept() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[1]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockStore.open(StoreOptions.DEFAULT.in(file)))
        .withMessageStartingWith("blocks can't be kept in " + file + ": it is no directory");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BlockStore.open(StoreOptions.DEFAULT.in(file.resolve("below"))))
        .withMessageContaining("it can't be made");
    Path fresh = directory.resolve("new").resolve("deep");
    try (BlockStore store = BlockStore.open(StoreOptions.DEFAULT.in(fresh).withBytesMax(300_000));
        BlockHold hold = store.put(bytes(new SplittableRandom(1), 300_000))) {
      assertThat(hold.bytes()).hasSize(300_000);
      assertThat(files()).anyMatch(it -> it.startsWith(fresh));
      assertThatExceptionOfType(BlockException.class)
          .isThrownBy(() -> store.put(new byte[1]))
          .matches(BlockException::isFull);
    }
    assertThat(fresh).isEmptyDirectory();
  }

  @Test
  void closedStore_hasNothing_andTakesNothing() throws IOException {
    BlockStore store = BlockStore.open(new StoreOptions(directory, SMALL));
    BlockHold hold = store.put(bytes(new SplittableRandom(1), 100_000));
    store.close();
    assertThat(directory).isEmptyDirectory();
    assertThat(store.hold(hold.cid())).isNull();
    assertThatExceptionOfType(BlockException.class).isThrownBy(hold::bytes);
    assertThatExceptionOfType(BlockException.class).isThrownBy(() -> store.put(new byte[10]));
    hold.close();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static byte[] bytes(SplittableRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
