package io.minga.libp2p;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HouseRulesTest {
  private static final String OFFENCES = "io.minga.libp2p.offences.";

  /** Each rule by the name of its field, with the package or the class that offends against it. */
  private static final Map<String, String> OFFENDERS =
      Map.ofEntries(
          Map.entry("PURE_PACKAGES_DO_NO_INPUT_OR_OUTPUT", OFFENCES + "DoesInputAndOutput"),
          Map.entry("PURE_PACKAGES_LOG_NOTHING", OFFENCES + "Logs"),
          Map.entry("PURE_PACKAGES_START_NO_THREADS", OFFENCES + "StartsThreads"),
          Map.entry("PURE_PACKAGES_READ_NO_CLOCK", OFFENCES + "ReadsClocks"),
          Map.entry("PURE_PACKAGES_DRAW_NO_RANDOMNESS", OFFENCES + "DrawsRandomness"),
          Map.entry("PURE_PACKAGES_ITERATE_IN_A_FIXED_ORDER", OFFENCES + "IteratesAtRandom"),
          Map.entry("NOBODY_USES_JAVA_SERIALIZATION", OFFENCES + "netty.Serializes"),
          Map.entry("MODULES_DEPEND_DOWNWARDS", "io.minga.crdt.Climbs"),
          Map.entry("PACKAGES_HAVE_NO_CYCLES", OFFENCES + "ring"),
          Map.entry("CLASSES_ARE_NAMED_FOR_WHAT_THEY_ARE", OFFENCES + "NamedForNothing"),
          Map.entry("PACKAGES_ARE_NAMED_FOR_A_CONCERN", OFFENCES + "util.InDrawer"),
          Map.entry("PACKAGES_ARE_NULL_MARKED", OFFENCES + "unmarked.NullIsAnyonesGuess"));

  private static final JavaClasses ALL = new ClassFileImporter().importPackages("io.minga");

  @ParameterizedTest
  @MethodSource("rules")
  void rule_offendedAgainst_namesEveryOffence(String name, ArchRule rule) {
    JavaClasses offender = named(OFFENDERS.getOrDefault(name, "no offender of " + name));

    List<String> violations = rule.evaluate(offender).getFailureReport().getDetails();

    assertThat(violations).isNotEmpty();
    assertThat(expectedIn(offender))
        .allSatisfy(it -> assertThat(violations).anyMatch(violation -> violation.contains(it)));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_overInnocentCode_findsNothing(String name, ArchRule rule) {
    assertThat(violations(rule, "Innocent")).isEmpty();
    assertThat(violations(rule, "netty.Shell")).isEmpty();
  }

  @Test
  void offenders_areOnePerRule() {
    assertThat(OFFENDERS.keySet()).containsExactlyInAnyOrderElementsOf(rulesByName().keySet());
  }

  private static List<String> violations(ArchRule rule, String innocent) {
    ArchRule lenient = rule.allowEmptyShould(true);
    return lenient.evaluate(named(OFFENCES + innocent)).getFailureReport().getDetails();
  }

  /** The class called {@code name} with its nested ones, or the classes below that package. */
  private static JavaClasses named(String name) {
    return ALL.that(
        describe(
            name,
            it ->
                it.getName().equals(name)
                    || it.getName().startsWith(name + "$")
                    || it.getName().startsWith(name + ".")));
  }

  /** Each method of an offender is an offence of its own; a nested type is one too. */
  private static List<String> expectedIn(JavaClasses offender) {
    Stream<String> methods =
        offender.stream()
            .flatMap(it -> it.getMethods().stream())
            .filter(it -> !it.getModifiers().contains(JavaModifier.SYNTHETIC))
            .map(JavaMethod::getFullName);
    Stream<String> nested =
        offender.stream().filter(it -> it.isNestedClass()).map(it -> it.getName());
    return Stream.concat(methods, nested).toList();
  }

  private static Stream<Object[]> rules() {
    return rulesByName().entrySet().stream().map(it -> new Object[] {it.getKey(), it.getValue()});
  }

  private static Map<String, ArchRule> rulesByName() {
    Map<String, ArchRule> rules = new TreeMap<>();
    Arrays.stream(HouseRules.class.getFields())
        .filter(it -> it.isAnnotationPresent(ArchTest.class))
        .forEach(it -> rules.put(it.getName(), ruleIn(it)));
    return rules;
  }

  private static ArchRule ruleIn(Field field) {
    try {
      return (ArchRule) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(field + " should be public", e);
    }
  }
}
