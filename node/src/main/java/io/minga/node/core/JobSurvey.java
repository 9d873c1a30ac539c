package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.journal.JobId;
import io.minga.node.task.FunctionName;
import io.minga.node.task.JobFrame.Standing;
import io.minga.node.task.TaskRuns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What several peers say of how jobs stand. Those whose words are of one job agree in who submitted
 * it and how large it is; where some don't, most of them are believed, and of as many those who
 * spoke first.
 */
final class JobSurvey {
  private final Map<Facts, Group> groups = new LinkedHashMap<>();

  /** What never changes of a job. */
  private record Facts(
      PeerId submitter,
      JobId id,
      FunctionName function,
      long total,
      long createdAtMillis,
      long expiresAtMillis) {}

  /** Those who say the same of it. */
  private static final class Group {
    final Map<PeerId, Long> endedBy = new LinkedHashMap<>();
    TaskRuns runs = TaskRuns.NONE;
    long ended;
    long failed;

    /** What the submitter itself says. */
    @Nullable Standing own;
  }

  /** A peer says how a job stands. */
  void add(PeerId from, Standing said) {
    Facts facts =
        new Facts(
            said.submitter(),
            new JobId(said.lineage(), said.job()),
            said.function(),
            said.total(),
            said.createdAtMillis(),
            said.expiresAtMillis());
    Group group = groups.computeIfAbsent(facts, it -> new Group());
    group.endedBy.put(from, said.ended());
    group.runs = group.runs.or(said.runs());
    group.ended = Math.max(group.ended, said.ended());
    group.failed = Math.max(group.failed, said.failed());
    if (from.equals(said.submitter())) {
      group.own = said;
    }
  }

  /** The jobs, one of each name, in the order in which they were heard of. */
  List<FarJob> jobs() {
    Map<JobId, Map.Entry<Facts, Group>> best = new LinkedHashMap<>();
    for (Map.Entry<Facts, Group> each : groups.entrySet()) {
      best.merge(
          each.getKey().id(),
          each,
          (one, other) ->
              other.getValue().endedBy.size() > one.getValue().endedBy.size() ? other : one);
    }
    return best.values().stream().map(it -> job(it.getKey(), it.getValue())).toList();
  }

  /** Who has submitted these jobs, as far as they haven't spoken. */
  List<PeerId> silentSubmitters() {
    List<PeerId> silent = new ArrayList<>();
    groups.forEach(
        (facts, group) -> {
          if (group.own == null) {
            silent.add(facts.submitter());
          }
        });
    return silent;
  }

  /** Whether nobody can add anything to what is known of this job. */
  boolean isSettled(FarJob job) {
    return job.isDone() || job.knowers().contains(job.standing().submitter());
  }

  private static FarJob job(Facts facts, Group group) {
    Standing own = group.own;
    List<PeerId> knowers =
        group.endedBy.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<PeerId, Long> it) -> -it.getValue())
                    .thenComparing(it -> !it.getKey().equals(facts.submitter())))
            .map(Map.Entry::getKey)
            .toList();
    long known = Math.min(facts.total(), Math.max(group.ended, group.runs.size()));
    Standing all =
        new Standing(
            facts.submitter(),
            facts.id().lineage(),
            facts.id().number(),
            facts.function(),
            facts.total(),
            own == null ? 0 : own.lost(),
            own == null ? known : own.ended(),
            own == null ? group.failed : own.failed(),
            facts.createdAtMillis(),
            facts.expiresAtMillis(),
            TaskRuns.NONE);
    return new FarJob(all, knowers);
  }
}
