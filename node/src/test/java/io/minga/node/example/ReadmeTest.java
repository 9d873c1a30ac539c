package io.minga.node.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** README.md shows a program that compiles, runs, and does what it says. */
@Timeout(60)
final class ReadmeTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/minga/node/example/HelloNeighbours.java");

  @Test
  void readme_showsTheExampleAsItIs() throws Exception {
    String source = Files.readString(SOURCE);
    String body = source.substring(source.indexOf("    try (Peer alice"));
    String shown = body.substring(0, body.indexOf("\n  }\n")).stripIndent().strip();

    assertThat(Files.readString(Path.of("../README.md"))).contains(shown);
  }

  @Test
  void example_callsAndMaps() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      HelloNeighbours.main(new String[0]);
    } finally {
      System.setOut(before);
    }

    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains(" says hello, neighbour")
        .contains("the squares of 1 to 1000 sum up to 333833500");
  }
}
