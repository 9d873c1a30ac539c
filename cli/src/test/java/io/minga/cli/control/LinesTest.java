package io.minga.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LinesTest {
  @Test
  void lines_comeWithoutTheirEnds() throws Exception {
    assertThat(read("one\n\nthree", 10)).containsExactly("one", "", "three");
    assertThat(read("", 10)).isEmpty();
    assertThat(read("\n", 10)).containsExactly("");
  }

  @Test
  void line_acrossBuffers_isWhole() throws Exception {
    for (int length = 16_380; length < 16_390; length++) {
      String line = "x".repeat(length);
      assertThat(read(line + "\n" + line + "\nend", 20_000)).containsExactly(line, line, "end");
    }
  }

  @Test
  void line_asLongAsAllowed_isRead_andOneByteMoreIsNot() throws Exception {
    assertThat(read("x".repeat(100) + "\n", 100)).hasSize(1);
    assertThatThrownBy(() -> read("x".repeat(101) + "\n", 100))
        .isInstanceOf(Lines.TooLongException.class)
        .hasMessage("a line has more than the 100 B that it may");
    assertThatThrownBy(() -> read("x".repeat(100_000), 20_000))
        .isInstanceOf(Lines.TooLongException.class);
  }

  @Test
  void longLines_shareWhatIsAllowed() throws Exception {
    Allowance both = new Allowance(250_000);
    String text = "x".repeat(200_000) + "\nshort\n";
    try (Lines one = new Lines(channel(text), 1 << 20, both);
        Lines other = new Lines(channel("short\n" + text), 1 << 20, both)) {
      assertThat(one.next()).hasSize(200_000);
      assertThat(both.taken()).isEqualTo(200_000);
      assertThat(other.next()).hasSize(5); // what is short needs no room
      assertThatThrownBy(other::next)
          .isInstanceOf(Lines.TooLongException.class)
          .hasMessageContaining("beside those of others, 250000 B in all; try again");
      assertThat(one.next()).hasSize(5);
    }
    assertThat(both.taken()).isZero();
    try (Lines alone = new Lines(channel(text), 1 << 20, both)) {
      assertThat(alone.next()).hasSize(200_000);
    }
  }

  private static ReadableByteChannel channel(String text) {
    return Channels.newChannel(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> read(String text, int bytesMax) throws IOException {
    Lines lines = new Lines(channel(text), bytesMax);
    List<String> all = new ArrayList<>();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      all.add(new String(line, StandardCharsets.UTF_8));
    }
    return all;
  }
}
