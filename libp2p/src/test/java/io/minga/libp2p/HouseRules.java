package io.minga.libp2p;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/**
 * The laws of the house, for every module's {@code ArchitectureTest} to include by {@code
 * ArchTests.in(HouseRules.class)}. A package is pure unless a segment of its name is {@code netty},
 * {@code runtime}, {@code store}, {@code http} or {@code cli}, or it is a module's root, its face.
 *
 * <p>Forbidden things are written as full names in which {@code *} stands for any characters. A
 * name of a type forbids every mention of the type; a name of a member, with its parameters,
 * forbids calls, references and reads; {@code !} before a name exempts it from those above it.
 */
public final class HouseRules {
  private static final List<String> SHELLS = List.of("netty", "runtime", "store", "http", "cli");

  /** Each module with the modules that it may use. */
  private static final Map<String, List<String>> BELOW =
      Map.of(
          "libp2p", List.of(),
          "gossip", List.of("libp2p"),
          "crdt", List.of(),
          "node", List.of("gossip", "libp2p", "crdt"),
          "cli", List.of("simulations", "node", "libp2p"),
          "simulations", List.of("node", "gossip", "libp2p", "crdt"));

  /** Nothing goes in or out but through a core's inputs and effects. */
  @ArchTest
  public static final ArchRule PURE_PACKAGES_DO_NO_INPUT_OR_OUTPUT =
      pureClasses(
          "do no input or output",
          "io.netty.*",
          "java.net.Socket*",
          "java.net.ServerSocket*",
          "java.net.DatagramSocket*",
          "java.net.MulticastSocket",
          "java.net.NetworkInterface",
          "java.net.URL",
          "java.net.URLConnection",
          "java.net.http.*",
          "java.nio.channels.*",
          "java.io.File*",
          "java.io.RandomAccessFile",
          "java.nio.file.*",
          "java.lang.Process*",
          // An address of four or sixteen bytes, or a literal, is a value; a name is a query.
          "java.net.InetAddress.getAllByName(*)",
          "java.net.InetAddress.getLocalHost()",
          "java.net.InetAddress.isReachable(*)",
          "java.net.Inet*.getHostName()",
          "java.net.Inet*.getCanonicalHostName()",
          "java.net.InetSocketAddress.<init>(java.lang.String, int)");

  /** What a peer can trigger is for the runtime to log, at a rate that it chooses. */
  @ArchTest
  public static final ArchRule PURE_PACKAGES_LOG_NOTHING =
      pureClasses(
          "log nothing",
          "org.slf4j.*",
          "java.util.logging.*",
          "java.lang.System$Logger*",
          "java.lang.System.out",
          "java.lang.System.err",
          "*.printStackTrace(*)");

  /** One thread owns a core, and it is not the core's business which. */
  @ArchTest
  public static final ArchRule PURE_PACKAGES_START_NO_THREADS =
      pureClasses(
          "start no threads",
          "java.lang.Thread",
          "java.lang.ThreadGroup",
          "java.util.Timer*",
          "java.util.concurrent.*",
          // A unit of time is a value, though it lives among the executors.
          "!java.util.concurrent.TimeUnit*",
          "java.util.*.parallelStream()",
          "java.util.stream.*.parallel()");

  /** Time is an argument. */
  @ArchTest
  public static final ArchRule PURE_PACKAGES_READ_NO_CLOCK =
      pureClasses(
          "read no clock",
          "java.lang.System.nanoTime()",
          "java.lang.System.currentTimeMillis()",
          "java.time.*.now(*)",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.util.Date.<init>()",
          "java.util.Calendar",
          "java.util.GregorianCalendar",
          "*.checkValidity()");

  /** Randomness is an injected generator; keys and nonces come from the entropy port. */
  @ArchTest
  public static final ArchRule PURE_PACKAGES_DRAW_NO_RANDOMNESS =
      pureClasses(
          "draw no randomness of their own",
          "java.security.SecureRandom",
          "java.util.concurrent.ThreadLocalRandom",
          "java.lang.Math.random()",
          "java.lang.StrictMath.random()",
          "java.util.Collections.shuffle(java.util.List)",
          "java.util.Random.<init>()",
          "java.util.SplittableRandom.<init>()",
          "java.util.UUID.randomUUID()",
          "java.util.random.RandomGenerator.getDefault()",
          "java.util.random.RandomGenerator.of(*)",
          "java.util.random.RandomGeneratorFactory.create()");

