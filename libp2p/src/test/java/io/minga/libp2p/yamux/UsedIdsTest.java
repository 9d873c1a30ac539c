package io.minga.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.yamux.UsedIds.Use;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class UsedIdsTest {
  @Test
  void anyHistory_isThatOfASet() {
    Random random = new Random(7);
    UsedIds ids = new UsedIds();
    Set<Long> model = new LinkedHashSet<>();
    long highest = 0;
    for (int step = 0; step < 50_000; step++) {
      long jump = random.nextInt(500) == 0 ? random.nextInt(10_000) : random.nextInt(20);
      long index =
          Math.max(0, highest + jump - random.nextInt(random.nextInt(50) == 0 ? 6000 : 20));
      Use use = ids.use((int) (2 * index + 1));
      if (highest - index >= UsedIds.WINDOW) {
        assertThat(use).isEqualTo(Use.TOO_OLD);
      } else {
        assertThat(use)
            .as("id %d", 2 * index + 1)
            .isEqualTo(model.add(index) ? Use.FRESH : Use.USED);
      }
      highest = Math.max(highest, index);
    }
  }

  @Test
  void highestId_isUnsigned() {
    UsedIds ids = new UsedIds();
    assertThat(ids.use(1)).isEqualTo(Use.FRESH);
    assertThat(ids.use(-1)).isEqualTo(Use.FRESH);
    assertThat(ids.use(-1)).isEqualTo(Use.USED);
    assertThat(ids.use(-3)).isEqualTo(Use.FRESH);
    assertThat(ids.use(3)).isEqualTo(Use.TOO_OLD);
  }
}
