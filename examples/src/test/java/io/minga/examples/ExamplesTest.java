package io.minga.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each example does what it says, by the answers of others. */
@Timeout(120)
final class ExamplesTest {
  @Test
  void monteCarloPi_isWithinItsError() throws Exception {
    String said = output(() -> MonteCarloPi.main(new String[0]));

    Matcher matcher = Pattern.compile("π is ([0-9.]+), by 50,000,000 darts").matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    // A dart's share of π has a deviation of √(π(4 − π)); that of 5 · 10^7 is 0.00023.
    assertThat(Math.abs(Double.parseDouble(matcher.group(1)) - Math.PI)).isLessThan(5 * 0.00023);
  }

  @Test
  void fibonacci_isExact() throws Exception {
    assertThat(output(() -> Fibonacci.main(new String[0]))).contains("fib(200) is " + fib(200));
  }

  @Test
  void hashFiles_agreesWithMessageDigest(@TempDir Path root) throws Exception {
    Random random = new Random(7);
    List<String> expected = new ArrayList<>();
    Files.createDirectory(root.resolve("b"));
    List<String> names = List.of("a", "b/empty", "b/large", "b/limit", "b/z");
    List<Integer> sizes = List.of(5, 0, 300_000, 60 * 1024, 1_000);
    for (int i = 0; i < names.size(); i++) {
      byte[] content = new byte[sizes.get(i)];
      random.nextBytes(content);
      Path file = Files.write(root.resolve(names.get(i)), content);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      expected.add(HexFormat.of().formatHex(hash) + "  " + file);
    }

    String said = output(() -> HashFiles.main(new String[] {root.toString()}));

    assertThat(said.lines()).containsExactlyElementsOf(expected);
  }

  private static BigInteger fib(int n) {
    BigInteger a = BigInteger.ZERO;
    BigInteger b = BigInteger.ONE;
    for (int i = 0; i < n; i++) {
      BigInteger next = a.add(b);
      a = b;
      b = next;
    }
    return a;
  }

  /** A program's main. */
  @FunctionalInterface
  private interface Main {
    void run() throws Exception;
  }

  private static String output(Main main) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      main.run();
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}
