package io.minga.node.handlers.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the system lets a program and each of its descendants use; 0 is as much as it likes. {@code
 * prlimit} of util-linux sets it and becomes the program, so this holds where there is one.
 *
 * @param cpuSeconds processor time of one process
 * @param memoryBytes address space of one process; runtimes that reserve much of it, as those of
 *     Java, Go and JavaScript do, need more than they use
 * @param processes how many processes and threads the user who runs the peer may have in all while
 *     this one starts more; the superuser is not held by it
 * @param fileBytes how large a file it may write, its output among them
 */
public record ProgramLimits(long cpuSeconds, long memoryBytes, long processes, long fileBytes) {
  /** No limits. */
  public static final ProgramLimits NONE = new ProgramLimits(0, 0, 0, 0);

  /** One hour of processor time and files of 1 GiB. */
  public static final ProgramLimits DEFAULT = new ProgramLimits(3600, 0, 0, 1L << 30);

  private static final @Nullable Path PRLIMIT =
      Stream.of(Path.of("/usr/bin/prlimit"), Path.of("/bin/prlimit"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);

  /** Between the signal that asks a program to end and the one that ends it. */
  private static final long CPU_GRACE_SECONDS = 5;

  /** Checks that none is negative. */
  public ProgramLimits {
    if (cpuSeconds < 0 || memoryBytes < 0 || processes < 0 || fileBytes < 0) {
      throw new IllegalArgumentException("a limit of a program is negative");
    }
  }

  /** Whether this machine can hold a program to limits. */
  static boolean isPossible() {
    return PRLIMIT != null;
  }

  /** What to start so that {@code words} run within these limits, as far as that is possible. */
  List<String> around(List<String> words) {
    if (PRLIMIT == null || equals(NONE)) {
      return words;
    }
    List<String> all = new ArrayList<>();
    all.add(PRLIMIT.toString());
    all.add("--core=0"); // an image of its memory would outlive it
    if (cpuSeconds > 0) {
      all.add("--cpu=%d:%d".formatted(cpuSeconds, cpuSeconds + CPU_GRACE_SECONDS));
    }
    if (memoryBytes > 0) {
      all.add("--as=" + memoryBytes);
    }
    if (processes > 0) {
      all.add("--nproc=" + processes);
    }
    if (fileBytes > 0) {
      all.add("--fsize=" + fileBytes);
    }
    all.add("--");
    all.addAll(words);
    return all;
  }
}
