package io.minga.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of a benchmark asks for.
 *
 * @param figures the names of those to measure, in that order
 * @param contenders the names of those that take part, js only if there is {@code js}
 * @param js the directory of js-libp2p's scripts
 */
public record Arguments(
    Schedule schedule, List<String> figures, List<String> contenders, @Nullable Path js) {
  /** The contender that is a rival in another language. */
  public static final String JS = "js";

  /**
   * Reads {@code --quick}; {@code --only} and figures, separated by commas; {@code --without} and
   * contenders; {@code --js} and the directory of js-libp2p's scripts.
   *
   * @param allFigures the names that there are
   * @param allContenders likewise
   * @throws IllegalArgumentException if something else is asked for; the message says what there is
   */
  public static Arguments parse(
      String[] arguments, List<String> allFigures, List<String> allContenders) {
    Schedule schedule = Schedule.FULL;
    List<String> figures = allFigures;
    List<String> contenders = new ArrayList<>(allContenders);
    Path js = null;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> schedule = Schedule.QUICK;
        case "--only" -> figures = names("figure", value(arguments, ++i), allFigures);
        case "--without" ->
            contenders.removeAll(names("contender", value(arguments, ++i), allContenders));
        case "--js" -> js = Path.of(value(arguments, ++i));
        default ->
            throw new IllegalArgumentException(
                "unknown argument " + arguments[i] + "; benchmarks/run help lists what there is");
      }
    }
    if (js == null) {
      contenders.remove(JS);
    }
    return new Arguments(schedule, figures, List.copyOf(contenders), js);
  }

  private static String value(String[] arguments, int index) {
    if (index == arguments.length) {
      throw new IllegalArgumentException(arguments[index - 1] + " needs a value after it");
    }
    return arguments[index];
  }

  private static List<String> names(String what, String value, List<String> all) {
    List<String> names = List.of(value.split(",", -1));
    for (String name : names) {
      if (!all.contains(name)) {
        throw new IllegalArgumentException(
            "unknown %s '%s'; there are %s".formatted(what, name, String.join(", ", all)));
      }
    }
    return names;
  }
}
