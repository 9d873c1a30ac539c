package io.minga.simulations.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.node.Figures;
import io.minga.simulations.scenarios.Scenario;
import io.minga.simulations.scenarios.Trials;
import org.junit.jupiter.api.Test;

final class PageTest {
  @Test
  void page_needsNothingFromElsewhere_andShowsEachPeer() {
    Figures figures = Trials.run(Scenario.named("S1"), 4, 1, "hints-only");

    String page = Page.of(figures);

    assertThat(page).contains("S1, 4 peers, seed 1, hints-only").doesNotContain("http");
    assertThat(page.split("class='peer'", -1)).hasSize(4 + 1);
    assertThat(page).contains("%016x".formatted(figures.traceHash()));
  }
}
