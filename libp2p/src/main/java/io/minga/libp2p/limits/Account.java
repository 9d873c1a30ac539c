package io.minga.libp2p.limits;

import io.minga.libp2p.connections.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What one scope holds, next to what it may hold. First {@code refuse…} is asked of every scope
 * concerned, then {@code add…} is told to all of them, so that nothing is ever half granted.
 */
final class Account {
  private final Scope scope;
  private final ScopeLimits limits;

  private int connections;
  private int connectionsInbound;
  private int streams;
  private int streamsInbound;
  private long memoryBytes;

  Account(Scope scope, ScopeLimits limits) {
    this.scope = scope;
    this.limits = limits;
  }

  @Nullable Refusal refuseConnection(Direction direction) {
    if (connections >= limits.connections()) {
      return new Refusal(scope, Resource.CONNECTIONS, limits.connections(), connections, 1);
    }
    if (direction == Direction.INBOUND && connectionsInbound >= limits.connectionsInbound()) {
      return new Refusal(
          scope, Resource.CONNECTIONS_INBOUND, limits.connectionsInbound(), connectionsInbound, 1);
    }
    return null;
  }

  @Nullable Refusal refuseStream(Direction direction) {
    if (streams >= limits.streams()) {
      return new Refusal(scope, Resource.STREAMS, limits.streams(), streams, 1);
    }
    if (direction == Direction.INBOUND && streamsInbound >= limits.streamsInbound()) {
      return new Refusal(
          scope, Resource.STREAMS_INBOUND, limits.streamsInbound(), streamsInbound, 1);
    }
    return null;
  }

  @Nullable Refusal refuseMemory(long bytes) {
    return bytes > limits.memoryBytes() - memoryBytes
        ? new Refusal(scope, Resource.MEMORY, limits.memoryBytes(), memoryBytes, bytes)
        : null;
  }

  void addConnection(Direction direction) {
    connections++;
    if (direction == Direction.INBOUND) {
      connectionsInbound++;
    }
  }

  void removeConnection(Direction direction) {
    connections = lessOne(connections);
    if (direction == Direction.INBOUND) {
      connectionsInbound = lessOne(connectionsInbound);
    }
  }

  void addStream(Direction direction) {
    streams++;
    if (direction == Direction.INBOUND) {
      streamsInbound++;
    }
  }

  void removeStream(Direction direction) {
    streams = lessOne(streams);
    if (direction == Direction.INBOUND) {
      streamsInbound = lessOne(streamsInbound);
    }
  }

  void addMemory(long bytes) {
    memoryBytes += bytes;
  }

  void removeMemory(long bytes) {
    if (bytes > memoryBytes) {
      throw new IllegalStateException(
          "%d bytes released %s, which holds %d".formatted(bytes, scope, memoryBytes));
    }
    memoryBytes -= bytes;
  }

  boolean isEmpty() {
    return connections == 0 && streams == 0 && memoryBytes == 0;
  }

  ResourceUse use() {
    return new ResourceUse(connections, connectionsInbound, streams, streamsInbound, memoryBytes);
  }

  private int lessOne(int count) {
    if (count == 0) {
      throw new IllegalStateException("released more than was held " + scope);
    }
    return count - 1;
  }
}
