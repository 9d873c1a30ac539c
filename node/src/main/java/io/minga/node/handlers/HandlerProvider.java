package io.minga.node.handlers;

import java.util.Map;

/**
 * What a jar of handlers offers. The jar names its providers, which have a public constructor
 * without parameters, in {@code META-INF/services/io.minga.node.handlers.HandlerProvider}.
 */
public interface HandlerProvider {
  /** The functions by their names, such as {@code pi.sample}; asked once. */
  Map<String, Handler> handlers();
}