  /** The same inputs give the same effects in the same order, in every run. */
  @ArchTest
  public static final ArchRule PURE_PACKAGES_ITERATE_IN_A_FIXED_ORDER =
      pureClasses(
          "iterate in an order that every run repeats",
          "java.lang.System.identityHashCode(*)",
          "java.util.HashMap.<init>(*)",
          "java.util.HashSet.<init>(*)",
          "java.util.Hashtable.<init>(*)",
          "java.util.IdentityHashMap.<init>(*)",
          "java.util.WeakHashMap.<init>(*)",
          "java.util.Map.copyOf(*)",
          "java.util.Map.of(*)",
          "java.util.Map.ofEntries(*)",
          "java.util.Set.copyOf(*)",
          "java.util.Set.of(*)",
          "java.util.stream.Collectors.groupingBy(java.util.function.Function)",
          "java.util.stream.Collectors.groupingBy(java.util.function.Function,"
              + " java.util.stream.Collector)",
          "java.util.stream.Collectors.toMap(java.util.function.Function,"
              + " java.util.function.Function)",
          "java.util.stream.Collectors.toMap(java.util.function.Function,"
              + " java.util.function.Function, java.util.function.BinaryOperator)",
          "java.util.stream.Collectors.toSet()",
          "java.util.stream.Collectors.toUnmodifiableMap(*)",
          "java.util.stream.Collectors.toUnmodifiableSet()");

  /** A peer's bytes never choose a class. */
  @ArchTest
  public static final ArchRule NOBODY_USES_JAVA_SERIALIZATION =
      classes()
          .should(
              avoid(
                  "use no Java serialization",
                  "java.io.Externalizable",
                  "java.io.ObjectInputStream",
                  "java.io.ObjectOutputStream"));

  /** Arrows between modules go down only. */
  @ArchTest
  public static final ArchRule MODULES_DEPEND_DOWNWARDS = classes().should(dependOnModulesBelow());

  /** A package can be read without the ones that use it. */
  @ArchTest
  public static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.minga.(**)").should().beFreeOfCycles();

  /**
   * A name says what the thing is, not that there was no word for it. Three managers have a word:
   * libp2p's connection manager, and JSSE's trust and key managers.
   */
  @ArchTest
  public static final ArchRule CLASSES_ARE_NAMED_FOR_WHAT_THEY_ARE =
      classes()
          .should(
              satisfy(
                  "have a name that says what they are",
                  it ->
                      !it.getSimpleName()
                          .matches(".*(Utils?|Helper|Impl|(?<!Connection|Trust|Key)Manager)")));

  /** A package is a concern, not a drawer. */
  @ArchTest
  public static final ArchRule PACKAGES_ARE_NAMED_FOR_A_CONCERN =
      classes()
          .should(
              satisfy(
                  "live in a package named for its concern",
                  it ->
                      segments(it).stream()
                          .noneMatch(List.of("util", "common", "impl", "model")::contains)));

  /** Null is a type's business everywhere, so that NullAway looks everywhere. */
  @ArchTest
  public static final ArchRule PACKAGES_ARE_NULL_MARKED =
      classes()
          .should(
              satisfy(
                  "live in a package that is @NullMarked",
                  it -> it.getPackage().isAnnotatedWith(NullMarked.class)));

  private HouseRules() {}

  private static ArchRule pureClasses(String law, String... forbidden) {
    DescribedPredicate<JavaClass> pure = describe("are in pure packages", HouseRules::isPure);
    return classes().that(pure).should(avoid(law, forbidden));
  }

  private static boolean isPure(JavaClass type) {
    List<String> segments = segments(type);
    boolean face = segments.size() == 3;
    return !face && segments.stream().noneMatch(SHELLS::contains);
  }

  private static List<String> segments(JavaClass type) {
    return List.of(type.getPackageName().split("\\."));
  }

  private static ArchCondition<JavaClass> avoid(String law, String... names) {
    Predicate<String> forbidden = matchingAny(names);
    return new ArchCondition<>(law) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getDirectDependenciesFromSelf().stream()
            .filter(it -> forbidden.test(it.getTargetClass().getBaseComponentType().getName()))
            .forEach(it -> events.add(violated(type, it.getDescription())));
        type.getAccessesFromSelf().stream()
            .filter(it -> forbidden.test(it.getTarget().getFullName()))
            .forEach(it -> events.add(violated(type, it.getDescription())));
      }
    };
  }

  private static Predicate<String> matchingAny(String... names) {
    Predicate<String> matching = it -> false;
    for (String name : names) {
      boolean exempt = name.startsWith("!");
      Predicate<String> glob = glob(exempt ? name.substring(1) : name);
      matching = exempt ? matching.and(glob.negate()) : matching.or(glob);
    }
    return matching;
  }

  private static Predicate<String> glob(String name) {
    return Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q")).asMatchPredicate();
  }

  private static ArchCondition<JavaClass> dependOnModulesBelow() {
    return new ArchCondition<>("depend on modules below their own only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String module = module(type);
        List<String> below = BELOW.getOrDefault(module, List.of());
        type.getDirectDependenciesFromSelf().stream()
            .filter(it -> it.getTargetClass().getPackageName().startsWith("io.minga."))
            .filter(it -> !module(it.getTargetClass()).equals(module))
            .filter(it -> !below.contains(module(it.getTargetClass())))
            .forEach(it -> events.add(violated(type, it.getDescription())));
      }
    };
  }

  private static String module(JavaClass type) {
    return segments(type).get(2);
  }

  private static ArchCondition<JavaClass> satisfy(String law, Predicate<JavaClass> holds) {
    return new ArchCondition<>(law) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!holds.test(type)) {
          events.add(violated(type, type.getName() + " does not " + law));
        }
      }
    };
  }
}
