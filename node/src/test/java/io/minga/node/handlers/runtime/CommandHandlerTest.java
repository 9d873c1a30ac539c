package io.minga.node.handlers.runtime;

import static io.minga.node.handlers.runtime.Recorder.LONG;
import static io.minga.node.handlers.runtime.Recorder.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.HandlerException;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.task.FunctionName;
import io.minga.node.value.Json;
import io.minga.node.value.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over real programs and real slots. */
final class CommandHandlerTest {
  private final Recorder said = new Recorder();
  private final Functions functions = new Functions(names -> {});
  private final Slots slots = Slots.start(SlotOptions.slots(2), functions, said);

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path directory;

  @AfterEach
  void close() {
    slots.close();
  }

  private void offer(CommandLine command) {
    functions.register(command.name(), new CommandHandler(command, CommandFormat.BYTES));
  }

  private void offer(String line, CommandOptions options) {
    CommandLine command = CommandLine.parse(line);
    functions.register(command.name(), new CommandHandler(command, options, CommandFormat.BYTES));
  }

  private void offer(String line) {
    offer(line, CommandOptions.defaults());
  }

  private Path script(String... lines) throws IOException {
    Path script = Files.createTempFile(directory, "script", ".sh");
    Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  private Run submit(Run run) {
    assertThat(slots.submit(run)).isTrue();
    return run;
  }

  @Test
  void input_goesToStandardInput_andOutputIsTheResult() {
    offer("cat=/bin/cat");
    Run run = submit(run("cat", "one", "", "three\n"));
    assertThat(said.value(run, 0)).isEqualTo("one");
    assertThat(said.value(run, 1)).isEmpty();
    assertThat(said.value(run, 2)).isEqualTo("three\n");
  }

  @Test
  void programOfAnExclusiveTask_findsItsEpoch_andItsInput() throws IOException {
    offer("epoch=" + script("cat; echo $MINGA_EPOCH"));
    byte[][] inputs = {"in ".getBytes(StandardCharsets.UTF_8)};
    Run.Inputs none =
        position -> {
          throw new IllegalStateException("it has none there");
        };
    FunctionName name = new FunctionName("epoch");
    Run run =
        new Run(
            Recorder.BATCH,
            name,
            1,
            LONG.toNanos(),
            new int[] {0},
            inputs,
            new BitSet(),
            none,
            7,
            true);

    submit(run);

    assertThat(said.value(run, 0)).isEqualTo("in 7\n");
  }

  @Test
  void inputThatTheProgramDoesNotRead_isNoHindrance() throws IOException {
    offer("deaf=" + script("echo done"));
    Run run = submit(run("deaf", "x".repeat(1 << 20)));
    assertThat(said.value(run, 0)).isEqualTo("done\n");
  }

  @Test
  void placeholder_isOneArgument_whateverIsInIt() throws IOException {
    offer("show=" + script("printf '%s|' \"$#\" \"$@\"; cat") + " first {}.png last\\ one");
    Run run = submit(run("show", "a b; echo $HOME `id` 'x'"));
    assertThat(said.value(run, 0)).isEqualTo("3|first|a b; echo $HOME `id` 'x'.png|last one|");
  }

  @Test
  void inputThatCannotBeAnArgument_isRefused() throws IOException {
    Path show = script("printf '%s' \"$1\"");
    offer("bare=" + show + " {}");
    offer("ended=" + script("printf '%s' \"$2\"") + " -- {}");
    Run bare = submit(run("bare", "-rf", "a\0b", "x".repeat((64 << 10) + 1), "fine"));
    Run ended = submit(run("ended", "-rf"));
    assertThat(said.failure(bare, 0).message()).contains("can't begin with -");
    assertThat(said.failure(bare, 1).message()).contains("text in UTF-8 without a zero");
    assertThat(said.failure(bare, 2).message()).contains("65536 B").contains("65537 B");
    for (int i = 0; i < 3; i++) {
      assertThat(said.failure(bare, i).kind()).isEqualTo(FailureKind.BAD_INPUT);
    }
    assertThat(said.value(bare, 3)).isEqualTo("fine");
    assertThat(said.value(ended, 0)).isEqualTo("-rf");
  }

  @Test
  void environment_isClearedButForTwo() throws IOException {
    offer("env=" + script("env | cut -d= -f1 | sort"));
    Run run = submit(run("env", ""));
    assertThat(said.value(run, 0).lines())
        .contains("LANG", "PATH")
        .isSubsetOf("LANG", "PATH", "PWD", "OLDPWD", "SHLVL", "_"); // the shell's own
  }

  @Test
  void workingDirectory_isEmptyAndOfItsOwn_andGoneAfterwards() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside"), "stays");
    Path tidy = script("pwd; ls -A");
    Path messy =
        script(
            "pwd; ls -A; mkdir -p deep/er; touch deep/er/file; ln -s " + outside + " link",
            "chmod 0 deep");
    Path sly = script("pwd; ls -A; d=$(pwd); cd /; rmdir \"$d\"; ln -s " + directory + " \"$d\"");
    Map<String, Path> scripts = Map.of("tidy", tidy, "messy", messy, "sly", sly);
    for (Map.Entry<String, Path> script : scripts.entrySet()) {
      offerForNow(script.getKey() + "=" + script.getValue());
      Run run = submit(run(script.getKey(), "", "", ""));
      List<Path> used = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        assertThat(said.value(run, i).lines()).hasSize(1);
        used.add(Path.of(said.value(run, i).strip()));
      }
      assertThat(used).doesNotHaveDuplicates();
      for (Path each : used) {
        assertThat(each).doesNotExist();
        Recorder.soon().until(() -> !Files.exists(each.getParent()));
      }
    }
    assertThat(outside).hasContent("stays");
  }

  /** A command whose launchers end as soon as they have nothing to do. */
  private void offerForNow(String line) {
    CommandLine command = CommandLine.parse(line);
    functions.register(
        command.name(),
        new CommandHandler(command, command.options(), CommandFormat.BYTES, Duration.ofMillis(10)));
  }

  @Test
  void manyRuns_areEachTheirOwn() {
    offer("cat=/bin/cat");
    int runs = Launcher.RUNS_MAX / 60 + 1; // one launcher is not enough
    for (int i = 0; i < runs; i++) {
      String[] inputs = new String[60];
      for (int task = 0; task < inputs.length; task++) {
        inputs[task] = task % 7 == 0 ? "" : "x".repeat(1_000 / (task + i)) + task + "/" + i;
      }
      Run run = submit(run("cat", inputs));
      for (int task = 0; task < inputs.length; task++) {
        assertThat(said.value(run, task)).isEqualTo(inputs[task]);
      }
    }
  }

  @Test
  void programThatKillsItsLauncher_failsItselfOnly() throws IOException {
    offer("cat=" + script("read -r line; [ $line = kill ] && kill -9 $PPID; echo $line"));
    Run run = submit(run("cat", "one\n", "kill\n", "two\n"));
    assertThat(said.value(run, 0)).isEqualTo("one\n");
    assertThat(said.failure(run, 1).kind()).isEqualTo(FailureKind.COMMAND_START);
    assertThat(said.value(run, 2)).isEqualTo("two\n");
  }

  @Test
  void exitCode_isAFailureWithTheLastWords() throws IOException {
    offer(
        "fail="
            + script(
                "i=0; while [ $i -lt 500 ]; do echo \"line $i of errors\" >&2; i=$((i+1)); done",
                "exit 3"));
    Run run = submit(run("fail", "secret-input"));
    Outcome.Failure failure = said.failure(run, 0);
    assertThat(failure.kind()).isEqualTo(FailureKind.COMMAND_EXIT);
    assertThat(failure.message())
        .isEqualTo("the program of fail ended with code 3: line 499 of errors");
    assertThat(failure.stack()).endsWith("line 499 of errors").contains("line 400 of errors");
    assertThat(failure.stack().length()).isBetween(4000, 4096);
    assertThat(failure.toString()).doesNotContain("secret-input");
  }

  @Test
  void signal_isAFailure() throws IOException {
    offer("dies=" + script("kill -9 $$"));
    assertThat(said.failure(submit(run("dies", "")), 0).message())
        .contains("code 137, as one that signal 9 ended");
  }

  @Test
  void flood_isKilled() throws IOException {
    offer(
        "yes=" + script("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done"),
        new CommandOptions(65_536, 100_000, LONG));
    offer(
        "moan=" + script("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy >&2; done"),
        new CommandOptions(10, 100_000, LONG));
    Run yes = submit(run("yes", ""));
    Run moan = submit(run("moan", ""));
    assertThat(said.failure(yes, 0).kind()).isEqualTo(FailureKind.OUTPUT_FLOOD);
    assertThat(said.failure(yes, 0).message()).contains("65536 B of output");
    assertThat(said.failure(moan, 0).kind()).isEqualTo(FailureKind.OUTPUT_FLOOD);
    assertThat(said.failure(moan, 0).message()).contains("100000 B of errors");
  }

  @Test
  void outputAtTheLimit_isAResult() {
    offer("cat=/bin/cat", new CommandOptions(1 << 20, 0, LONG));
    String large = "y".repeat(1 << 20);
    Run run = submit(run("cat", large, large + "y"));
    assertThat(said.value(run, 0)).isEqualTo(large);
    assertThat(said.failure(run, 1).kind()).isEqualTo(FailureKind.OUTPUT_FLOOD);
  }

  @Test
  void limits_areTheSystems_forTheProgramAndItsChildren() throws IOException {
    assumeTrue(ProgramLimits.isPossible(), "this machine has no prlimit");
    offer(
        CommandLine.parse(
            "limits[cpu=7s,memory=512m,processes=5000,files=3m]="
                + script("cat /proc/self/limits")));
    String limits = said.value(submit(run("limits", "")), 0);
    assertThat(limits)
        .containsPattern("Max cpu time +7 +12 ")
        .containsPattern("Max address space +536870912 +536870912 ")
        .containsPattern("Max processes +5000 +5000 ")
        .containsPattern("Max file size +3145728 +3145728 ")
        .containsPattern("Max core file size +0 +0 ");
  }

  @Test
  void programBeyondALimit_failsWithThatReason() throws IOException {
    assumeTrue(ProgramLimits.isPossible(), "this machine has no prlimit");
    offer(CommandLine.parse("spin[cpu=1s]=" + script("while :; do :; done")));
    offer(CommandLine.parse("fill[files=10k]=" + script("exec head -c 1000000 /dev/zero >file")));
    Run spin = submit(run("spin", ""));
    Run fill = submit(run("fill", ""));
    assertThat(said.failure(fill, 0).kind()).isEqualTo(FailureKind.OUTPUT_FLOOD);
    assertThat(said.failure(fill, 0).message()).contains("more than the 10240 B that it may");
    assertThat(said.failure(spin, 0).kind()).isEqualTo(FailureKind.TIMED_OUT);
    assertThat(said.failure(spin, 0).message()).contains("more than the 1 s of processor time");
  }

  @Test
  void limits_areRead_andWhatIsNoneIsRefused() {
    assertThat(CommandLine.parse("x[output=1m,time=90s,errors=2k]=/bin/cat").options())
        .isEqualTo(new CommandOptions(1 << 20, 2 << 10, Duration.ofSeconds(90)));
    assertThat(CommandLine.parse("x=/bin/cat [a=b]=c").options())
        .isEqualTo(CommandOptions.defaults());
    assertRefused("x[speed=1]=/bin/cat", "there is no limit \"speed\" of a command; there are cpu");
    assertRefused("x[cpu]=/bin/cat", "a limit is like cpu=10s or memory=512m, not \"cpu\"");
    assertRefused("x[cpu=10]=/bin/cat", "the limit cpu=10 is none; it should be like cpu=500ms");
    assertRefused("x[memory=-1m]=/bin/cat", "should be like memory=64k, memory=512m or memory=1g");
    assertRefused("x[output=65m]=/bin/cat", "a command may write 0 to 67108864 B");
  }

  @Test
  void timeout_killsTheWholeTree() throws IOException {
    Path pids = directory.resolve("pids");
    offer("tree=" + tree(pids));
    Run run = submit(run("tree", Duration.ofSeconds(2), ""));
    assertThat(said.failure(run, 0).kind()).isEqualTo(FailureKind.TIMED_OUT);
    said.awaitAll(run);
    assertDead(pids);
  }

  @Test
  void cancel_killsTheWholeTree() throws IOException {
    Path pids = directory.resolve("pids");
    offer("tree=" + tree(pids));
    Run run = submit(run("tree", ""));
    Recorder.soon().until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 3);

    slots.cancel(run, 0);

    assertThat(said.failure(run, 0).kind()).isEqualTo(FailureKind.CANCELLED);
    said.awaitAll(run);
    assertDead(pids);
    assertThat(slots.counts().abandoned()).isZero();
  }

  @Test
  void wallTime_ofTheCommandItself_holdsToo() {
    offer("long=/bin/sleep 1000", new CommandOptions(10, 10, Duration.ofMillis(50)));
    Outcome.Failure failure = said.failure(submit(run("long", "")), 0);
    assertThat(failure.kind()).isEqualTo(FailureKind.TIMED_OUT);
    assertThat(failure.message()).contains("50 ms");
  }

  /** A shell with a child and a grandchild; their pids are written once all three are there. */
  private Path tree(Path pids) throws IOException {
    Path child = script("sleep 1000 &", "echo $$ $! > \"$1\"", "wait");
    return script(
        child + " " + pids + ".two &",
        "while [ ! -s " + pids + ".two ]; do :; done",
        "echo $$ > " + pids + ".all",
        "tr ' ' '\\n' < " + pids + ".two >> " + pids + ".all",
        "mv " + pids + ".all " + pids,
        "wait");
  }

  private static void assertDead(Path pids) throws IOException {
    for (String pid : Files.readAllLines(pids)) {
      Recorder.soon().until(() -> !isAlive(Long.parseLong(pid)));
    }
  }

  /** A dead process whose parent never asks is a zombie, not alive. */
  private static boolean isAlive(long pid) throws IOException {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isEmpty() || !handle.get().isAlive()) {
      return false;
    }
    Path stat = Path.of("/proc/" + pid + "/stat");
    return !Files.exists(stat) || !Files.readString(stat).contains(") Z ");
  }

  @Test
  void values_areTextOrBytesOrJson_andBack() {
    byte[] text = Values.codec(String.class).encode("grüezi");
    byte[] binary = Values.codec(byte[].class).encode(new byte[] {-1, 0});
    assertThat(new String(CommandFormat.VALUES.toProgram(text), StandardCharsets.UTF_8))
        .isEqualTo("grüezi");
    assertThat(CommandFormat.VALUES.toProgram(binary)).containsExactly(-1, 0);
    assertThat(CommandFormat.VALUES.toProgram(Json.toValue("{\"a\":[1,2]}")))
        .isEqualTo(Recorder.utf8("{\"a\":[1,2]}"));
    assertThat(CommandFormat.VALUES.toResult(Recorder.utf8("grüezi"))).isEqualTo(text);
    assertThat(CommandFormat.VALUES.toResult(new byte[] {-1, 0})).isEqualTo(binary);
    assertThatThrownBy(() -> CommandFormat.VALUES.toProgram(new byte[0]))
        .isInstanceOf(HandlerException.class)
        .hasMessageContaining("no value");
    assertThatThrownBy(() -> CommandFormat.VALUES.toProgram(new byte[] {0x63, 'a'}))
        .isInstanceOf(HandlerException.class);
  }

  @Test
  void programThatIsGone_isAFailureOfItsOwn() throws IOException {
    Path script = script("echo here");
    offer("gone=" + script);
    Files.delete(script);
    assertThat(said.failure(submit(run("gone", "")), 0).kind())
        .isEqualTo(FailureKind.COMMAND_START);
  }

  @Test
  void programsThatAreNone_areRefusedAtOnce() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "no program");
    assertRefused(
        "x=/no/such/program", "the program /no/such/program of the command x does not exist");
    assertRefused("x=" + directory, "is not a file");
    assertRefused("x=" + text, "is not executable");
    assertRefused("nothing", "has no =");
    assertRefused("x=", "has no path");
    assertRefused("Big=/bin/cat", "the command \"Big\" can't be a function");
  }

  private static void assertRefused(String line, String words) {
    assertThatThrownBy(() -> CommandLine.parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  @Test
  void words_areApartBySpaces_andBackslashesKeepThem() {
    assertThat(CommandLine.parse("x=/bin/cat  a\\ b \\\\ {} ").arguments())
        .containsExactly("a b", "\\", "{}");
  }
}
