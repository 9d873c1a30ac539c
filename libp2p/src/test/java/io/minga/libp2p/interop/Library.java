package io.minga.libp2p.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A libp2p that is tested against, ours included, and how its peer is started. */
public enum Library {
  JAVA("Minga itself", "pom.xml", "<version>(.*?)(?:-SNAPSHOT)?</version>"),
  JS("js-libp2p", "interop/js/package.json", "\"libp2p\": \"(.*?)\""),
  GO("go-libp2p", "interop/go/go.mod", "github.com/libp2p/go-libp2p v(\\S+)"),
  RUST("rust-libp2p", "interop/rust/Cargo.lock", "name = \"libp2p\"\nversion = \"(.*?)\""),
  PY("py-libp2p", "interop/py/requirements.txt", "(?m)^libp2p==(\\S+)");

  /** The repository, whose modules are its children. */
  static final Path ROOT =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..");

  private final String title;
  private final String pinnedIn;
  private final Pattern pin;

  Library(String title, String pinnedIn, String pin) {
    this.title = title;
    this.pinnedIn = pinnedIn;
    this.pin = Pattern.compile(pin);
  }

  /** Its name in the table, with the version but for our own. */
  public String title() {
    return this == JAVA ? title : title + " " + version();
  }

  /** The version that the peer is built with, and says in its identify agent. */
  String version() {
    try {
      Matcher matcher = pin.matcher(Files.readString(ROOT.resolve(pinnedIn)));
      if (!matcher.find()) {
        throw new IllegalStateException(pinnedIn + " does not say the version of " + title);
      }
      return matcher.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The environment variable that names the peer's executable. */
  public String variable() {
    return "MINGA_INTEROP_" + name();
  }

  /** How the peer is started; empty if it wasn't built. */
  public Optional<List<String>> executable() {
    return this == JAVA
        ? Optional.of(ours())
        : Optional.ofNullable(System.getenv(variable())).map(List::of);
  }

  private static List<String> ours() {
    return java(InteropPeer.class);
  }

  /**
   * How {@code main} is started in a process with the class path of this one: buffers that leak are
   * in its log.
   */
  public static List<String> java(Class<?> main) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-Dio.netty.leakDetection.level=paranoid",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }
}
