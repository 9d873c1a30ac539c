package io.minga.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamTableTest {
  /** Few distinct ids collide often, all of them seldom. */
  @ParameterizedTest
  @ValueSource(ints = {20, 300, 100_000, Integer.MAX_VALUE})
  void anyHistory_isThatOfAMap(int ids) {
    Random random = new Random(ids);
    StreamTable table = new StreamTable();
    Map<Integer, YamuxStream> model = new LinkedHashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int id = 1 + random.nextInt(ids);
      if (random.nextInt(100) == 0) {
        id = -id;
      }
      YamuxStream known = model.get(id);
      assertThat(table.get(id)).isSameAs(known);
      if (known != null && random.nextInt(3) > 0) {
        table.remove(known);
        model.remove(id);
        assertThat(table.get(id)).isNull();
      } else if (known == null && model.size() < 600) {
        YamuxStream stream = new YamuxStream(id, true, 1, 0);
        table.add(stream);
        model.put(id, stream);
      } else if (!model.isEmpty() && model.size() >= 600) {
        YamuxStream oldest = model.values().iterator().next();
        table.remove(oldest);
        model.remove(oldest.id);
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.forEach((id, stream) -> assertThat(table.get(id)).isSameAs(stream));
    List<YamuxStream> seen = new ArrayList<>();
    table.forEach(seen::add);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(model.values());
    table.clear();
    model.keySet().forEach(id -> assertThat(table.get(id)).isNull());
  }

  @Test
  void collidingIds_areFoundAllTheSame() {
    int inverse = 0x144c_bc89; // of the table's multiplier: the two give 1 modulo 2³²
    assertThat(inverse * 0x9e37_79b9).isEqualTo(1);
    StreamTable table = new StreamTable();
    List<YamuxStream> streams = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      int hash = i << 16 | (i ^ 0xffff); // the halves together always give the same slot
      streams.add(new YamuxStream(hash * inverse, true, 1, 0));
      table.add(streams.get(i));
    }
    for (YamuxStream stream : streams) {
      assertThat(table.get(stream.id)).isSameAs(stream);
      table.remove(stream);
      assertThat(table.get(stream.id)).isNull();
    }
    assertThat(table.size()).isZero();
  }
}
