package io.minga.node.handlers.runtime;

import io.minga.node.handlers.HandlerException;
import io.minga.node.task.FunctionName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that a function runs, with its arguments: {@code NAME=PATH ARGUMENT…}, as in {@code
 * image.thumb=/usr/bin/convert {} -resize 64 png:-}. Arguments are apart by spaces; a backslash
 * keeps the character behind it from being special. No shell ever sees them. Limits may follow the
 * name, as in {@code image.thumb[cpu=10s,memory=512m]=…}.
 *
 * <p>{@code {}} in an argument stands for the task's input, as text; without it the input goes to
 * the program's standard input. An input at the beginning of an argument may not begin with {@code
 * -}, so that nobody smuggles options in, unless {@code --} stands before it.
 *
 * @param name the function
 * @param program an executable file, absolute
 * @param arguments what it is given
 * @param options what it may use
 */
public record CommandLine(
    FunctionName name, Path program, List<String> arguments, CommandOptions options) {
  private static final String INPUT = "{}";

  /** How much text an argument takes; Linux has a limit of 128 KiB for one. */
  private static final int INPUT_BYTES_MAX = 64 << 10;

  /** Copies the arguments. */
  public CommandLine {
    arguments = List.copyOf(arguments);
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException if it is not such text, or there is no such program
   */
  public static CommandLine parse(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf("]=", Math.max(0, open));
    boolean limited = open >= 0 && close >= 0 && open < text.indexOf('=');
    int equals = limited ? close + 1 : text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "a command is NAME=PATH, as in text.count=/usr/bin/wc, but \"%s\" has no ="
              .formatted(text));
    }
    FunctionName name = name(text.substring(0, limited ? open : equals));
    CommandOptions options =
        limited ? CommandOptions.parse(text.substring(open + 1, close)) : CommandOptions.defaults();
    List<String> words = words(text.substring(equals + 1));
    if (words.isEmpty()) {
      throw new IllegalArgumentException(
          "a command is NAME=PATH, but \"%s\" has no path".formatted(text));
    }
    Path program = Path.of(words.get(0)).toAbsolutePath().normalize();
    require(name, program);
    return new CommandLine(name, program, words.subList(1, words.size()), options);
  }

  private static FunctionName name(String text) {
    try {
      return new FunctionName(text);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          "the command \"%s\" can't be a function: %s".formatted(text, wrong.getMessage()), wrong);
    }
  }

  private static void require(FunctionName name, Path program) {
    String wrong =
        !Files.exists(program)
            ? "does not exist"
            : !Files.isRegularFile(program)
                ? "is not a file"
                : !Files.isExecutable(program) ? "is not executable (chmod +x makes it so)" : "";
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "the program %s of the command %s %s".formatted(program, name, wrong));
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ') {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
        continue;
      }
      inWord = true;
      boolean escaped = c == '\\' && i + 1 < text.length();
      word.append(escaped ? text.charAt(++i) : c);
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** Whether the input is an argument, not the standard input. */
  boolean inputIsArgument() {
    return arguments.stream().anyMatch(it -> it.contains(INPUT));
  }

  /** The program and the arguments that it always has. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(program.toString());
    words.addAll(arguments);
    return words;
  }

  /**
   * What to start for an input.
   *
   * @throws HandlerException if the input can't be an argument and would have to be
   */
  List<String> with(byte[] input) {
    if (!inputIsArgument()) {
      return words();
    }
    List<String> words = new ArrayList<>();
    words.add(program.toString());
    String text = text(input);
    boolean optionsEnded = false;
    for (String argument : arguments) {
      if (!optionsEnded && argument.startsWith(INPUT) && text.startsWith("-")) {
        throw HandlerException.badInput(
            "the input of %s becomes an argument and can't begin with -, which makes an option"
                .formatted(name));
      }
      optionsEnded |= argument.equals("--");
      words.add(argument.replace(INPUT, text));
    }
    return words;
  }

  private String text(byte[] input) {
    if (input.length > INPUT_BYTES_MAX) {
      throw HandlerException.badInput(
          "the input of %s becomes an argument of at most %d B, but has %d B"
              .formatted(name, INPUT_BYTES_MAX, input.length));
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException notText) {
      // said below
    }
    throw HandlerException.badInput(
        "the input of %s becomes an argument, so it is text in UTF-8 without a zero"
            .formatted(name));
  }
}
