package io.minga.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
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

  private static List<String> read(String text, int bytesMax) throws IOException {
    Lines lines =
        new Lines(
            Channels.newChannel(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))),
            bytesMax);
    List<String> all = new ArrayList<>();
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      all.add(new String(line, StandardCharsets.UTF_8));
    }
    return all;
  }
}
