package io.minga.libp2p.limits;

import static io.minga.libp2p.connections.Direction.INBOUND;
import static io.minga.libp2p.connections.Direction.OUTBOUND;
import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ResourceAccountsTest {
  private static final PeerId PEER = peer(1);
  private static final Scope HOST = new Scope.Host();
  private static final Scope PENDING = new Scope.Pending();

  private static final HostLimits LIMITS =
      new HostLimits(
          new ScopeLimits(6, 4, 20, 10, 1000),
          new ScopeLimits(3, 2, 5, 3, 400),
          new ScopeLimits(2, 2, 8, 4, 500),
          new ScopeLimits(0, 0, 4, 2, 100),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));

  private final ResourceAccounts accounts = new ResourceAccounts(LIMITS);

  private ConnectionLease connection(Direction direction) {
    return (ConnectionLease) accounts.tryOpenConnection(direction);
  }

  private ConnectionLease connection(Direction direction, PeerId peer) {
    ConnectionLease lease = connection(direction);
    assertThat(lease.authenticated(peer)).isEmpty();
    return lease;
  }

  private static StreamLease stream(StreamAdmission admission) {
    return (StreamLease) admission;
  }

  @Test
  void tryOpenConnection_thirdInboundBeforeAuthentication_isRefused() {
    connection(INBOUND);
    connection(INBOUND);
    assertThat(accounts.tryOpenConnection(INBOUND))
        .isEqualTo(new Refusal(PENDING, Resource.CONNECTIONS_INBOUND, 2, 2, 1));
    assertThat(accounts.tryOpenConnection(OUTBOUND)).isInstanceOf(ConnectionLease.class);
    assertThat(accounts.tryOpenConnection(OUTBOUND))
        .isEqualTo(new Refusal(PENDING, Resource.CONNECTIONS, 3, 3, 1));
  }

  @Test
  void tryOpenConnection_hostFull_isRefused() {
    for (int i = 0; i < 6; i++) {
      connection(i < 4 ? INBOUND : OUTBOUND, peer(i));
    }
    assertThat(accounts.tryOpenConnection(OUTBOUND))
        .isEqualTo(new Refusal(HOST, Resource.CONNECTIONS, 6, 6, 1));
  }

  @Test
  void authenticated_movesConnectionAndMemoryToThePeer() {
    ConnectionLease lease = connection(INBOUND);
    assertThat(lease.tryReserveMemory(100)).isEmpty();
    assertThat(accounts.use(PENDING)).isEqualTo(new ResourceUse(1, 1, 0, 0, 100));
    assertThat(lease.authenticated(PEER)).isEmpty();
    assertThat(accounts.use(PENDING)).isEqualTo(ResourceUse.NONE);
    assertThat(accounts.use(new Scope.Peer(PEER))).isEqualTo(new ResourceUse(1, 1, 0, 0, 100));
    assertThat(accounts.use(HOST)).isEqualTo(new ResourceUse(1, 1, 0, 0, 100));
  }

  @Test
  void authenticated_peerHasItsConnections_isRefusedAndStaysPending() {
    connection(INBOUND, PEER);
    connection(INBOUND, PEER);
    ConnectionLease third = connection(OUTBOUND);
    assertThat(third.authenticated(PEER))
        .contains(new Refusal(new Scope.Peer(PEER), Resource.CONNECTIONS, 2, 2, 1));
    assertThat(accounts.use(PENDING).connections()).isEqualTo(1);
    third.close();
    assertThat(accounts.use(PENDING)).isEqualTo(ResourceUse.NONE);
    assertThat(accounts.use(HOST).connections()).isEqualTo(2);
  }

  @Test
  void authenticated_memoryBeyondThePeersLimit_isRefused() {
    ConnectionLease first = connection(INBOUND, PEER);
    assertThat(first.tryReserveMemory(450)).isEmpty();
    ConnectionLease second = connection(INBOUND);
    assertThat(second.tryReserveMemory(60)).isEmpty();
    assertThat(second.authenticated(PEER))
        .contains(new Refusal(new Scope.Peer(PEER), Resource.MEMORY, 500, 450, 60));
  }

  @Test
  void tryOpenStream_withProtocol_neverIsPending() {
    ConnectionLease lease = connection(OUTBOUND, PEER);
    StreamLease stream = stream(lease.tryOpenStream(OUTBOUND, "/x/1"));
    assertThat(accounts.use(PENDING)).isEqualTo(ResourceUse.NONE);
    assertThat(accounts.use(new Scope.PeerProtocol(PEER, "/x/1")).streams()).isEqualTo(1);
    stream.close();
    assertThat(accounts.use(new Scope.PeerProtocol(PEER, "/x/1"))).isEqualTo(ResourceUse.NONE);
  }

  @Test
  void streamProtocol_thirdInboundOfAProtocol_isRefusedInWords() {
    ConnectionLease lease = connection(INBOUND, PEER);
    for (int i = 0; i < 2; i++) {
      assertThat(stream(lease.tryOpenStream(INBOUND)).streamProtocol("/x/1")).isEmpty();
    }
    StreamLease third = stream(lease.tryOpenStream(INBOUND));
    Refusal refusal = third.streamProtocol("/x/1").orElseThrow();
    assertThat(refusal.sentence())
        .isEqualTo("2 inbound streams of peer " + PEER + " for /x/1 are the limit");
    assertThat(third.streamProtocol("/y/1")).isEmpty();
    assertThat(accounts.use(PENDING)).isEqualTo(ResourceUse.NONE);
  }

  @Test
  void tryOpenStream_fourthInboundPending_isRefused() {
    ConnectionLease lease = connection(INBOUND, PEER);
    ConnectionLease other = connection(INBOUND, peer(2));
    stream(lease.tryOpenStream(INBOUND));
    stream(lease.tryOpenStream(INBOUND));
    stream(other.tryOpenStream(INBOUND));
    assertThat(other.tryOpenStream(INBOUND))
        .isEqualTo(new Refusal(PENDING, Resource.STREAMS_INBOUND, 3, 3, 1));
  }

  @Test
  void tryOpenStream_moreThanHalfOfThePendingOnes_isRefusedToOnePeer() {
    ConnectionLease lease = connection(INBOUND, PEER);
    StreamLease first = stream(lease.tryOpenStream(INBOUND));
    stream(lease.tryOpenStream(INBOUND));
    Refusal refusal = (Refusal) lease.tryOpenStream(INBOUND);
    assertThat(refusal.sentence())
        .isEqualTo("2 inbound streams of peer " + PEER + " without a protocol yet are the limit");
    assertThat(first.streamProtocol("/x/1")).isEmpty();
    stream(lease.tryOpenStream(INBOUND)).close();
    stream(lease.tryOpenStream(INBOUND));
  }

  @Test
  void tryReserveMemory_ofAStream_isHeldByItsProtocolItsPeerAndTheHost() {
    StreamLease stream = stream(connection(INBOUND, PEER).tryOpenStream(INBOUND));
    assertThat(stream.tryReserveMemory(90)).isEmpty();
    assertThat(accounts.use(PENDING).memoryBytes()).isEqualTo(90);
    assertThat(stream.streamProtocol("/x/1")).isEmpty();
    assertThat(accounts.use(PENDING).memoryBytes()).isZero();
    Refusal refusal = stream.tryReserveMemory(11).orElseThrow();
    assertThat(refusal.sentence())
        .isEqualTo(
            "100 bytes of memory of peer "
                + PEER
                + " for /x/1 are the limit: 90 are in use, 11 more were asked for");
    stream.releaseMemory(90);
    assertThat(stream.tryReserveMemory(100)).isEmpty();
    assertThat(accounts.use(HOST).memoryBytes()).isEqualTo(100);
  }

  @Test
  void tryReserveMemory_largestNumber_doesNotOverflow() {
    ConnectionLease lease = connection(INBOUND);
    assertThat(lease.tryReserveMemory(1)).isEmpty();
    assertThat(lease.tryReserveMemory(Long.MAX_VALUE)).isPresent();
    assertThatIllegalArgumentException().isThrownBy(() -> lease.tryReserveMemory(-1));
  }

  @Test
  void releaseMemory_moreThanReserved_isOurErrorAndChangesNothing() {
    ConnectionLease lease = connection(INBOUND);
    assertThat(lease.tryReserveMemory(10)).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(() -> lease.releaseMemory(11))
        .withMessage("11 bytes released of 10 that are reserved");
    assertThatIllegalStateException().isThrownBy(() -> lease.releaseMemory(-1));
    assertThat(accounts.use(HOST).memoryBytes()).isEqualTo(10);
  }

  @Test
  void close_twice_givesBackOnce() {
    ConnectionLease one = connection(INBOUND, PEER);
    connection(INBOUND, PEER);
    StreamLease stream = stream(one.tryOpenStream(INBOUND));
    stream.close();
    stream.close();
    one.close();
    one.close();
    assertThat(accounts.use(HOST)).isEqualTo(new ResourceUse(1, 1, 0, 0, 0));
  }

  @Test
  void close_connectionBeforeItsStream_keepsTheStreamCounted() {
    ConnectionLease lease = connection(INBOUND, PEER);
    StreamLease stream = stream(lease.tryOpenStream(INBOUND, "/x/1"));
    lease.close();
    assertThat(accounts.use(new Scope.Peer(PEER))).isEqualTo(new ResourceUse(0, 0, 1, 1, 0));
    stream.close();
    assertThat(accounts.peerCount()).isZero();
  }

  @Test
  void close_lastStreamOfAProtocol_forgetsTheProtocol() {
    ConnectionLease lease = connection(INBOUND, PEER);
    StreamLease one = stream(lease.tryOpenStream(INBOUND, "/x/1"));
    StreamLease other = stream(lease.tryOpenStream(INBOUND, "/x/1"));
    assertThat(accounts.protocolCount(PEER)).isEqualTo(1);
    one.close();
    assertThat(accounts.protocolCount(PEER)).isEqualTo(1);
    other.close();
    assertThat(accounts.protocolCount(PEER)).isZero();
    assertThat(accounts.peerCount()).isEqualTo(1);
  }

  @Test
  void lease_usedInTheWrongState_isOurError() {
    ConnectionLease lease = connection(INBOUND);
    assertThatIllegalStateException()
        .isThrownBy(() -> lease.tryOpenStream(INBOUND))
        .withMessage("a stream needs an authenticated connection");
    assertThat(lease.authenticated(PEER)).isEmpty();
    assertThatIllegalStateException().isThrownBy(() -> lease.authenticated(peer(2)));
    StreamLease stream = stream(lease.tryOpenStream(INBOUND, "/x/1"));
    assertThatIllegalStateException().isThrownBy(() -> stream.streamProtocol("/y/1"));
    stream.close();
    assertThatIllegalStateException().isThrownBy(() -> stream.tryReserveMemory(1));
    lease.close();
    assertThatIllegalStateException().isThrownBy(() -> lease.tryOpenStream(INBOUND));
  }
}
