package io.minga.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The script {@code minga}, by which users come to the commands. */
@Timeout(60)
final class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "minga");

  @Test
  void everyCommand_isPassedOn_andInTheHelp() throws Exception {
    Set<String> commands = Minga.commandLine(Surroundings.ofProcess()).getSubcommands().keySet();
    Matcher passedOn =
        Pattern.compile("(?m)^ +([a-z |]+)\\) run_command ").matcher(Files.readString(LAUNCHER));
    String help = output("help");

    assertThat(passedOn.find()).isTrue();
    assertThat(passedOn.group(1).split(" \\| ")).containsExactlyInAnyOrderElementsOf(commands);
    assertThat(commands)
        .allSatisfy(it -> assertThat(help).containsPattern("(?m)^  ([a-z]+, )*" + it + "\\b"));
  }

  @Test
  void aCommand_isReadWithoutTheOthers() {
    Surroundings around = Surroundings.ofProcess();

    assertThat(Minga.commandLine(around).getSubcommands().keySet())
        .isNotEmpty()
        .allSatisfy(
            it ->
                assertThat(Minga.commandLine(around, it).getSubcommands().keySet())
                    .containsExactly(it));
  }

  @Test
  void anUnknownCommand_isRefused_andHelpIsNamed() throws Exception {
    assertThat(output("strat"))
        .contains("unknown command 'strat'")
        .contains("./minga help lists what there is");
  }

  private static String output(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(LAUNCHER.toString());
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
