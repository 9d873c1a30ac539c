package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Table;
import io.minga.node.journal.store.JournalCheck;
import io.minga.node.journal.store.JournalException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minga doctor}: what is wrong with what a peer keeps. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Looks whether what a peer keeps is as it should be.",
      "It changes nothing: a journal is checked, and mended if it is damaged, in a copy."
    },
    footer = {
      "",
      "Examples:",
      "  minga doctor --journal",
      "  minga doctor --journal --data /var/lib/minga --json",
      "",
      "Exits with 0 if all is well, with 1 if it is not, 2 if called wrongly."
    })
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--journal",
      description = "The journal of durable jobs: each row of it, and that none is missing.")
  private boolean journal;

  @Mixin private CommonOptions common = new CommonOptions();
  private final Surroundings around;

  DoctorCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(common.isVerbose());
    if (!journal) {
      throw new Failure("say what is to be looked at: --journal", Minga.USAGE);
    }
    Path path = DataDirectory.journalFile(common.data(around));
    Optional<Daemon> running = around.peers().running(common.data(around));
    if (running.isPresent()) {
      try (Daemon daemon = running.get()) {
        Daemon.JournalRow it = Asking.get(daemon.journal());
        say(path, true, it.jobs(), it.openTasks(), it.rows(), it.commits(), it.bytes(), List.of());
        return 0;
      }
    }
    try {
      JournalCheck it = JournalCheck.of(path);
      say(
          path,
          false,
          it.size().jobs(),
          it.size().openTasks(),
          it.size().rows(),
          it.size().commits(),
          it.size().bytes(),
          it.troubles());
      return it.troubles().isEmpty() ? 0 : Minga.FAILURE;
    } catch (JournalException e) {
      throw new Failure(e);
    }
  }

  private void say(
      Path path,
      boolean inUse,
      int jobs,
      long openTasks,
      long rows,
      long commits,
      long bytes,
      List<String> troubles) {
    if (common.isJson()) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("journal", path.toString());
      said.put("inUse", inUse);
      said.put("jobs", jobs);
      said.put("openTasks", openTasks);
      said.put("rows", rows);
      said.put("commits", commits);
      said.put("bytes", bytes);
      said.put("troubles", troubles);
      around.out().println(Json.text(said));
      return;
    }
    around
        .out()
        .println(
            "%s: %s jobs with %s open tasks, in %s rows of %s commits, %s B"
                .formatted(
                    path,
                    Table.count(jobs),
                    Table.count(openTasks),
                    Table.count(rows),
                    Table.count(commits),
                    Table.count(bytes)));
    troubles.forEach(trouble -> Minga.say(around.err(), trouble));
    around
        .out()
        .println(
            inUse
                ? "a peer has it open, and found it as it was written when it started"
                : troubles.isEmpty()
                    ? "every row is as it was written, and none is missing"
                    : "this is what a peer that starts with it would go on with");
  }
}
