package io.minga.node.handlers.runtime;

import io.minga.node.handlers.ExitRefusedError;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerProvider;
import io.minga.node.task.FunctionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jars of a directory that offer functions, each in a class loader of its own that sees the JDK
 * and our own classes, and neither the other jars nor the libraries that we use.
 */
public final class HandlerJars implements AutoCloseable {
  /** How many jars a directory may have. */
  public static final int JARS_MAX = 1_000;

  private final SortedMap<FunctionName, Path> functions = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final List<HandlerJarLoader> loaders = new ArrayList<>();

  private HandlerJars() {}

  /**
   * Loads all jars of {@code directory} by the order of their names, and registers what they offer.
   * A jar is taken whole or not at all; {@link #problems} says of each that wasn't what is wrong.
   *
   * @throws IllegalArgumentException if there is no such directory, or it can't be read
   */
  public static HandlerJars load(Path directory, Functions functions) {
    HandlerJars all = new HandlerJars();
    for (Path jar : jars(directory)) {
      all.take(jar, functions);
    }
    return all;
  }

  private static List<Path> jars(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "handler jars are looked for in %s, which is not a directory".formatted(directory));
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> jars = files.filter(it -> it.toString().endsWith(".jar")).sorted().toList();
      if (jars.size() > JARS_MAX) {
        throw new IllegalArgumentException(
            "%s has %d jars; at most %d are loaded".formatted(directory, jars.size(), JARS_MAX));
      }
      return jars;
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "the directory of handler jars, %s, can't be read".formatted(directory), unreadable);
    }
  }

  /** The functions that were registered, each with its jar. */
  public SortedMap<FunctionName, Path> functions() {
    return Collections.unmodifiableSortedMap(functions);
  }

  /** A sentence for each jar that was not taken. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  private void take(Path jar, Functions registry) {
    @Nullable HandlerJarLoader loader = null;
    try {
      requireJar(jar);
      loader = new HandlerJarLoader(jar);
      SortedMap<FunctionName, Handler> offered = offered(loader);
      requireNew(offered);
      registry.registerAll(offered);
      offered.keySet().forEach(it -> functions.put(it, jar));
      loaders.add(loader);
    } catch (IOException
        | RuntimeException
        | ServiceConfigurationError
        | LinkageError
        | ExitRefusedError wrong) {
      problems.add(
          "the handler jar %s was not loaded: %s".formatted(jar.getFileName(), why(wrong)));
      close(loader);
    }
  }

  private static void requireJar(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      if (file.getEntry("META-INF/services/" + HandlerProvider.class.getName()) == null) {
        throw new IllegalArgumentException(
            "it has no META-INF/services/%s, which names its providers"
                .formatted(HandlerProvider.class.getName()));
      }
    } catch (IOException notOne) {
      throw new IllegalArgumentException("it is not a jar, or it is damaged", notOne);
    }
  }

  private static SortedMap<FunctionName, Handler> offered(ClassLoader loader) {
    SortedMap<FunctionName, Handler> offered = new TreeMap<>();
    for (HandlerProvider provider : ServiceLoader.load(HandlerProvider.class, loader)) {
      String type = provider.getClass().getName();
      for (Map.Entry<String, Handler> entry : handlers(provider).entrySet()) {
        FunctionName name = new FunctionName(entry.getKey());
        @Nullable Handler handler = entry.getValue();
        if (handler == null) {
          throw new IllegalArgumentException("%s has no handler for %s".formatted(type, name));
        }
        if (offered.put(name, handler) != null) {
          throw new IllegalArgumentException("two of its providers offer %s".formatted(name));
        }
      }
    }
    if (offered.isEmpty()) {
      throw new IllegalArgumentException("its providers offer nothing");
    }
    return offered;
  }

  private static Map<String, Handler> handlers(HandlerProvider provider) {
    @Nullable Map<String, Handler> handlers = provider.handlers();
    if (handlers == null) {
      throw new IllegalArgumentException(
          provider.getClass().getName() + ".handlers() returned null");
    }
    return handlers;
  }

  private void requireNew(SortedMap<FunctionName, Handler> offered) {
    for (FunctionName name : offered.keySet()) {
      Path first = functions.get(name);
      if (first != null) {
        throw new IllegalArgumentException(
            "it offers the function %s, and so does %s; take one of the jars away"
                .formatted(name, first.getFileName()));
      }
    }
  }

  private static String why(Throwable wrong) {
    Throwable cause = wrong.getCause();
    if (wrong instanceof UnsupportedClassVersionError) {
      return "it is made for a newer Java than this one, which is " + Runtime.version().feature();
    }
    if (wrong instanceof ExceptionInInitializerError || wrong instanceof ExitRefusedError) {
      return "its provider failed (%s)".formatted(cause == null ? wrong.getMessage() : cause);
    }
    if (wrong instanceof LinkageError) {
      return "a class is missing or broken (%s)".formatted(wrong);
    }
    if (wrong instanceof ServiceConfigurationError && cause != null) {
      return cause instanceof LinkageError
          ? why(cause)
          : "its provider failed (%s)".formatted(cause);
    }
    if (wrong instanceof ServiceConfigurationError) {
      return String.valueOf(wrong.getMessage()).replace(HandlerProvider.class.getName() + ": ", "");
    }
    return wrong instanceof IllegalArgumentException || wrong instanceof IllegalStateException
        ? String.valueOf(wrong.getMessage())
        : wrong.toString();
  }

  /** Lets the jars go. Their functions should be unregistered before. */
  @Override
  public void close() {
    loaders.forEach(HandlerJars::close);
    loaders.clear();
  }

  private static void close(@Nullable HandlerJarLoader loader) {
    if (loader == null) {
      return;
    }
    try {
      loader.close();
    } catch (IOException alreadyGone) {
      // There is nothing left to do for a file that can't be closed.
    }
  }
}
