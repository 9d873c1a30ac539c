package io.minga.cli.trial;

import io.minga.cli.text.Table;
import java.util.List;

/**
 * How one run of a trial went.
 *
 * @param details who did what, for whoever wants to see more
 */
public record Verdict(List<Figure> figures, Table details) {
  /** Copies the list. */
  public Verdict {
    figures = List.copyOf(figures);
  }

  /** Whether all is as promised. */
  public boolean holds() {
    return figures.stream().allMatch(Figure::holds);
  }
}
