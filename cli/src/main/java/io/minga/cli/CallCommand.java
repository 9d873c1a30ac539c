package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code minga call}: one task. */
@Command(
    name = "call",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = "Calls a function, wherever it is offered, and prints its result as JSON.",
    footer = {
      "",
      "Examples:",
      "  minga call pi.sample 1000000",
      "  minga call greet '{\"name\": \"Ana\"}' --timeout 5s",
      "  minga call --text text.count - <letter.txt",
      "",
      "Exits with 0, with 3 if the task failed, 1 after another failure, 2 if called wrongly."
    })
final class CallCommand implements Callable<Integer> {
  private static final int INPUT_BYTES_MAX = 64 << 20;

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "What to call.")
  private String function = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "INPUT",
      description = "Its argument in JSON; - reads it from standard input. Default: null")
  private @Nullable String input;

  @Mixin private TaskOptions task = new TaskOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private NetworkOptions network = new NetworkOptions();

  private final Surroundings around;

  CallCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(common.isVerbose());
    JsonNode argument = argument();
    Daemon.Outcome outcome;
    try (Daemon daemon = Asking.any(around, common, network)) {
      outcome = Asking.get(daemon.call(function, argument, task.way()));
    }
    PrintStream out = around.out();
    if (outcome instanceof Daemon.Value value) {
      out.println(common.isJson() ? Json.text(Map.of("value", value.value())) : shown(value));
      return 0;
    }
    Daemon.Failed failed = (Daemon.Failed) outcome;
    if (common.isJson()) {
      out.println(Json.text(Map.of("failed", failed)));
    }
    Minga.say(around.err(), TaskOptions.sentence(function, failed));
    if (common.isVerbose() && !failed.stack().isEmpty()) {
      around.err().println(failed.stack());
    }
    return Minga.TASK_FAILED;
  }

  private String shown(Daemon.Value value) {
    return task.shown(value.value());
  }

  private JsonNode argument() throws Failure {
    String text = input;
    if (text != null && text.equals("-")) {
      text = standardInput();
    } else if (text == null) {
      return NullNode.getInstance();
    }
    if (task.isText()) {
      return TextNode.valueOf(text);
    }
    try {
      return Json.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          "the input is no JSON: %s; --text takes it as a text".formatted(e.getMessage()),
          Minga.USAGE);
    }
  }

  private String standardInput() throws Failure {
    try {
      byte[] bytes = around.in().readNBytes(INPUT_BYTES_MAX + 1);
      if (bytes.length > INPUT_BYTES_MAX) {
        throw new Failure(
            "the input has more than the %d B that it may".formatted(INPUT_BYTES_MAX));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Failure("standard input can't be read: " + e.getMessage());
    }
  }
}
