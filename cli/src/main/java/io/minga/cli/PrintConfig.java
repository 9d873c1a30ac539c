package io.minga.cli;

import io.minga.cli.config.Configuration;
import io.minga.cli.control.Json;
import io.minga.cli.text.Table;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** What {@code minga start --print-config} shows: each setting, its value, and whence it is. */
final class PrintConfig {
  private final CommandSpec start;
  private final Configuration configuration;

  /** What settings without a value come to. */
  private final Map<String, String> unset;

  /** A setting. */
  private record Row(String setting, List<String> values, String from) {}

  PrintConfig(CommandSpec start, Configuration configuration, Map<String, String> unset) {
    this.start = start;
    this.configuration = configuration;
    this.unset = unset;
  }

  void print(Surroundings around, boolean json) {
    List<Row> rows =
        start.options().stream()
            .filter(Configuration::isSetting)
            .sorted(Comparator.comparing(Configuration::name))
            .map(this::row)
            .toList();
    if (json) {
      rows.forEach(row -> around.out().println(Json.text(object(row))));
      return;
    }
    Table table = new Table("SETTING", "VALUE", "FROM");
    for (Row row : rows) {
      String value = row.values.isEmpty() ? "-" : String.join(", ", row.values);
      table.row(row.setting, value, row.from);
    }
    table.lines().forEach(around.out()::println);
  }

  private static Map<String, Object> object(Row row) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("setting", row.setting);
    object.put("values", row.values);
    object.put("from", row.from);
    return object;
  }

  private Row row(OptionSpec option) {
    String name = Configuration.name(option);
    ParseResult parsed = start.commandLine().getParseResult();
    if (parsed.hasMatchedOption(option)) {
      List<String> given = option.originalStringValues();
      boolean isFlag = option.arity().max() == 0;
      return new Row(name, isFlag ? values(option.getValue()) : given, option.longestName());
    }
    Configuration.Origin origin = configuration.origin(option);
    if (origin != null) {
      return new Row(name, origin.values(), origin.place());
    }
    Object value = option.getValue();
    String said = unset.get(name);
    return new Row(name, value == null && said != null ? List.of(said) : values(value), "default");
  }

  private static List<String> values(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    Stream<?> all = value instanceof Collection<?> many ? many.stream() : Stream.of(value);
    return all.map(String::valueOf).toList();
  }
}
