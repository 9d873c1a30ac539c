package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Handler;
import io.minga.node.task.FunctionName;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The functions that this peer offers. Safe for any thread; reading takes no lock, for writing
 * makes a new map.
 */
public final class Functions {
  /** How many functions a peer may offer. */
  public static final int FUNCTIONS_MAX = 10_000;

  private final Consumer<NavigableSet<FunctionName>> offer;

  /** Never changed, only replaced. */
  private volatile NavigableMap<FunctionName, Handler> handlers = new TreeMap<>();

  /**
   * No functions yet.
   *
   * @param offer told all names after each change, in the order of the changes; it must not change
   *     the functions itself
   */
  public Functions(Consumer<NavigableSet<FunctionName>> offer) {
    this.offer = offer;
  }

  /**
   * Offers a function.
   *
   * @throws IllegalStateException if it is offered already, or there are too many
   */
  public void register(FunctionName name, Handler handler) {
    registerAll(Map.of(name, handler));
  }

  /**
   * Offers functions, all of them or none.
   *
   * @throws IllegalStateException if one is offered already, or there are too many
   */
  public synchronized void registerAll(Map<FunctionName, ? extends Handler> more) {
    for (FunctionName name : new TreeMap<>(more).keySet()) {
      if (handlers.containsKey(name)) {
        throw new IllegalStateException("the function %s is offered already".formatted(name));
      }
    }
    TreeMap<FunctionName, Handler> next = new TreeMap<>(handlers);
    next.putAll(more);
    if (next.size() > FUNCTIONS_MAX) {
      throw new IllegalStateException(
          "a peer offers at most %d functions, not %d".formatted(FUNCTIONS_MAX, next.size()));
    }
    replace(next);
  }

  /** Offers a function no more; what runs of it goes on. Whether it was offered. */
  public synchronized boolean unregister(FunctionName name) {
    if (!handlers.containsKey(name)) {
      return false;
    }
    TreeMap<FunctionName, Handler> next = new TreeMap<>(handlers);
    next.remove(name);
    replace(next);
    return true;
  }

  private void replace(NavigableMap<FunctionName, Handler> next) {
    handlers = next;
    offer.accept(names());
  }

  /** The names of all functions, as they are now. */
  public NavigableSet<FunctionName> names() {
    return Collections.unmodifiableNavigableSet(handlers.navigableKeySet());
  }

  /** The handler of a function, if it is offered. */
  public Optional<Handler> handler(FunctionName name) {
    return Optional.ofNullable(find(name));
  }

  @Nullable Handler find(FunctionName name) {
    return handlers.get(name);
  }
}
