package io.minga.cli.config;

/** Why settings can't be used: a sentence with the file, the line, and what would be right. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigException(String message) {
    super(message);
  }
}
