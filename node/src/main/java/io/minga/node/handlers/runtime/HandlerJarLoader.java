package io.minga.node.handlers.runtime;

import io.minga.node.handlers.HandlerProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.CodeSource;

/**
 * The classes of one handler jar. It sees the JDK and our own classes, neither other jars nor the
 * libraries that we use, and what it defines has no way to end the process by accident.
 */
final class HandlerJarLoader extends URLClassLoader {
  private final CodeSource source;

  HandlerJarLoader(Path jar) throws MalformedURLException {
    this(jar.toString(), jar.toUri().toURL());
  }

  private HandlerJarLoader(String name, URL jar) {
    super(name, new URL[] {jar}, new Ours());
    this.source = new CodeSource(jar, (CodeSigner[]) null);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = ExitCalls.refuse(file.readAllBytes());
      return defineClass(name, bytes, 0, bytes.length, source);
    } catch (IOException unreadable) {
      throw new ClassNotFoundException(name, unreadable);
    }
  }

  /** What every jar sees: our classes, from here, and the JDK. */
  private static final class Ours extends ClassLoader {
    private static final ClassLoader HERE = HandlerProvider.class.getClassLoader();

    Ours() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("io.minga.") || name.startsWith("org.jspecify.")) {
        return HERE.loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
