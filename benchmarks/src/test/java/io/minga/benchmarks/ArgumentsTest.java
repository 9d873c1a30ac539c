package io.minga.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What command lines mean, and what is said of wrong ones. */
final class ArgumentsTest {
  private static final List<String> FIGURES = List.of("near", "far");
  private static final List<String> CONTENDERS = List.of("minga", "raw", "js");

  private static Arguments parse(String... arguments) {
    return Arguments.parse(arguments, FIGURES, CONTENDERS);
  }

  @Test
  void withoutArguments_allIsMeasuredInFull_butJsWhichIsNotThere() {
    assertThat(parse())
        .isEqualTo(new Arguments(Schedule.FULL, FIGURES, List.of("minga", "raw"), null));
  }

  @Test
  void all_isUnderstoodInAnyOrder() {
    assertThat(parse("--js", "scripts", "--only", "far", "--without", "raw,minga", "--quick"))
        .isEqualTo(
            new Arguments(Schedule.QUICK, List.of("far"), List.of("js"), Path.of("scripts")));
  }

  @Test
  void js_canBeLeftOutThoughItIsThere() {
    assertThat(parse("--without", "js", "--js", "scripts").contenders())
        .containsExactly("minga", "raw");
  }

  @Test
  void whatIsUnknown_isAnsweredWithWhatThereIs() {
    assertThatThrownBy(() -> parse("--only", "near,farther"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown figure 'farther'; there are near, far");
    assertThatThrownBy(() -> parse("--without", "noise"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown contender 'noise'; there are minga, raw, js");
    assertThatThrownBy(() -> parse("--fast"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown argument --fast; benchmarks/run help lists what there is");
  }

  @Test
  void aMissingValue_isNamed() {
    assertThatThrownBy(() -> parse("--quick", "--only"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--only needs a value after it");
  }
}
