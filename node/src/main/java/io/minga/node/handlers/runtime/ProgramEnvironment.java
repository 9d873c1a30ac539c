package io.minga.node.handlers.runtime;

import java.util.Map;

/** What a program sees of the peer's environment: where programs are, and the language. */
final class ProgramEnvironment {
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  private ProgramEnvironment() {}

  static void set(ProcessBuilder builder) {
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", DEFAULT_PATH);
    String language = environment.getOrDefault("LANG", "C.UTF-8");
    environment.clear();
    environment.put("PATH", path);
    environment.put("LANG", language);
  }
}
