package io.minga.simulations.cli;

import io.minga.simulations.rig.Finding;
import io.minga.simulations.rig.Findings;
import io.minga.simulations.rig.runtime.Rig;
import io.minga.simulations.rig.runtime.RigRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs the fault rig: real peers as processes, and what may happen to them. Starts itself once more
 * in namespaces of its own if it may, so that nothing of it is left when it ends, however it does.
 */
public final class RigCommand {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final String MAIN = "io.minga.cli.Minga";
  private static final int SHORT_SECONDS = 55;
  private static final int LONG_SECONDS = 24 * 3600;

  private List<String> only = List.of();
  private Seeds seeds = new Seeds(1, 1);
  private int secondsMax;
  private boolean isShort;
  private boolean isJson;
  private @Nullable Path page;
  private List<String> minga = List.of("-cp", System.getProperty("java.class.path"), MAIN);

  private RigCommand() {}

  /** Runs what {@code args} say; exits with 1 if a promise was broken, with 2 if they are wrong. */
  public static void main(String[] args) throws IOException, InterruptedException {
    RigCommand command = new RigCommand();
    RigRun run;
    try {
      run = command.parse(List.of(args));
    } catch (IllegalArgumentException wrong) {
      System.err.println("simulations: " + wrong.getMessage() + "; see simulations/run help");
      System.exit(USAGE);
      return;
    }
    Optional<List<String>> apart = RigRun.apart();
    System.exit(apart.isPresent() ? inside(apart.get(), args) : command.run(run));
  }

  private RigRun parse(List<String> arguments) {
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String name = rest.next();
      switch (name) {
        case "--short" -> isShort = true;
        case "--json" -> isJson = true;
        case "--only" -> only = Arrays.asList(value(name, rest).split(",", -1));
        case "--seeds" -> seeds = Seeds.parse(1, value(name, rest));
        case "--limit" -> secondsMax = Integer.parseInt(value(name, rest));
        case "--page" -> page = Path.of(value(name, rest));
        case "--minga" -> minga = List.of("-jar", value(name, rest));
        default -> throw new IllegalArgumentException("unknown argument '" + name + "'");
      }
    }
    int seconds = secondsMax > 0 ? secondsMax : isShort ? SHORT_SECONDS : LONG_SECONDS;
    return new RigRun(only, seeds.from(), seeds.to(), isShort, seconds);
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value behind it");
    }
    return rest.next();
  }

  /** The same once more, in namespaces of its own; its exit code. */
  private static int inside(List<String> apart, String[] args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(apart);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            RigRun.inside(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djava.net.preferIPv4Stack=true",
            "-cp",
            System.getProperty("java.class.path"),
            RigCommand.class.getName()));
    command.addAll(List.of(args));
    Process child = new ProcessBuilder(command).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(child::destroyForcibly, "rig-end"));
    return child.waitFor();
  }

  private int run(RigRun run) throws IOException, InterruptedException {
    List<Finding> findings;
    try (Rig rig = new Rig(minga, words -> System.err.println("rig: " + words))) {
      findings =
          run.run(
              rig,
              found -> System.out.println(isJson ? Findings.json(found) : Findings.line(found)));
    }
    Path written = page;
    if (written != null) {
      Files.writeString(written, RigRun.page(findings));
    }
    Finding.Outcome worst =
        Collections.max(
            findings.isEmpty()
                ? List.of(Finding.Outcome.LEFT_OUT)
                : findings.stream().map(Finding::outcome).toList());
    return worst.compareTo(Finding.Outcome.UNFINISHED) >= 0 ? FAILED : 0;
  }
}
