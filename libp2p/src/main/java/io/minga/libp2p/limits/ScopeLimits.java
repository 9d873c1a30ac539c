package io.minga.libp2p.limits;

/**
 * What one scope may hold at a time: connections, streams, and bytes of memory. The inbound numbers
 * are a part of the totals; 0 means none at all.
 */
public record ScopeLimits(
    int connections, int connectionsInbound, int streams, int streamsInbound, long memoryBytes) {
  /** Limits that make sense by themselves; {@link HostLimits} compares them to each other. */
  public ScopeLimits {
    requireAtLeastZero("connections", connections);
    requireAtLeastZero("connectionsInbound", connectionsInbound);
    requireAtLeastZero("streams", streams);
    requireAtLeastZero("streamsInbound", streamsInbound);
    requireAtLeastZero("memoryBytes", memoryBytes);
    requirePart("connectionsInbound", connectionsInbound, "connections", connections);
    requirePart("streamsInbound", streamsInbound, "streams", streams);
  }

  private static void requireAtLeastZero(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + "; a limit is 0 or more");
    }
  }

  private static void requirePart(String partName, int part, String totalName, int total) {
    if (part > total) {
      throw new IllegalArgumentException(
          "%s is %d, but it is a part of %s, which is %d"
              .formatted(partName, part, totalName, total));
    }
  }
}
