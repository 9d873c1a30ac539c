package io.minga.libp2p.limits;

/** What one scope holds at a moment; the inbound numbers are a part of the totals. */
public record ResourceUse(
    int connections, int connectionsInbound, int streams, int streamsInbound, long memoryBytes) {
  /** Nothing held. */
  public static final ResourceUse NONE = new ResourceUse(0, 0, 0, 0, 0);
}
