package io.minga.libp2p.limits;

import io.minga.libp2p.identity.PeerId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one peer holds, in all and for each protocol. A protocol's account exists only while it
 * holds something, so there are never more of them than the peer has streams.
 */
final class PeerAccount {
  final PeerId peer;
  final Account total;

  /** Streams without a protocol, which are counted in the host's pending ones too. */
  final Account pending;

  private final ScopeLimits protocolLimits;
  private final Map<String, Account> protocols = new LinkedHashMap<>();

  PeerAccount(PeerId peer, HostLimits limits) {
    this.peer = peer;
    this.total = new Account(new Scope.Peer(peer), limits.peer());
    this.pending = new Account(new Scope.PeerPending(peer), limits.pendingOfPeer());
    this.protocolLimits = limits.peerProtocol();
  }

  /** The account of {@code protocol}, new and not yet kept if there is none. */
  Account protocol(String protocol) {
    Account account = protocols.get(protocol);
    return account != null
        ? account
        : new Account(new Scope.PeerProtocol(peer, protocol), protocolLimits);
  }

  void keep(String protocol, Account account) {
    protocols.put(protocol, account);
  }

  void dropIfEmpty(String protocol, Account account) {
    if (account.isEmpty()) {
      protocols.remove(protocol, account);
    }
  }

  int protocolCount() {
    return protocols.size();
  }

  @Nullable Account find(String protocol) {
    return protocols.get(protocol);
  }
}
