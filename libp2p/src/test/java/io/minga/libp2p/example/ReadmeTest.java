package io.minga.libp2p.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** README.md shows a program that compiles, runs, and does what it says. */
final class ReadmeTest {
  private static final Path SOURCE =
      Path.of("src/test/java/io/minga/libp2p/example/HelloHosts.java");

  @Test
  void readme_showsTheExampleAsItIs() throws Exception {
    String source = Files.readString(SOURCE);
    String body = source.substring(source.indexOf("    HostOptions listening"));
    String shown = body.substring(0, body.indexOf("\n  }\n")).stripIndent().strip();

    assertThat(Files.readString(Path.of("../README.md"))).contains(shown);
  }

  @Test
  void example_saysHello() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      HelloHosts.main(new String[0]);
    } finally {
      System.setOut(before);
    }

    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains(" says hello, neighbour")
        .contains("a ping takes ");
  }
}
