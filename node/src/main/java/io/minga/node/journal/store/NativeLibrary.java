package io.minga.node.journal.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SQLite's library, which its driver unpacks when it is first used: beside the journal, where what
 * a killed process left behind is found again.
 */
final class NativeLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
  private static final String DIRECTORY = "org.sqlite.tmpdir";
  private static boolean prepared;

  private NativeLibrary() {}

  /** Says where it is to be, unless it is loaded already or somebody else has said. */
  static synchronized void prepare(Path directory) {
    if (prepared) {
      return;
    }
    prepared = true;
    if (System.getProperty(DIRECTORY) == null) {
      System.setProperty(DIRECTORY, directory.toString());
      sweep(directory);
    }
  }

  /** Deletes what is left; a library that a process uses stays until that ends. */
  private static void sweep(Path directory) {
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(directory, "sqlite-*-*sqlitejdbc*")) {
      for (Path each : left) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      LOG.debug("{} can't be looked through: {}", directory, e.toString());
    }
  }
}
