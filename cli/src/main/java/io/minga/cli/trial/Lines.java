package io.minga.cli.trial;

import io.minga.cli.text.Table;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A file of lines goes through {@code minga map} and a program, and through a shell's loop around
 * the same program: what comes out is the same, byte for byte.
 */
final class Lines implements Trial {
  private static final int PEERS = 2;
  private static final String PROGRAM = "tr a-z A-Z";

  /** What shells and programs are known to trip over. */
  private static final List<String> ODD =
      List.of(
          "  two blanks at both ends  ",
          "a\ttab",
          "'single' and \"double\" quotes",
          "back\\slash \\n \\\\",
          "$(date) `date` $HOME ${x} %s %%",
          "*.txt ? [a-z] ~ ! #no comment",
          "-n --help -",
          "{} {0} { }",
          "null",
          "ends as lines elsewhere do\r",
          "äöü ñ 水 \uD83E\uDD9C e\u0301",
          "a;b|c&d>e<f");

  private final int lines;

  Lines() {
    this(10_000);
  }

  Lines(int lines) {
    this.lines = lines;
  }

  @Override
  public String name() {
    return "lines";
  }

  @Override
  public String promise() {
    return "minga map of %,d lines through a program is, byte for byte, what a shell's loop gives"
        .formatted(lines);
  }

  @Override
  public Verdict run(long seed) throws IOException, InterruptedException, TrialException {
    try (Crew crew = Crew.start()) {
      Path file = Files.writeString(crew.directory().resolve("lines"), text(seed));
      Path looped = crew.directory().resolve("looped");
      Path mapped = crew.directory().resolve("mapped");
      String command = "upper=/usr/bin/" + PROGRAM;
      PeerProcess submitter = crew.add(1, "--allow-command", command);
      for (int i = 1; i < PEERS; i++) {
        crew.add(1, "--allow-command", command, "--bootstrap", submitter.address());
      }
      crew.awaitAll(new FunctionName("upper"));
      Path data = crew.directory().resolve("peer0"); // the commands' peer

      double map =
          timed(
              mapped,
              Programs.minga("map", "--text", "upper", file.toString(), "--data", data.toString()));
      String loop =
          "while IFS= read -r line; do printf '%%s\\n' \"$line\" | %s; done <'%s'"
              .formatted(PROGRAM, file);
      double shell = timed(looped, List.of("/bin/sh", "-c", loop));

      long differ = Files.mismatch(looped, mapped);
      return new Verdict(
          List.of(
              Figure.of("differs from byte", (double) differ, "").exactly(-1),
              Figure.of("bytes", (double) Files.size(mapped), ""),
              Figure.of("minga map", map, "s"),
              Figure.of("the loop", shell, "s"),
              Figure.of("loop / map", shell / map, "")),
          new Table("LINES", "PROGRAM", "PEERS").row(lines, PROGRAM, PEERS));
    }
  }

  private String text(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      if (random.nextInt(50) == 0) {
        text.append('\n'); // a line, too
        continue;
      }
      text.append(i).append(' ').append(ODD.get(random.nextInt(ODD.size())));
      if (random.nextInt(100) == 0) {
        text.append(" long".repeat(random.nextInt(1_000)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static double timed(Path out, List<String> command)
      throws IOException, InterruptedException, TrialException {
    Path errors = out.resolveSibling(out.getFileName() + ".errors");
    long started = System.nanoTime();
    Process process =
        Programs.undisturbed(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    process.getOutputStream().close();
    int exitCode = process.waitFor();
    double seconds = (System.nanoTime() - started) / 1e9;
    if (exitCode != 0) {
      throw new TrialException(
          String.format(
              Locale.ROOT,
              "%s ended with %d: %s",
              command.get(0),
              exitCode,
              Files.readString(errors).strip()));
    }
    return seconds;
  }
}
