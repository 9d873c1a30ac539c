package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;

/**
 * One of those who share a peer fairly: what a submitter called its tenant. Two submitters that use
 * one name are two tenants, since nobody may spend another's share.
 */
public record Tenant(PeerId submitter, String name) implements Comparable<Tenant> {
  @Override
  public int compareTo(Tenant other) {
    int bySubmitter = submitter.compareTo(other.submitter);
    return bySubmitter != 0 ? bySubmitter : name.compareTo(other.name);
  }
}
