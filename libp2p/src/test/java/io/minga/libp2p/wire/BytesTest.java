package io.minga.libp2p.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BytesTest {
  @Test
  void copyOf_sourceChangedAfterwards_isUnchanged() {
    byte[] source = {1, 2, 3};
    Bytes whole = Bytes.copyOf(source);
    Bytes part = Bytes.copyOf(source, 1, 2);
    Bytes buffered = Bytes.copyOf(ByteBuffer.wrap(source));
    source[1] = 9;
    assertThat(whole).isEqualTo(buffered).isEqualTo(Bytes.of(1, 2, 3));
    assertThat(part).isEqualTo(Bytes.of(2, 3));
  }

  @Test
  void toByteArray_changed_leavesTheBytes() {
    Bytes bytes = Bytes.of(1, 2);
    bytes.toByteArray()[0] = 9;
    assertThat(bytes.at(0)).isEqualTo(1);
    assertThatThrownBy(() -> bytes.asReadOnlyBuffer().put((byte) 9))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void copyOf_buffer_takesWhatRemainsAndMovesNothing() {
    ByteBuffer source = ByteBuffer.allocateDirect(4).put(0, new byte[] {1, 2, 3, 4});
    source.position(1).limit(3);
    assertThat(Bytes.copyOf(source)).isEqualTo(Bytes.of(2, 3));
    assertThat(source.position()).isEqualTo(1);
  }

  @Test
  void sliceAndCopyOf_pastTheEnd_throwRatherThanPad() {
    Bytes bytes = Bytes.of(1, 2, 3);
    assertThat(bytes.slice(1, 3)).isEqualTo(Bytes.of(2, 3));
    assertThat(bytes.slice(3, 3)).isEqualTo(Bytes.EMPTY);
    assertThatThrownBy(() -> bytes.slice(1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Bytes.copyOf(new byte[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> bytes.at(3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void compareTo_highBytes_areUnsigned() {
    List<Bytes> ordered =
        List.of(
            Bytes.EMPTY,
            Bytes.of(0),
            Bytes.of(0, 0),
            Bytes.of(0x7f),
            Bytes.of(0x80),
            Bytes.of(255));
    List<Bytes> shuffled = new ArrayList<>(ordered);
    Collections.reverse(shuffled);
    Collections.sort(shuffled);
    assertThat(shuffled).isEqualTo(ordered);
  }

  @Test
  void equals_sameContent_isEqualWithTheSameHash() {
    assertThat(Bytes.fromHex("00ff"))
        .isEqualTo(Bytes.of(0, 255))
        .hasSameHashCodeAs(Bytes.of(0, 255));
    assertThat(Bytes.of(0)).isNotEqualTo(Bytes.of(0, 0));
    assertThat(Bytes.of(0, 255).toHex()).isEqualTo("00ff");
  }

  @Test
  void startsWithAndConcat_agree() {
    Bytes joined = Bytes.of(1).concat(Bytes.of(2, 3)).concat(Bytes.EMPTY);
    assertThat(joined).isEqualTo(Bytes.of(1, 2, 3));
    assertThat(joined.startsWith(Bytes.of(1, 2))).isTrue();
    assertThat(joined.startsWith(Bytes.EMPTY)).isTrue();
    assertThat(joined.startsWith(joined)).isTrue();
    assertThat(joined.startsWith(Bytes.of(2))).isFalse();
    assertThat(joined.startsWith(Bytes.of(1, 2, 3, 4))).isFalse();
  }

  @Test
  void writeTo_putsAllAtThePosition() {
    ByteBuffer out = ByteBuffer.allocate(3).position(1);
    Bytes.of(7, 8).writeTo(out);
    assertThat(out.array()).containsExactly(0, 7, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 256})
  void of_notAByte_isRefused(int value) {
    assertThatThrownBy(() -> Bytes.of(0, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a byte is 0 to 255, not " + value + ", at 1");
  }

  @Test
  void utf8_roundTrips() throws WireException {
    String text = "größer als 日本 🚀";
    assertThat(Bytes.utf8(text).toUtf8()).isEqualTo(text);
  }

  @Test
  void utf8_unpairedSurrogate_isRefusedRatherThanReplaced() {
    assertThatThrownBy(() -> Bytes.utf8("a\ud800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unpaired surrogate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c080", "eda080", "e282", "f4908080", "80"})
  void toUtf8_notUtf8_isRefused(String hex) {
    assertThatThrownBy(() -> Bytes.fromHex(hex).toUtf8())
        .isInstanceOf(WireException.class)
        .hasMessageContaining("not valid UTF-8");
  }

  @Test
  void toString_manyBytes_isShortened() {
    assertThat(Bytes.of(1, 2)).hasToString("0102");
    assertThat(Bytes.copyOf(new byte[33]).toString()).isEqualTo("00".repeat(32) + "… (33 B)");
  }
}
