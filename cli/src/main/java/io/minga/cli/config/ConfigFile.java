package io.minga.cli.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The settings that a YAML file has: a mapping from names to texts, numbers, truth values, or lists
 * of texts, and nothing else of YAML: no tags, no anchors, no aliases, nothing nested.
 */
final class ConfigFile {
  /** How large a file may be. */
  static final int BYTES_MAX = 64 << 10;

  private final Path path;
  private final SortedMap<String, Setting> settings = new TreeMap<>();

  /**
   * What a file says of a name.
   *
   * @param values one, or those of a list
   * @param isPlain whether it is one that stands without quotes, as numbers do
   */
  record Setting(Path file, int line, List<String> values, boolean isList, boolean isPlain) {
    /** A wrong setting: what is wrong with it and what would be right. */
    ConfigException wrong(String why) {
      return new ConfigException(place(file, line, why));
    }
  }

  private ConfigFile(Path path) {
    this.path = path;
  }

  /** Reads the file; its settings by name. */
  static SortedMap<String, Setting> read(Path path) throws ConfigException {
    ConfigFile file = new ConfigFile(path);
    file.parse(file.text());
    return file.settings;
  }

  private static String place(Path file, int line, String why) {
    return "%s, line %d: %s".formatted(file, line, why);
  }

  private String text() throws ConfigException {
    try {
      byte[] bytes;
      try (var in = Files.newInputStream(path)) {
        bytes = in.readNBytes(BYTES_MAX + 1);
      }
      if (bytes.length > BYTES_MAX) {
        throw new ConfigException(
            "%s has more than the %d B that settings may have".formatted(path, BYTES_MAX));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          "there is no configuration file %s; --config names another".formatted(path));
    } catch (CharacterCodingException e) {
      throw new ConfigException("%s is no text in UTF-8".formatted(path));
    } catch (IOException e) {
      throw new ConfigException("the configuration file %s can't be read: %s".formatted(path, e));
    }
  }

  private void parse(String text) throws ConfigException {
    LoadSettings yaml =
        LoadSettings.builder().setLabel("settings").setCodePointLimit(BYTES_MAX).build();
    try {
      Iterator<Event> events = new Parse(yaml).parseString(text).iterator();
      events.next(); // the stream's beginning
      Event next = events.next();
      if (next.getEventId() == Event.ID.StreamEnd) {
        return; // nothing but comments
      }
      next = events.next();
      if (isNothing(next)) {
        return;
      }
      if (!(next instanceof MappingStartEvent mapping)) {
        throw wrong(next, "settings are lines like \"slots: 4\", each name with its value");
      }
      requirePlain(mapping);
      for (next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
        setting(next, events);
      }
      events.next(); // the document's end
      next = events.next();
      if (next.getEventId() != Event.ID.StreamEnd) {
        throw wrong(next, "a second document begins; one file has one");
      }
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new ConfigException(
          place(path, line, "this is no YAML: " + e.getProblem().lines().findFirst().orElse("")));
    } catch (YamlEngineException e) {
      throw new ConfigException(
          "%s is no YAML: %s"
              .formatted(path, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    }
  }

  private void setting(Event key, Iterator<Event> events) throws ConfigException {
    if (!(key instanceof ScalarEvent name)) {
      throw wrong(key, "a name is a word, as in \"slots: 4\"");
    }
    requirePlain(name);
    Setting before = settings.get(name.getValue());
    if (before != null) {
      throw wrong(
          key, "%s stands in line %d already; keep one".formatted(name.getValue(), before.line()));
    }
    settings.put(name.getValue(), value(name, events));
  }

  private Setting value(ScalarEvent name, Iterator<Event> events) throws ConfigException {
    int line = line(name);
    Event next = events.next();
    if (next instanceof ScalarEvent scalar) {
      requirePlain(scalar);
      requireSomething(name, scalar);
      return new Setting(path, line, List.of(scalar.getValue()), false, scalar.isPlain());
    }
    if (!(next instanceof SequenceStartEvent list)) {
      requirePlain(next);
      throw wrong(
          next,
          "%s has a mapping for its value, and should have a text, a number, true or false, or a"
                  .formatted(name.getValue())
              + " list of texts");
    }
    requirePlain(list);
    List<String> values = new ArrayList<>();
    for (next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
      requirePlain(next);
      if (!(next instanceof ScalarEvent scalar)) {
        throw wrong(next, "the list %s has texts alone".formatted(name.getValue()));
      }
      requireSomething(name, scalar);
      values.add(scalar.getValue());
    }
    return new Setting(path, line, values, true, false);
  }

  private static boolean isNothing(Event event) {
    return event instanceof ScalarEvent scalar
        && scalar.isPlain()
        && List.of("", "~", "null").contains(scalar.getValue());
  }

  private void requireSomething(ScalarEvent name, ScalarEvent value) throws ConfigException {
    if (isNothing(value)) {
      throw wrong(
          value, "%s has no value; take the line out, or give it one".formatted(name.getValue()));
    }
  }

  private void requirePlain(Event event) throws ConfigException {
    if (event instanceof AliasEvent) {
      throw wrong(event, "aliases (*) have no place in settings; write the value again");
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      throw wrong(event, "anchors (&) have no place in settings");
    }
    Optional<String> tag =
        event instanceof ScalarEvent scalar
            ? scalar.getTag()
            : event instanceof MappingStartEvent mapping
                ? mapping.getTag()
                : event instanceof SequenceStartEvent list ? list.getTag() : Optional.empty();
    if (tag.isPresent()) {
      throw wrong(event, "tags (!) have no place in settings");
    }
  }

  private ConfigException wrong(Event event, String why) {
    return new ConfigException(place(path, line(event), why));
  }

  private static int line(Event event) {
    return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }
}
