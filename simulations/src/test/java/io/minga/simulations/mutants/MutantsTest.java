package io.minga.simulations.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each mistake is found: by the seed that has shown it before, else by one of the first so many.
 * {@code -Dmutants.from=1} looks for all from that seed on, whichever showed them before.
 */
final class MutantsTest {
  private static final long SEEDS = 1000;

  static Stream<Mutant> all() {
    return Mutants.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void mistake_isFound(Mutant mutant) throws Exception {
    LongFunction<String> trial = program(Compiler.compile(mutant.sources()));
    Long from = Long.getLong("mutants.from");
    long seed = from == null ? mutant.seed() : mutant.seed() < 0 ? -from : from;
    String found = trial.apply(seed);
    long sign = mutant.seed() < 0 ? -1 : 1;
    for (long next = from == null ? 1 : from + 1; found.isEmpty() && next <= SEEDS; next++) {
      seed = sign * next;
      found = trial.apply(seed);
    }
    assertThat(found).as("what %d seeds showed of: %s", SEEDS, mutant).isNotEmpty();
    System.out.printf("found: %s, by seed %d: %s%n", mutant, seed, found);
  }

  @Test
  void programWithoutMistakes_keepsItsPromises() throws Exception {
    LongFunction<String> trial = program(Map.of());
    for (Mutant mutant : Mutants.all()) {
      assertThat(trial.apply(mutant.seed())).as("seed %d", mutant.seed()).isEmpty();
    }
  }

  @Test
  void lineThatIsNotThere_isAnError() {
    Mutant.Edit edit = new Mutant.Edit("io.minga.crdt.claims.Registers", "goto 10;", "");

    assertThatThrownBy(() -> new Mutant("nothing", 1, List.of(edit)).sources())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("goto 10;")
        .hasMessageContaining("Registers.java");
  }

  @SuppressWarnings("unchecked") // what it is loaded by is the point of it
  private static LongFunction<String> program(Map<String, byte[]> mutated) throws Exception {
    Class<?> type = new MutantLoader(mutated).loadClass(OneSeed.class.getName());
    return (LongFunction<String>) type.getDeclaredConstructor().newInstance();
  }
}
