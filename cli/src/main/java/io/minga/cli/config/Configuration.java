package io.minga.cli.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * What options are when they aren't given: {@code --some-name} is {@code MINGA_SOME_NAME} of the
 * environment, else {@code some-name} of the configuration file, else its default.
 */
public final class Configuration implements IDefaultValueProvider {
  /** Options that say how one command behaves, not how a peer is set up. */
  private static final List<String> NOT_SETTINGS =
      List.of("--help", "--version", "--config", "--print-config", "--json", "--while-stdin");

  private final Map<String, String> environment;
  private final @Nullable Path path;
  private final SortedMap<String, ConfigFile.Setting> file;
  private final SortedMap<String, String> values = new TreeMap<>();

  private Configuration(
      Map<String, String> environment,
      @Nullable Path path,
      SortedMap<String, ConfigFile.Setting> file) {
    this.environment = environment;
    this.path = path;
    this.file = file;
  }

  /** The environment alone. */
  public static Configuration of(Map<String, String> environment) {
    return new Configuration(environment, null, new TreeMap<>());
  }

  /**
   * The environment and a file.
   *
   * @param start the command whose options may be set
   * @param dataIsNamed whether the file is allowed to name the data directory
   * @throws ConfigException if the file has what no option is, or what an option can't be
   */
  public static Configuration read(
      Map<String, String> environment, Path path, CommandSpec start, boolean dataIsNamed)
      throws ConfigException {
    Configuration configuration = new Configuration(environment, path, ConfigFile.read(path));
    for (Map.Entry<String, ConfigFile.Setting> entry : configuration.file.entrySet()) {
      String name = entry.getKey();
      ConfigFile.Setting setting = entry.getValue();
      OptionSpec option = start.findOption("--" + name);
      if (option == null || !isSetting(option)) {
        throw setting.wrong(
            "there is no setting %s; there are %s"
                .formatted(name, String.join(", ", names(start))));
      }
      if (name.equals("data") && !dataIsNamed) {
        throw setting.wrong(
            "this file is in the data directory, so it can't name another; --data does");
      }
      configuration.values.put(name, value(name, option, setting));
    }
    return configuration;
  }

  /** The file that was read, if one was. */
  public Optional<Path> file() {
    return Optional.ofNullable(path);
  }

  /** The names of all settings. */
  static List<String> names(CommandSpec start) {
    return start.options().stream()
        .filter(Configuration::isSetting)
        .map(Configuration::name)
        .sorted()
        .toList();
  }

  /** Whether an option may stand in a file. */
  public static boolean isSetting(OptionSpec option) {
    return !NOT_SETTINGS.contains(option.longestName());
  }

  /** What an option is called in a file. */
  public static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  /** The variable of an option. */
  public static String variable(OptionSpec option) {
    return "MINGA_" + name(option).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String given = environment.get(variable(option));
    return given != null ? given : values.get(name(option));
  }

  /** Where an option that isn't given has its value from, and its texts; null if by default. */
  public @Nullable Origin origin(OptionSpec option) {
    String given = environment.get(variable(option));
    if (given != null) {
      return new Origin(variable(option), List.of(given));
    }
    ConfigFile.Setting setting = file.get(name(option));
    return setting == null
        ? null
        : new Origin("%s, line %d".formatted(setting.file(), setting.line()), setting.values());
  }

  /** Whence a value is. */
  public record Origin(String place, List<String> values) {}

  // What a file may say.

  /** The setting's value as on a command line. */
  private static String value(String name, OptionSpec option, ConfigFile.Setting setting)
      throws ConfigException {
    List<String> all = setting.values();
    if (option.isMultiValue()) {
      for (String each : all) {
        convert(name, option, setting, each);
      }
      return String.join(separator(name, option, setting), all);
    }
    if (setting.isList()) {
      throw setting.wrong("%s is one value, not a list".formatted(name));
    }
    String one = all.get(0);
    boolean isTruth = setting.isPlain() && (one.equals("true") || one.equals("false"));
    if (option.arity().max() == 0) {
      if (!isTruth) {
        throw setting.wrong("%s is true or false, not '%s'".formatted(name, one));
      }
    } else if (option.type() == int.class) {
      if (!setting.isPlain() || !one.matches("-?[0-9]{1,9}")) {
        throw setting.wrong("%s is a number, as in \"%s: 4\", not '%s'".formatted(name, name, one));
      }
      convert(name, option, setting, one);
    } else {
      if (isTruth) {
        throw setting.wrong(
            "%s is a text, not %s; put it in quotes if that is meant".formatted(name, one));
      }
      convert(name, option, setting, one);
    }
    return one;
  }

  private static String separator(String name, OptionSpec option, ConfigFile.Setting setting)
      throws ConfigException {
    String separator = option.splitRegex().isEmpty() ? "\n" : option.splitRegex();
    List<String> split = new ArrayList<>(setting.values());
    split.removeIf(it -> !it.contains(separator));
    if (!split.isEmpty()) {
      throw setting.wrong(
          "the text '%s' of %s has a '%s' in it; write a list, a text each"
              .formatted(split.get(0), name, separator));
    }
    return separator;
  }

  /** Has the option's own converters look at it, so that what is wrong is said with its place. */
  private static void convert(
      String name, OptionSpec option, ConfigFile.Setting setting, String text)
      throws ConfigException {
    for (ITypeConverter<?> converter : option.converters()) {
      try {
        Object unused = converter.convert(text);
      } catch (TypeConversionException e) {
        throw setting.wrong("%s: %s".formatted(name, e.getMessage()));
      } catch (Exception e) {
        throw setting.wrong("%s can't be '%s': %s".formatted(name, text, e.getMessage()));
      }
    }
  }
}
