package io.minga.libp2p.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LengthPrefixedTest {
  static LongStream seeds() {
    return Seeds.seeds(200);
  }

  private static List<Bytes> split(LengthPrefixed splitter, ByteBuffer in) throws WireException {
    List<Bytes> frames = new ArrayList<>();
    for (ByteBuffer frame = splitter.next(in); frame != null; frame = splitter.next(in)) {
      frames.add(Bytes.copyOf(frame));
    }
    assertThat(in.remaining()).isZero();
    return frames;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void next_anyChunks_givesTheFramesThatWereSent(long seed) throws WireException {
    Random random = new Random(seed);
    List<Bytes> sent = new ArrayList<>();
    Bytes stream = Bytes.EMPTY;
    for (int i = random.nextInt(20); i >= 0; i--) {
      byte[] frame = new byte[random.nextInt(random.nextBoolean() ? 4 : 700)];
      random.nextBytes(frame);
      sent.add(Bytes.copyOf(frame));
      stream = stream.concat(LengthPrefixed.encode(Bytes.copyOf(frame)));
    }
    LengthPrefixed splitter = new LengthPrefixed(700);
    List<Bytes> received = new ArrayList<>();
    int chunkMax = 1 + random.nextInt(random.nextBoolean() ? 3 : 2000);
    for (int from = 0; from < stream.length(); ) {
      int to = Math.min(stream.length(), from + random.nextInt(chunkMax + 1));
      ByteBuffer chunk = stream.slice(from, to).asReadOnlyBuffer();
      if (random.nextBoolean()) {
        chunk = ByteBuffer.allocateDirect(to - from).put(chunk).flip();
      }
      received.addAll(split(splitter, chunk));
      from = to;
    }
    splitter.finish();
    assertThat(received).isEqualTo(sent);
    assertThat(splitter.heldBytes()).isZero();
  }

  @Test
  void next_wholeFrame_isAViewOfTheInput() throws WireException {
    byte[] input = {2, 10, 11, 0, 1, 12};
    ByteBuffer in = ByteBuffer.wrap(input);
    LengthPrefixed splitter = new LengthPrefixed(2);
    ByteBuffer first = Objects.requireNonNull(splitter.next(in));
    assertThat(first.array()).isSameAs(input);
    assertThat(first.arrayOffset()).isEqualTo(1);
    assertThat(first.remaining()).isEqualTo(2);
    assertThat(split(splitter, in)).containsExactly(Bytes.EMPTY, Bytes.of(12));
  }

  @Test
  void next_gatheredFrame_isNotTouchedByTheNextOne() throws WireException {
    LengthPrefixed splitter = new LengthPrefixed(10);
    assertThat(splitter.next(ByteBuffer.wrap(new byte[] {2, 10}))).isNull();
    ByteBuffer first = Objects.requireNonNull(splitter.next(ByteBuffer.wrap(new byte[] {11})));
    assertThat(splitter.next(ByteBuffer.wrap(new byte[] {2, 20}))).isNull();
    ByteBuffer second = Objects.requireNonNull(splitter.next(ByteBuffer.wrap(new byte[] {21})));
    assertThat(Bytes.copyOf(first)).isEqualTo(Bytes.of(10, 11));
    assertThat(Bytes.copyOf(second)).isEqualTo(Bytes.of(20, 21));
  }

  @Test
  void next_lengthAboveTheLimit_isRefusedAtOnce() throws WireException {
    assertThatThrownBy(() -> new LengthPrefixed(9).next(ByteBuffer.wrap(new byte[] {10})))
        .isInstanceOf(WireException.class)
        .hasMessage("a frame's length is above the limit of 9 B");
    // Whatever the rest of this length is, it is above 300 already.
    ByteBuffer part = ByteBuffer.wrap(Bytes.fromHex("ff83").toByteArray());
    assertThatThrownBy(() -> new LengthPrefixed(300).next(part))
        .hasMessage("a frame's length is above the limit of 300 B");
    assertThat(new LengthPrefixed(300).next(ByteBuffer.wrap(new byte[] {(byte) 0xff}))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8000", "8100", "808080808080808080", "ffffffffffffffff7f"})
  void next_badLength_isRefused(String hex) {
    LengthPrefixed splitter = new LengthPrefixed(Integer.MAX_VALUE);
    assertThatThrownBy(() -> splitter.next(Bytes.fromHex(hex).asReadOnlyBuffer()))
        .isInstanceOf(WireException.class);
  }

  @Test
  void next_hugeFrameThatDribbles_holdsAtMostTwiceWhatArrived() throws WireException {
    LengthPrefixed splitter = new LengthPrefixed(Integer.MAX_VALUE);
    assertThat(splitter.next(Uvarint.encode(Integer.MAX_VALUE).asReadOnlyBuffer())).isNull();
    assertThat(splitter.heldBytes()).isZero();
    for (int i = 1; i <= 10_000; i++) {
      assertThat(splitter.next(ByteBuffer.wrap(new byte[] {1}))).isNull();
      assertThat(splitter.heldBytes()).isBetween(i, Math.max(64, 2 * i));
    }
  }

  @Test
  void finish_withinAFrame_isRefused() throws WireException {
    LengthPrefixed splitter = new LengthPrefixed(200);
    splitter.finish();
    splitter.next(ByteBuffer.wrap(new byte[] {(byte) 0x80}));
    assertThatThrownBy(splitter::finish).hasMessage("stream ends within a frame's length");
    splitter.next(ByteBuffer.wrap(new byte[] {1, 5, 5}));
    assertThatThrownBy(splitter::finish).hasMessage("stream ends after 2 of a frame's 128 B");
  }

  @Test
  void next_hostileInputs_areSplitTheSameInOneChunkAndInMany() {
    byte[] good =
        LengthPrefixed.encode(Bytes.utf8("frame"))
            .concat(LengthPrefixed.encode(Bytes.copyOf(new byte[200])))
            .toByteArray();
    Hostile.fuzz(
        1,
        Hostile.inputs() / 4,
        List.of(good),
        input -> {
          List<Bytes> whole = split(new LengthPrefixed(1000), ByteBuffer.wrap(input));
          List<Bytes> parts = new ArrayList<>();
          LengthPrefixed splitter = new LengthPrefixed(1000);
          for (int from = 0; from < input.length; from += 50) {
            int length = Math.min(50, input.length - from);
            parts.addAll(split(splitter, ByteBuffer.wrap(input, from, length)));
          }
          if (!whole.equals(parts)) {
            throw new AssertionError("one chunk gives " + whole + ", many give " + parts);
          }
          return whole;
        });
  }
}
