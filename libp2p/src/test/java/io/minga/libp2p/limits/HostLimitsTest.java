package io.minga.libp2p.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HostLimitsTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  @Test
  void default_hasTheDocumentedNumbers() {
    HostLimits limits = HostLimits.DEFAULT;
    assertThat(limits.system()).isEqualTo(new ScopeLimits(128, 64, 2048, 1024, 128 * MIB));
    assertThat(limits.pending().connections()).isEqualTo(64);
    assertThat(limits.pending().connectionsInbound()).isEqualTo(32);
    assertThat(limits.pending().memoryBytes()).isEqualTo(32 * MIB);
    assertThat(limits.peer().connections()).isEqualTo(8);
    assertThat(limits.peer().streamsInbound()).isEqualTo(256);
    assertThat(limits.peer().memoryBytes()).isEqualTo(64 * MIB);
    assertThat(limits.peerProtocol().streamsInbound()).isEqualTo(64);
    assertThat(limits.peerProtocol().memoryBytes()).isEqualTo(16 * MIB);
    assertThat(limits.handshakeTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(limits.negotiationTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void scaledTo_oneGibibyte_isTheDefault() {
    assertThat(HostLimits.DEFAULT.scaledTo(GIB, 4096)).isEqualTo(HostLimits.DEFAULT);
  }

  @Test
  void scaledTo_moreMemory_growsTheSystemButNoPeer() {
    HostLimits scaled = HostLimits.DEFAULT.scaledTo(16 * GIB, 1 << 20);
    assertThat(scaled.system())
        .isEqualTo(new ScopeLimits(16 * 128, 16 * 64, 16 * 2048, 16 * 1024, 2 * GIB));
    assertThat(scaled.pending().connectionsInbound()).isEqualTo(16 * 32);
    assertThat(scaled.peer()).isEqualTo(HostLimits.DEFAULT.peer());
    assertThat(scaled.peerProtocol()).isEqualTo(HostLimits.DEFAULT.peerProtocol());
  }

  @Test
  void scaledTo_fewDescriptors_leavesHalfOfThem() {
    HostLimits scaled = HostLimits.DEFAULT.scaledTo(16 * GIB, 100);
    assertThat(scaled.system().connections()).isEqualTo(50);
    assertThat(scaled.system().connectionsInbound()).isEqualTo(50);
    assertThat(scaled.pending().connections()).isEqualTo(50);
    assertThat(scaled.system().streams()).isEqualTo(16 * 2048);
  }

  @Test
  void scaledTo_littleMemory_shrinksMemoryEverywhere() {
    HostLimits scaled = HostLimits.DEFAULT.scaledTo(GIB / 4, 4096);
    assertThat(scaled.system().memoryBytes()).isEqualTo(32 * MIB);
    assertThat(scaled.pending().memoryBytes()).isEqualTo(8 * MIB);
    assertThat(scaled.peer().memoryBytes()).isEqualTo(16 * MIB);
    assertThat(scaled.peerProtocol().memoryBytes()).isEqualTo(4 * MIB);
    assertThat(scaled.system().connections()).isEqualTo(128);
  }

  @Test
  void scaledTo_hugeMachine_doesNotOverflow() {
    HostLimits scaled = HostLimits.DEFAULT.scaledTo(Long.MAX_VALUE, Long.MAX_VALUE);
    assertThat(scaled.system().streams()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void scaledTo_nothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostLimits.DEFAULT.scaledTo(MIB, 100))
        .withMessage("memoryBytes is 1048576; a host needs at least 67108864");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HostLimits.DEFAULT.scaledTo(GIB, 3))
        .withMessage("fileDescriptors is 3; a host needs at least 4");
  }

  @Test
  void new_contradictions_areRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ScopeLimits(64, 65, 0, 0, 0))
        .withMessage("connectionsInbound is 65, but it is a part of connections, which is 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ScopeLimits(0, 0, -1, 0, 0))
        .withMessage("streams is -1; a limit is 0 or more");
    ScopeLimits small = new ScopeLimits(1, 1, 1, 1, 1);
    ScopeLimits large = new ScopeLimits(2, 1, 1, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new HostLimits(
                    small, small, large, small, Duration.ofSeconds(1), Duration.ofSeconds(1)))
        .withMessage("peer.connections is 2, but the scope around it holds only 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new HostLimits(small, small, small, small, Duration.ZERO, Duration.ofSeconds(1)))
        .withMessage("handshakeTimeout is PT0S; it must be longer than nothing");
  }
}
