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
    assertThat(said(() -> HelloNeighbours.main(new String[0])))
        .contains(" says hello, neighbour")
        .contains("the squares of 1 to 1000 sum up to 333833500");
  }

  @Test
  void example_callsItself() throws Exception {
    assertThat(said(() -> PiAndFib.main(new String[0])))
        .contains("π is about 3")
        .contains("fib(200) is 280571172992510140037611932413038677189525");
  }

  private interface Program {
    void run() throws Exception;
  }

  private static String said(Program program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
