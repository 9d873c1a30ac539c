package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.cli.control.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where options come from, as {@code --print-config} tells. */
final class ConfigTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final Path home;
  private final Path working;

  ConfigTest(@TempDir Path directory) throws IOException {
    this.home = Files.createDirectories(directory.resolve("home"));
    this.working = Files.createDirectories(directory.resolve("working"));
  }

  @BeforeEach
  void quiet() {
    Verbosity.set(false);
  }

  private int minga(String... arguments) {
    return Minga.execute(
        new Surroundings(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            false,
            () -> 0,
            home,
            working,
            new RealPeers()),
        arguments);
  }

  private String printed(String... arguments) {
    List<String> all = new ArrayList<>(List.of("start", "--print-config"));
    all.addAll(List.of(arguments));
    assertThat(minga(all.toArray(String[]::new))).as("%s", err).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private String error(String... arguments) {
    assertThat(minga(arguments)).isEqualTo(2);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    return err.toString(StandardCharsets.UTF_8).strip();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(working.resolve("minga.yaml"), text);
  }

  @Test
  void withoutAnything_allIsDefault() {
    assertThat(printed())
        .contains("SETTING")
        .containsPattern("listen +/ip4/0\\.0\\.0\\.0/tcp/0 +default\n")
        .containsPattern("network +minga +default\n")
        .containsPattern("tag +- +default\n")
        .containsPattern("data +\\S+/home/\\.minga, or a new one if another peer has that +default")
        .doesNotContain("print-config", "while-stdin", "json");
  }

  @Test
  void flag_isBeforeTheEnvironment_isBeforeTheFile_isBeforeTheDefault() throws IOException {
    Path file =
        file(
            """
            # a peer of the lab
            network: lab
            slots: 3
            tag: [gpu, "large"]
            allow-command:
              - upper=/usr/bin/tr a-z A-Z
              - cat[cpu=10s,time=30s]=/bin/cat
            no-mdns: true
            """);
    environment.put("MINGA_SLOTS", "5");
    environment.put("MINGA_NETWORK", "field");

    assertThat(printed("--network", "here"))
        .containsPattern("network +here +--network\n")
        .containsPattern("slots +5 +MINGA_SLOTS\n")
        .containsPattern("tag +gpu, large +\\Q" + file + "\\E, line 4\n")
        .containsPattern("no-mdns +true +\\S+, line 8\n")
        .containsPattern(
            "allow-command +upper=/usr/bin/tr a-z A-Z, cat\\[cpu=10s,time=30s]=/bin/cat +\\S+, line"
                + " 5")
        .containsPattern("verbose +false +default\n");
  }

  @Test
  void inJson_itIsAnObjectALine() throws IOException {
    file("tag: [gpu, large]");

    assertThat(printed("--json").lines())
        .allMatch(line -> Json.parse(line).isObject())
        .anyMatch(
            line ->
                line.startsWith("{\"setting\":\"tag\",\"values\":[\"gpu\",\"large\"],\"from\":"))
        .anyMatch(line -> line.equals("{\"setting\":\"psk\",\"values\":[],\"from\":\"default\"}"));
  }

  @Test
  void fileInTheDataDirectory_isBeforeTheOneHere_andANamedOneBeforeBoth() throws IOException {
    file("network: here");
    Path data = Files.createDirectories(home.resolve(".minga"));
    Files.writeString(data.resolve("minga.yaml"), "network: data");
    Path named = Files.writeString(home.resolve("named.yaml"), "network: named");

    assertThat(printed()).containsPattern("network +data +");
    out.reset();
    assertThat(printed("--data", home.toString())).containsPattern("network +here +");
    out.reset();
    assertThat(printed("--config", named.toString())).containsPattern("network +named +");
    out.reset();
    environment.put("MINGA_CONFIG", named.toString());
    assertThat(printed()).containsPattern("network +named +");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "---\n...\n", "{}", "null"})
  void fileWithoutSettings_isFine(String text) throws IOException {
    file(text);

    assertThat(printed()).containsPattern("slots +\\d+ +default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "slot: 4 | 1 | there is no setting slot; there are allow-command, blocks,"
            + " blocks-max, bootstrap, data, handlers,",
        "json: true | 1 | there is no setting json; there are",
        "slots: four | 1 | slots is a number, as in \"slots: 4\", not 'four'",
        "slots: '4' | 1 | slots is a number",
        "slots: -1 | 1 | slots: '-1' is no number of slots, which is 0 or more",
        "slots: [1, 2] | 1 | slots is one value, not a list",
        "slots: {a: 1} | 1 | slots has a mapping for its value",
        "slots: | 1 | slots has no value; take the line out, or give it one",
        "tag: [gpu, ~] | 1 | tag has no value",
        "tag: [[gpu]] | 1 | the list tag has texts alone",
        "tag: [\"a,b\"] | 1 | the text 'a,b' of tag has a ',' in it; write a list, a text each",
        "network: true | 1 | network is a text, not true; put it in quotes if that is meant",
        "no-mdns: 1 | 1 | no-mdns is true or false, not '1'",
        "no-mdns: 'true' | 1 | no-mdns is true or false, not 'true'",
        "network: a\\nslots: 1\\nnetwork: b | 3 | network stands in line 1 already; keep one",
        "listen: here | 1 | listen: address 'here': an address starts with a slash",
        "allow-command: [wc] | 1 | allow-command: a command is NAME=PATH",
        "network: &a lab | 1 | anchors (&) have no place in settings",
        "network: &a lab\\npsk: *a | 1 | anchors",
        "psk: *a | 1 | aliases (*) have no place in settings; write the value again",
        "network: !!str lab | 1 | tags (!) have no place in settings",
        "!x {network: lab} | 1 | tags (!) have no place",
        "- network | 1 | settings are lines like \"slots: 4\", each name with its value",
        "network | 1 | settings are lines like \"slots: 4\"",
        "a: b\\n---\\nc: d | 2 | a second document begins; one file has one",
        "[a]: b | 1 | a name is a word",
        "network: 'lab | 1 | this is no YAML:",
        "network: lab\\n\\tslots: 1 | 2 | this is no YAML:"
      })
  void wrongFile_isSaidWithItsLine(String text, int line, String words) throws IOException {
    Path file = file(text.replace("\\n", "\n").replace("\\t", "\t"));

    assertThat(error("start", "--print-config"))
        .startsWith("minga: %s, line %d: ".formatted(file, line))
        .contains(words);
  }

  @Test
  void fileThatIsTooLarge_orNoText_orNotThere_isSaid() throws IOException {
    Path file = file("# " + "x".repeat(1 << 16));
    assertThat(error("status"))
        .contains(file + " has more than the 65536 B that settings may have");
    err.reset();
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
    assertThat(error("status")).contains("is no text in UTF-8");
    err.reset();
    assertThat(error("status", "--config", "/nowhere.yaml"))
        .isEqualTo("minga: there is no configuration file /nowhere.yaml; --config names another");
  }

  @Test
  void fileInTheDataDirectory_namesNoOther() throws IOException {
    Path data = Files.createDirectories(home.resolve(".minga"));
    Files.writeString(data.resolve("minga.yaml"), "data: /elsewhere");

    assertThat(error("status"))
        .contains("line 1: this file is in the data directory, so it can't name another");
  }

  @Test
  void wrongVariable_isNamed() {
    environment.put("MINGA_SLOTS", "few");

    assertThat(error("start", "--print-config"))
        .contains(
            "'few' is no number of slots, which is 0 or more (from MINGA_SLOTS); minga start");
  }

  @Test
  void help_needsNoFile() throws IOException {
    file("what: ever");

    assertThat(minga("start", "--help")).isZero();
    assertThat(minga("demo", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--print-config");
  }
}
