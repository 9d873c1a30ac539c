package io.minga.cli;

/** How much the command says of what goes on inside. */
final class Verbosity {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
  private static boolean verbose;

  private Verbosity() {}

  /** Sets it, before anything is logged: errors alone, or all that a developer may want. */
  static void set(boolean verbose) {
    Verbosity.verbose = verbose;
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, verbose ? "debug" : "error");
    }
  }

  static boolean isVerbose() {
    return verbose;
  }
}
