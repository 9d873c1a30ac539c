package io.minga.libp2p.limits;

/**
 * What was not granted because a scope would hold more than its limit. Nothing is held for it.
 *
 * @param limit the most that the scope may hold
 * @param inUse what it holds
 * @param wanted how much more was asked for
 */
public record Refusal(Scope scope, Resource resource, long limit, long inUse, long wanted)
    implements ConnectionAdmission, StreamAdmission {
  /** One sentence for a person: {@code 64 inbound streams of peer 12D3… for /x/1 are the limit}. */
  public String sentence() {
    String limitText = "%d %s %s are the limit".formatted(limit, resource, scope);
    return resource == Resource.MEMORY
        ? "%s: %d are in use, %d more were asked for".formatted(limitText, inUse, wanted)
        : limitText;
  }
}
