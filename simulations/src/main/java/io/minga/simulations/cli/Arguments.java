package io.minga.simulations.cli;

import io.minga.simulations.gossip.Attack;
import io.minga.simulations.gossip.GossipScenario;
import io.minga.simulations.network.LinkOptions;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the user typed behind {@code gossip}. */
final class Arguments {
  private static final double MILLIS = 1e6;

  private int peers = 1000;
  private long seed = 1;
  private int messages = 600;
  private double rate = 10;
  private int bytes = 256;
  private double lossPercent;
  private double churnPercent;
  private double @Nullable [] latencyMillis;
  private Attack attack = Attack.NONE;
  private int links;

  /** Whether JSON is asked for. */
  boolean json;

  /** Reads {@code arguments}; what is wrong with them is an {@link IllegalArgumentException}. */
  static Arguments parse(List<String> arguments) {
    Arguments parsed = new Arguments();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      parsed.take(rest.next(), rest);
    }
    boolean isDisturbed = parsed.churnPercent > 0 || parsed.links > 0;
    boolean isBoth = parsed.churnPercent > 0 && parsed.links > 0;
    if (isBoth || (isDisturbed && parsed.attack != Attack.NONE)) {
      throw new IllegalArgumentException("--attack, --churn and --halves exclude each other");
    }
    return parsed;
  }

  private void take(String name, Iterator<String> rest) {
    switch (name) {
      case "--json" -> json = true;
      case "--peers" -> peers = (int) number(name, rest, 12, 100_000);
      case "--seed" -> seed = whole(name, value(name, rest));
      case "--messages" -> messages = (int) number(name, rest, 1, 1_000_000);
      case "--rate" -> rate = number(name, rest, 0.01, 100_000);
      case "--bytes" -> bytes = (int) number(name, rest, 0, 1_000_000);
      case "--loss" -> lossPercent = number(name, rest, 0, 50);
      case "--halves" -> links = (int) number(name, rest, 1, 1000);
      case "--churn" -> churnPercent = number(name, rest, 0, 1000);
      case "--latency" -> latencyMillis = range(name, value(name, rest));
      case "--attack" -> attack = attack(value(name, rest));
      default -> throw new IllegalArgumentException("unknown argument '" + name + "'");
    }
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value behind it");
    }
    return rest.next();
  }

  private static long whole(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(name + " should be a whole number, not '" + value + "'");
    }
  }

  private static double number(String name, Iterator<String> rest, double min, double max) {
    String value = value(name, rest);
    try {
      double number = Double.parseDouble(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException wrong) {
      // said below
    }
    throw new IllegalArgumentException(
        "%s should be a number from %s to %s, not '%s'"
            .formatted(name, text(min), text(max), value));
  }

  private static String text(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static double[] range(String name, String value) {
    try {
      String[] ends = value.split("-", -1);
      double min = Double.parseDouble(ends[0]);
      double max = ends.length == 1 ? min : Double.parseDouble(ends[1]);
      if (ends.length <= 2 && min >= 0 && max >= min && max <= 60_000) {
        return new double[] {min, max};
      }
    } catch (NumberFormatException wrong) {
      // said below
    }
    throw new IllegalArgumentException(
        name + " should be milliseconds, such as 200 or 20-200, not '" + value + "'");
  }

  private static Attack attack(String word) {
    return Arrays.stream(Attack.values())
        .filter(it -> it.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--attack should be one of "
                        + Arrays.stream(Attack.values())
                            .map(Attack::word)
                            .collect(Collectors.joining(", "))
                        + ", not '"
                        + word
                        + "'"));
  }

  /** What is to be run, without the attack. */
  GossipScenario undisturbed() {
    LinkOptions link = LinkOptions.DEFAULT.withFaults(lossPercent / 100, 0, 0);
    if (latencyMillis != null) {
      link =
          link.withLatencyNanos(
              (long) (latencyMillis[0] * MILLIS), (long) (latencyMillis[1] * MILLIS));
    }
    return GossipScenario.of(seed, peers).with(link).withMessages(messages, rate, bytes);
  }

  /** What is to be run with what disturbs it, if anything does. */
  Optional<GossipScenario> disturbed() {
    if (attack != Attack.NONE) {
      return Optional.of(undisturbed().with(attack));
    }
    if (links > 0) {
      return Optional.of(undisturbed().asHalves(links));
    }
    return churnPercent > 0
        ? Optional.of(undisturbed().withChurn(churnPercent / 100))
        : Optional.empty();
  }
}
