package io.minga.cli;

import io.minga.cli.control.Json;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import io.minga.cli.trial.Figure;
import io.minga.cli.trial.Trial;
import io.minga.cli.trial.TrialException;
import io.minga.cli.trial.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code minga trial}: shows what peers promise each other. */
@Command(
    name = "trial",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Shows on this machine what peers promise each other, and measures it: starts peers as"
          + " processes, gives them work, and has some come, leave or be killed.",
      "All of it is on the loopback interface, and nothing is left running. Without a name, or with"
          + " 'list', tells which trials there are."
    },
    footer = {
      "",
      "Examples:",
      "  minga trial hosts join kill",
      "  minga trial all --runs 5",
      "",
      "Exits with 0 if all is as promised, with 1 if not, 2 if called wrongly."
    })
final class TrialCommand implements Callable<Integer> {
  private static final long NANOS_PER_MILLI = 1_000_000;

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "Which trials, or all.")
  private List<String> names = List.of();

  @Option(names = "--runs", paramLabel = "N", description = "How often each. Default: 1")
  private int runs = 1;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What the work of the first run is drawn from. Default: 1")
  private long seed = 1;

  @Mixin private CommonOptions common = new CommonOptions();

  private final Surroundings around;

  TrialCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(common.isVerbose());
    if (runs < 1) {
      throw new Failure("--runs is 1 or more, not %d".formatted(runs), Minga.USAGE);
    }
    List<Trial> chosen = chosen();
    if (chosen.isEmpty()) {
      Table table = new Table("NAME", "PROMISE");
      Trial.all().forEach(trial -> table.row(trial.name(), trial.promise()));
      table.lines().forEach(around.out()::println);
      return 0;
    }
    boolean holds = true;
    for (Trial trial : chosen) {
      holds &= run(trial);
    }
    return holds ? 0 : Minga.FAILURE;
  }

  private List<Trial> chosen() throws Failure {
    if (names.isEmpty() || names.equals(List.of("list"))) {
      return List.of();
    }
    if (names.equals(List.of("all"))) {
      return Trial.all();
    }
    List<Trial> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          Trial.all().stream()
              .filter(it -> it.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new Failure(
                          "there is no trial '%s'; minga trial lists them".formatted(name),
                          Minga.USAGE)));
    }
    return chosen;
  }

  private boolean run(Trial trial) throws Failure {
    tell(trial.name() + ": " + trial.promise());
    List<Verdict> verdicts = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      long started = around.nanos().getAsLong();
      Verdict verdict = once(trial, seed + run);
      verdicts.add(verdict);
      if (common.isJson()) {
        around.out().println(Json.text(json(trial, seed + run, verdict)));
      } else if (runs == 1) {
        show(verdict.details());
      } else {
        long millis = (around.nanos().getAsLong() - started) / NANOS_PER_MILLI;
        tell("  run %d of %d took %s".formatted(run + 1, runs, Spans.ofMillis(millis)));
      }
    }
    if (!common.isJson()) {
      show(figures(verdicts));
      tell("");
    }
    return verdicts.stream().allMatch(Verdict::holds);
  }

  private static Verdict once(Trial trial, long seed) throws Failure {
    try {
      return trial.run(seed);
    } catch (IOException | TrialException e) {
      throw new Failure("%s: %s".formatted(trial.name(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    }
  }

  /** A row a figure, a column a run. */
  private static Table figures(List<Verdict> verdicts) {
    List<String> headings = new ArrayList<>(List.of("FIGURE", "PROMISED"));
    for (int run = 1; run <= verdicts.size(); run++) {
      headings.add(verdicts.size() == 1 ? "MEASURED" : "RUN " + run);
    }
    headings.add("");
    Table table = new Table(headings.toArray(String[]::new));
    for (int i = 0; i < verdicts.get(0).figures().size(); i++) {
      Figure first = verdicts.get(0).figures().get(i);
      List<Object> row = new ArrayList<>(List.of(first.name(), first.promise()));
      boolean holds = true;
      for (Verdict verdict : verdicts) {
        Figure figure = verdict.figures().get(i);
        holds &= figure.holds();
        row.add(new Table.Right(figure.text()));
      }
      row.add(first.promise().isEmpty() ? "" : holds ? "holds" : "BROKEN");
      table.row(row.toArray());
    }
    return table;
  }

  private static Map<String, Object> json(Trial trial, long seed, Verdict verdict) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("trial", trial.name());
    object.put("seed", seed);
    object.put("holds", verdict.holds());
    List<Map<String, Object>> figures = new ArrayList<>();
    for (Figure figure : verdict.figures()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("figure", figure.name());
      each.put("value", figure.value());
      each.put("unit", figure.unit());
      each.put("promise", figure.promise());
      each.put("holds", figure.holds());
      figures.add(each);
    }
    object.put("figures", figures);
    return object;
  }

  private void show(Table table) {
    table.lines().forEach(line -> tell("  " + line));
  }

  private void tell(String line) {
    if (!common.isJson()) {
      around.out().println(line);
    }
  }
}
