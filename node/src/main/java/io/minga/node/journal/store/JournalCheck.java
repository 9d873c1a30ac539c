package io.minga.node.journal.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * What a look through a journal that no process has open found.
 *
 * @param size what it holds, or would after it was mended
 * @param troubles what is wrong, in sentences
 */
public record JournalCheck(Journal.Size size, List<String> troubles) {
  /**
   * Looks through a journal. Whatever is mended, is in a copy.
   *
   * @throws JournalException if there is none, or it can't be read, or is of a later version
   */
  public static JournalCheck of(Path path) throws JournalException {
    if (!Files.exists(path)) {
      throw new JournalException(
          "there is no journal %s; a peer begins one with its first durable job".formatted(path));
    }
    try {
      Path home = Files.createTempDirectory("minga-journal-");
      try {
        return of(path, home);
      } finally {
        delete(home);
      }
    } catch (IOException e) {
      throw e instanceof JournalException known
          ? known
          : new JournalException("the journal %s can't be looked through".formatted(path), e);
    }
  }

  private static JournalCheck of(Path path, Path home) throws IOException {
    Path copy = home.resolve(path.getFileName());
    for (String ending : List.of("", "-wal", "-mark", "-built")) {
      Path file = path.resolveSibling(path.getFileName() + ending);
      if (Files.exists(file)) {
        Files.copy(file, home.resolve(file.getFileName()));
      }
    }
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    try (Journal journal =
        Journal.open(copy, JournalOptions.DEFAULT, random::nextLong, Journal.Listener.DEAF)) {
      List<String> troubles =
          journal.troubles().stream()
              .map(trouble -> trouble.replace(copy.toString(), path.toString()))
              .toList();
      return new JournalCheck(journal.size().join(), troubles);
    } catch (CompletionException e) {
      throw new JournalException("the journal %s can't be read".formatted(path), e);
    }
  }

  private static void delete(Path home) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(home)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(home);
  }
}
