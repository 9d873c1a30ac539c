package io.minga.simulations.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * Loads the program anew, so that mistakes in some of its classes are there for all the others, and
 * for nobody else.
 */
final class MutantLoader extends ClassLoader {
  private static final List<String> ANEW =
      List.of("io.minga.crdt.", "io.minga.node.", "io.minga.simulations.");

  private final Map<String, byte[]> mutated;

  MutantLoader(Map<String, byte[]> mutated) {
    super(MutantLoader.class.getClassLoader());
    this.mutated = mutated;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (ANEW.stream().noneMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = mutated.get(name);
    byte[] code = bytes == null ? unchanged(name) : bytes;
    return defineClass(name, code, 0, code.length);
  }

  private byte[] unchanged(String name) throws ClassNotFoundException {
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file != null) {
        return file.readAllBytes();
      }
    } catch (IOException unreadable) {
      throw new ClassNotFoundException(name, unreadable);
    }
    throw new ClassNotFoundException(name);
  }
}
