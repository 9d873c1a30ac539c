package io.minga.simulations.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A mistake.
 *
 * @param what it does
 * @param seed one that showed it once; others do, too
 * @param edits where it is
 */
record Mutant(String what, long seed, List<Edit> edits) {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /**
   * Other text in a source file.
   *
   * @param type the class, by its full name
   * @param there what is there, once
   * @param instead what stands there
   */
  record Edit(String type, String there, String instead) {
    String module() {
      return type.split("\\.", 4)[2];
    }

    Path path() {
      return ROOT.resolve(module() + "/src/main/java/" + type.replace('.', '/') + ".java");
    }

    /** The text with the mistake in it; a text that has no room for it is an error. */
    String apply(String source) {
      int at = source.indexOf(there);
      if (at < 0 || source.indexOf(there, at + 1) >= 0) {
        throw new IllegalStateException(
            "%s should have this once: %s; a mutant needs it, so give it what is there now"
                .formatted(path(), there));
      }
      return source.substring(0, at) + instead + source.substring(at + there.length());
    }
  }

  static Mutant of(String what, long seed, Edit... edits) {
    return new Mutant(what, seed, List.of(edits));
  }

  /** The source files with the mistake in them, by class. */
  Map<String, String> sources() throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Edit edit : edits) {
      String before = sources.get(edit.type());
      sources.put(edit.type(), edit.apply(before == null ? Files.readString(edit.path()) : before));
    }
    return sources;
  }

  @Override
  public String toString() {
    return what;
  }
}
