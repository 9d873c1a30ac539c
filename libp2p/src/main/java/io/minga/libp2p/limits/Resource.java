package io.minga.libp2p.limits;

/** What is counted. */
public enum Resource {
  CONNECTIONS("connections"),
  CONNECTIONS_INBOUND("inbound connections"),
  STREAMS("streams"),
  STREAMS_INBOUND("inbound streams"),
  MEMORY("bytes of memory");

  private final String words;

  Resource(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
