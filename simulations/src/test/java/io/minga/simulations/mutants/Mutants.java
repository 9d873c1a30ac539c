package io.minga.simulations.mutants;

import io.minga.simulations.mutants.Mutant.Edit;
import java.util.List;

/** Mistakes that somebody might make, in claims, moves and results. */
final class Mutants {
  private static final String CLAIMS = "io.minga.crdt.claims.";
  private static final String CORE = "io.minga.node.core.";
  private static final String SCHEDULE = "io.minga.node.schedule.";

  private Mutants() {}

  static List<Mutant> all() {
    return List.of(
        // Claims.
        Mutant.of(
            "a join prefers the smaller epoch",
            1,
            new Edit(
                CLAIMS + "Registers",
                "case 2 -> 1L << 34 | (long) epoch << 1 | 1;",
                "case 2 -> 1L << 34 | (long) (ClaimDelta.EPOCH_MAX - epoch) << 1 | 1;")),
        Mutant.of(
            "a peer runs what it has lost all the same",
            29,
            new Edit(
                CORE + "Owner", "gave(nowNanos, held, lost.andNot(settled));", "lost.size();")),
        Mutant.of(
            "a peer takes what another has claimed",
            8,
            new Edit(
                CORE + "Worker", "indexes.andNot(has).andNot(claimed);", "indexes.andNot(has);")),
        Mutant.of(
            "a task that is handed out anew keeps its epoch",
            1,
            new Edit(
                CORE + "Attempts",
                "return floor(index) + handed[index] + (raised",
                "return floor(index) + Math.min(1, handed[index]) + (raised")),
        Mutant.of(
            "a submitter settles a batch when one of its tasks is over",
            9,
            new Edit(
                CORE + "Submitter",
                "batch.settled.add(index);",
                "batch.settled.addAll(IndexBits.first(batch.batch.size()));")),
        // Moves.
        Mutant.of(
            "a receiver does not tell the submitter what it has taken over",
            95,
            new Edit(CORE + "Arrivals", "      tell(arrival);\n    } else {", "    } else {")),
        Mutant.of(
            "a receiver takes tasks over in the giver's epoch",
            4,
            new Edit(
                CORE + "Taking",
                "int epoch = part.lot.epoch() + 1;",
                "int epoch = part.lot.epoch();")),
        Mutant.of(
            "what others have taken over stays in line",
            29,
            new Edit(CORE + "TaskLine", "    remove(held, given);\n    return", "    return")),
        Mutant.of(
            "a giver keeps what it has given",
            89,
            new Edit(CORE + "Giving", "        owner.gave(nowNanos, held, each.indexes());\n", ""),
            new Edit(
                SCHEDULE + "Rebalancer",
                "putBack(lot, lot.indexes().andNot(gone), queue);",
                "putBack(lot, lot.indexes(), queue);")),
        Mutant.of(
            "a submitter forgets who has taken its tasks over",
            95,
            new Edit(CORE + "Moves", "    holders.hold(nowNanos, from, hold);\n", "")),
        // Leases, by seeds of exclusive calls.
        Mutant.of(
            "a submitter does not look at tokens",
            -12,
            new Edit(
                CORE + "Submitter",
                "return batch.policy().exclusive() && !Handing",
                "return batch.policy().exclusive() && index < 0 && !Handing"),
            new Edit(
                CORE + "Submissions",
                "if (batch.policy().exclusive() && (handout",
                "if (batch.policy().exclusive() && index < 0 && (handout")),
        Mutant.of(
            "a peer does not heed the end of its lease",
            -3,
            new Edit(CORE + "Tenure", "untilNanos[index] - nowNanos <= 0", "index < 0")),
        Mutant.of(
            "a submitter gives a task elsewhere while its owner has a lease",
            -29,
            new Edit(
                CORE + "Grants",
                "return handout.leased && handout.leaseNanos - nowNanos > 0;",
                "return false;")),
        // Results.
        Mutant.of(
            "a peer sends another task's outcome",
            1,
            new Edit(
                CORE + "Results",
                "Input.Ended each = held.ended(index);",
                "Input.Ended each = held.ended(held.owed.first());")),
        Mutant.of(
            "a submitter accepts a second outcome",
            1,
            new Edit(
                CORE + "Submissions",
                "if (!batch.open.contains(index)) {\n      return Verdict.NOT_NEEDED;",
                "if (retryNumber < 0) {\n      return Verdict.NOT_NEEDED;"),
            new Edit(
                CORE + "Submissions",
                "if (!batch.open.remove(index)) {\n      return false;",
                "if (!batch.open.remove(index) && index < 0) {\n      return false;")),
        Mutant.of(
            "a peer ignores acknowledgements",
            1,
            new Edit(
                CORE + "Hearing",
                "acked.parts().forEach(part -> owner.acked(nowNanos, from, part));",
                "acked.parts();")),
        Mutant.of(
            "outcomes are not sent again after a reconnection",
            2,
            new Edit(
                CORE + "Owner", "      results.again(held, held.owed.toSet());\n    }", "    }")),
        Mutant.of(
            "a task is given up after its first failure",
            9,
            new Edit(
                CORE + "Submissions",
                "fails(index, handout.epoch) < batch.policy().attemptsMax()",
                "fails(index, handout.epoch) < 1")),
        Mutant.of(
            "what a dead peer had is lost with it",
            9,
            new Edit(
                CORE + "Handing",
                "returning.back(nowNanos, handout, suspects, \"it is gone, or has started anew\");",
                "handout.tasks.size();")));
  }
}
