package io.minga.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

final class LeakCheckTest {
  @Test
  void aBufferThatNobodyReleases_isFound() throws Exception {
    assertThat(LeakCheck.takeLeaks()).isEmpty();
    int bytes = forget(ByteBufAllocator.DEFAULT.directBuffer(77));

    assertThat(bytes).isEqualTo(77);
    assertThat(LeakCheck.takeLeaks()).singleElement().asString().contains("ByteBuf");
  }

  @Test
  void aBufferThatIsReleased_isNot() throws Exception {
    ByteBufAllocator.DEFAULT.directBuffer(77).release();

    assertThat(LeakCheck.takeLeaks()).isEmpty();
  }

  @Test
  void everyBufferIsWatched() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  private static int forget(ByteBuf buffer) {
    return buffer.capacity();
  }
}
