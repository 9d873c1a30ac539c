package io.minga.node.handlers.runtime;

import static io.minga.node.handlers.runtime.Recorder.run;
import static io.minga.node.handlers.runtime.Recorder.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerProvider;
import io.minga.node.handlers.Run;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over jars that are compiled here. */
final class HandlerJarsTest {
  private static final String SERVICE = "META-INF/services/" + HandlerProvider.class.getName();

  private final Functions functions = new Functions(names -> {});

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path directory;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path sources;

  /** A jar with one class, {@code Provider}, that has this body. */
  private Path jar(String name, String body, String... options) throws IOException {
    Path classes = compile(name, body, options);
    Path jar = directory.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.list(classes)) {
      put(out, SERVICE, utf8("Provider\n"));
      put(out, "data.txt", utf8("from " + name));
      for (Path file : files.filter(it -> it.toString().endsWith(".class")).toList()) {
        put(out, String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return jar;
  }

  private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }

  private Path compile(String name, String body, String... options) throws IOException {
    Path classes = Files.createDirectory(sources.resolve(name));
    Path source = Files.writeString(classes.resolve("Provider.java"), source(body));
    List<String> arguments =
        Stream.concat(
                Stream.of(options),
                Stream.of(
                    "-proc:none",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-d",
                    classes.toString(),
                    source.toString()))
            .toList();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(code).isZero();
    return classes;
  }

  private static String source(String body) {
    return """
    import io.minga.node.handlers.*;
    import java.util.*;
    public class Provider implements HandlerProvider {
      static Handler.Computing upper = (call, in) -> new String(in).toUpperCase().getBytes();
      %s
    }
    """
        .formatted(body);
  }

  private static String offering(String handlers) {
    return "public Map<String, Handler> handlers() { return " + handlers + "; }";
  }

  private HandlerJars load() {
    return HandlerJars.load(directory, functions);
  }

  @Test
  void functionsOfJars_areOffered_andRun() throws IOException {
    jar("a.jar", offering("Map.of(\"upper\", upper)"));
    Path data =
        jar(
            "b.jar",
            offering(
                "Map.of(\"data\", (Handler.Computing) (call, in) -> Thread.currentThread()"
                    + ".getContextClassLoader().getResourceAsStream(\"data.txt\").readAllBytes())"));
    Recorder said = new Recorder();

    try (HandlerJars jars = load();
        Slots slots = Slots.start(SlotOptions.slots(1), functions, said)) {
      assertThat(jars.problems()).isEmpty();
      assertThat(jars.functions()).containsEntry(new FunctionName("data"), data).hasSize(2);
      Run upper = run("upper", "quiet");
      Run resource = run("data", "");
      slots.submit(upper);
      slots.submit(resource);
      assertThat(said.value(upper, 0)).isEqualTo("QUIET");
      assertThat(said.value(resource, 0)).isEqualTo("from b.jar");
    }
  }

  @Test
  void jar_seesTheJdkAndUs_butNotOurLibraries() throws IOException {
    jar(
        "look.jar",
        """
        static boolean sees(String name) {
          try { Class.forName(name); return true; } catch (ClassNotFoundException e) { return false; }
        }
        """
            + offering(
                "Map.of(\"look.\" + sees(\"org.assertj.core.api.Assertions\")"
                    + " + sees(\"io.minga.node.task.FunctionName\"), upper)"));
    try (HandlerJars jars = load()) {
      assertThat(jars.problems()).isEmpty();
      assertThat(functions.names()).containsExactly(new FunctionName("look.falsetrue"));
    }
  }

  @Test
  void badJars_areSaid_andTheOthersLoad() throws IOException {
    Files.writeString(directory.resolve("1-text.jar"), "not a jar");
    try (OutputStream out = Files.newOutputStream(directory.resolve("2-empty.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      put(jar, "other", new byte[0]);
    }
    try (OutputStream out = Files.newOutputStream(directory.resolve("3-missing.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      put(jar, SERVICE, utf8("no.such.Provider"));
    }
    try (OutputStream out = Files.newOutputStream(directory.resolve("4-other.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      put(jar, SERVICE, utf8("java.util.ArrayList"));
    }
    jar(
        "5-throws.jar",
        "public Provider() { throw new IllegalStateException(\"no licence\"); }"
            + offering("Map.of()"));
    jar("6-name.jar", offering("Map.of(\"Bad Name\", upper)"));
    jar("7-null.jar", offering("null"));
    jar("8-nothing.jar", offering("Map.of()"));
    jar("9-library.jar", offering("Map.of(\"x\" + org.assertj.core.api.Assertions.class, upper)"));
    jar("good.jar", offering("Map.of(\"upper\", upper)"));
    Files.writeString(directory.resolve("readme.txt"), "no jar at all");

    try (HandlerJars jars = load()) {
      assertThat(functions.names()).containsExactly(new FunctionName("upper"));
      List<String> problems = jars.problems();
      assertThat(problems).hasSize(9);
      assertThat(problems.get(0))
          .isEqualTo(
              "the handler jar 1-text.jar was not loaded: it is not a jar, or it is damaged");
      assertThat(problems.get(1)).contains("2-empty.jar", "it has no META-INF/services/");
      assertThat(problems.get(2)).contains("3-missing.jar", "no.such.Provider", "not found");
      assertThat(problems.get(3)).contains("4-other.jar", "offer nothing");
      assertThat(problems.get(4)).contains("5-throws.jar", "no licence");
      assertThat(problems.get(5)).contains("6-name.jar", "U+0042");
      assertThat(problems.get(6)).contains("7-null.jar", "handlers() returned null");
      assertThat(problems.get(7)).contains("8-nothing.jar", "offer nothing");
      assertThat(problems.get(8)).contains("9-library.jar", "org/assertj/core/api/Assertions");
    }
  }

  @Test
  void classOfANewerJava_isSaid() throws IOException {
    Path jar = jar("new.jar", offering("Map.of(\"upper\", upper)"));
    Path provider = sources.resolve("new.jar").resolve("Provider.class");
    byte[] bytes = Files.readAllBytes(provider);
    bytes[6] = 0x7f; // the major version
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      put(out, SERVICE, utf8("Provider"));
      put(out, "Provider.class", bytes);
    }
    try (HandlerJars jars = load()) {
      assertThat(jars.problems()).hasSize(1);
      assertThat(jars.problems().get(0)).contains("new.jar", "made for a newer Java");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "System.exit(7); | System.exit(7)",
        "try { System.exit(7); } catch (Exception e) { } finally { new Object(); } |"
            + " System.exit(7)",
        "Runtime.getRuntime().exit(1); | Runtime.exit(1)",
        "Runtime.getRuntime().halt(2); | Runtime.halt(2)",
        "java.util.function.IntConsumer c = System::exit; c.accept(3); | System.exit(3)",
        "java.util.function.IntConsumer c = Runtime.getRuntime()::halt;"
            + " c.accept(4);|Runtime.halt(4)",
        "java.util.function.BiConsumer<Runtime, Integer> c = Runtime::exit;"
            + " c.accept(Runtime.getRuntime(), 5); | Runtime.exit(5)",
        "Provider.class.getMethod(\"leave\").invoke(null); | System.exit(6)"
      })
  void handlerThatWouldEndTheProcess_failsItsTask(String statements, String what)
      throws IOException {
    jar(
        "exit.jar",
        "public static void leave() { System.exit(6); }"
            + "static byte[] end(byte[] in) throws Exception { %s return in; }"
                .formatted(statements)
            + offering("Map.of(\"end\", (Handler.Computing) (call, in) -> end(in))"));
    Recorder said = new Recorder();
    try (HandlerJars jars = load();
        Slots slots = Slots.start(SlotOptions.slots(1), functions, said)) {
      assertThat(jars.problems()).isEmpty();
      Run end = run("end", "");
      slots.submit(end);
      assertThat(said.failure(end, 0).message())
          .isEqualTo(
              "the handler called %s, which would end this peer; a handler returns or throws"
                  .formatted(what));
      assertThat(said.failure(end, 0).stack()).contains("Provider.");
    }
  }

  @Test
  void jarThatWouldEndTheProcess_whenItIsLoaded_isNotTaken() throws IOException {
    jar("1.jar", "static { System.exit(0); }" + offering("Map.of(\"a\", upper)"));
    jar("2.jar", "public Provider() { System.exit(0); }" + offering("Map.of(\"a\", upper)"));
    jar(
        "3.jar",
        "public Map<String, Handler> handlers() { System.exit(0); return Map.of(\"a\", upper); }");
    try (HandlerJars jars = load()) {
      assertThat(jars.problems())
          .hasSize(3)
          .allMatch(it -> it.contains("the handler called System.exit(0)"));
      assertThat(functions.names()).isEmpty();
    }
  }

  @Test
  void threadThatAHandlerLeaves_holdsNoSlot() throws IOException {
    jar(
        "thread.jar",
        offering(
            "Map.of(\"leave\", (Handler.Computing) (call, in) -> {"
                + " Thread t = new Thread(() -> { while (true) "
                + "   java.util.concurrent.locks.LockSupport.park(); });"
                + " t.start(); return String.valueOf(t.isDaemon()).getBytes(); })"));
    Recorder said = new Recorder();
    try (HandlerJars jars = load();
        Slots slots = Slots.start(SlotOptions.slots(1), functions, said)) {
      assertThat(jars.problems()).isEmpty();
      Run run = run("leave", "", "");
      slots.submit(run);
      assertThat(said.value(run, 1)).isEqualTo("true"); // it keeps no process from ending
      said.awaitAll(run);
      assertThat(slots.counts().busy()).isZero();
    }
  }

  @Test
  void oneFunctionOfTwoJars_isRefusedToTheSecond() throws IOException {
    jar("a.jar", offering("Map.of(\"upper\", upper)"));
    jar("b.jar", offering("Map.of(\"upper\", upper, \"other\", upper)"));
    try (HandlerJars jars = load()) {
      assertThat(functions.names()).containsExactly(new FunctionName("upper"));
      assertThat(jars.problems())
          .containsExactly(
              "the handler jar b.jar was not loaded: it offers the function upper, and so does"
                  + " a.jar; take one of the jars away");
    }
  }

  @Test
  void functionThatIsOfferedAlready_isRefusedToTheJar() throws IOException {
    Handler.Computing echo = (call, input) -> input;
    functions.register(new FunctionName("upper"), echo);
    jar("a.jar", offering("Map.of(\"upper\", upper)"));
    try (HandlerJars jars = load()) {
      assertThat(functions.handler(new FunctionName("upper"))).containsSame(echo);
      assertThat(jars.problems())
          .containsExactly(
              "the handler jar a.jar was not loaded: the function upper is offered already");
    }
  }

  @Test
  void directoryThatIsNone_isRefused() {
    Path none = directory.resolve("none");
    assertThatThrownBy(() -> HandlerJars.load(none, functions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a directory");
  }
}
