package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.journal.JobId;
import io.minga.node.journal.TaskEnd;
import io.minga.node.task.FunctionName;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.TaskRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Whoever asks any peer of a durable job is told what those know who have copies of it. */
final class EnquiriesTest {
  private static final int CALLS = 300;

  private final Village village = new Village(5);
  private final List<VillageJournal> journals = new ArrayList<>();
  private long enquiries;

  private void peers(int count) {
    for (int i = 0; i < count; i++) {
      journals.add(village.addKeeper(2));
    }
    village.meet(3_000);
  }

  private House house(int index) {
    return village.houses.get(index);
  }

  /** A job of the first peer that is done; its outcomes there. */
  private JobId doneJob() {
    long job = journals.get(0).submit(Village.DRAW, CALLS, 2_000);
    for (int i = 0; i < 300 && ends(job).size() < CALLS; i++) {
      village.pass(100);
    }
    village.pass(1_000);
    assertThat(ends(job)).hasSize(CALLS);
    return new JobId(journals.get(0).lineage, job);
  }

  private List<Outcome> ends(long job) {
    return List.copyOf(journals.get(0).outcomes(job, 0, CALLS).values());
  }

  private Effect.Learned learn(int house, Enquiry about) {
    VillageJobs jobs = house(house).journal().jobs;
    jobs.learned.clear();
    house(house).input(new Input.Enquire(++enquiries, about));
    village.pass(10_000);
    assertThat(jobs.learned).hasSize(1);
    return jobs.learned.get(0);
  }

  private FarJob find(int house, JobId id) {
    List<FarJob> found = learn(house, new Enquiry.Stand(id)).jobs();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private List<Outcome> read(int house, FarJob job) {
    List<Outcome> outcomes = new ArrayList<>();
    for (long from = 0; from < job.standing().total(); from += JobFrame.TASKS_MAX) {
      for (TaskEnd end : learn(house, new Enquiry.Ends(job, from)).ends()) {
        assertThat(end.index()).isEqualTo(outcomes.size());
        outcomes.add(end.outcome());
      }
    }
    return outcomes;
  }

  @Test
  void jobWhoseSubmitterIsGone_isReadAtEveryOtherPeer() {
    peers(5);
    JobId id = doneJob();
    List<Outcome> right = ends(id.number());
    village.kill(house(0));
    village.pass(1_000);

    for (int house = 1; house < 5; house++) {
      FarJob job = find(house, id);
      assertThat(job.isDone()).isTrue();
      assertThat(job.standing().total()).isEqualTo(CALLS);
      assertThat(job.standing().submitter()).isEqualTo(house(0).peer);
      assertThat(read(house, job)).isEqualTo(right);
      assertThat(learn(house, new Enquiry.Jobs()).jobs())
          .singleElement()
          .satisfies(it -> assertThat(it.standing()).isEqualTo(job.standing()));
    }
  }

  /** A job of the first peer, which is gone; the last is connected with none of those that know. */
  private JobId jobThatIsFar() {
    peers(6);
    House far = house(5);
    for (int i = 0; i < 5; i++) {
      village.roads.bar(far, house(i));
      village.roads.disconnect(far, house(i));
    }
    House neighbour = village.add(0, 1);
    village.roads.connect(far, neighbour);
    JobId id = doneJob();
    village.kill(house(0));
    village.pass(12_000);
    assertThat(far.neighbours).doesNotContain(house(1), house(2), house(3), house(4));
    village.roads.unbar();
    return id;
  }

  @Test
  void holdersThatArentConnected_areConnectedAndAsked() {
    JobId id = jobThatIsFar();
    int[] connects = {0};
    village.watcher =
        (it, effect) -> connects[0] += it == house(5) && effect instanceof Effect.Connect ? 1 : 0;

    FarJob job = find(5, id);

    assertThat(job.isDone()).isTrue();
    assertThat(read(5, job)).isEqualTo(ends(id.number()));
    assertThat(connects[0]).isBetween(1, 8);
  }

  @Test
  void jobsThatArentKnownToAnybodyConnected_areListed() {
    JobId id = jobThatIsFar();

    Effect.Learned learned = learn(5, new Enquiry.Jobs());

    assertThat(learned.jobs())
        .singleElement()
        .satisfies(it -> assertThat(it.standing().job()).isEqualTo(id.number()));
    assertThat(learned.asked()).isEqualTo(5);
  }

  @Test
  void peersThatCantBeConnected_areNotWaitedForLong() {
    peers(6);
    for (int i = 0; i < 5; i++) {
      village.roads.bar(house(5), house(i));
      village.roads.disconnect(house(5), house(i));
    }
    village.roads.connect(house(5), village.add(0, 1));
    village.pass(12_000);

    Effect.Learned learned = learn(5, new Enquiry.Stand(new JobId(1, 1)));

    assertThat(learned.jobs()).isEmpty();
    assertThat(learned.asked()).isEqualTo(1);
  }

  @Test
  void jobWhoseSubmitterIsThere_isToldOfByIt_inAnswersOfAFewTasks() {
    peers(4);
    JobId id = doneJob();
    journals.forEach(it -> it.jobs.tasksMax = 7);

    FarJob job = find(3, id);

    assertThat(job.knowers()).contains(house(0).peer);
    assertThat(read(3, job)).isEqualTo(ends(id.number()));
  }

  @Test
  void jobThatNobodyKnows_isNotFound() {
    peers(3);

    Effect.Learned learned = learn(1, new Enquiry.Stand(new JobId(77, 1)));

    assertThat(learned.jobs()).isEmpty();
    assertThat(learned.asked()).isEqualTo(3);
    assertThat(learned.answered()).isEqualTo(3);
  }

  @Test
  void peersThatAreSilent_areNotWaitedForForEver() {
    peers(5);
    JobId id = doneJob();
    journals.get(0).jobs.silent = true;
    List<VillageJournal> holders = journals.stream().filter(it -> it.keptCount() > 0).toList();
    assertThat(holders).hasSizeGreaterThanOrEqualTo(2);
    holders.get(0).jobs.silent = true;
    int asker = journals.indexOf(holders.get(0));

    FarJob job = find(asker, id);

    assertThat(job.isDone()).isTrue();
    assertThat(read(asker, job)).isEqualTo(ends(id.number()));
  }

  /** The first question to a peer is answered by it in this way, before anybody else does. */
  private void lie(int liar, int asker, LongFunction<JobFrame> answer) {
    boolean[] lied = {false};
    village.watcher =
        (house, effect) -> {
          if (house == house(asker)
              && effect instanceof Effect.SendCopy it
              && it.to().equals(house(liar).peer)
              && Frames.read(it) instanceof JobFrame.Ask ask
              && !lied[0]) {
            lied[0] = true;
            JobFrame lie = answer.apply(ask.number());
            village.in(0, () -> house.input(new Input.CopyReceived(it.to(), lie)));
          }
        };
  }

  private JobFrame.Standing standing(int submitter, JobId id, long total) {
    return new JobFrame.Standing(
        house(submitter).peer,
        id.lineage(),
        id.number(),
        new FunctionName("lie"),
        total,
        0,
        total,
        0,
        1,
        Long.MAX_VALUE,
        TaskRuns.of(List.of(new TaskRuns.Run(0, total))));
  }

  @Test
  void answerAboutAnotherJob_isPunished_andNotBelieved() {
    peers(4);
    JobId id = doneJob();
    JobId other = new JobId(id.lineage(), id.number() + 1);
    lie(2, 3, number -> new JobFrame.Known(number, List.of(standing(0, other, 5))));

    FarJob job = find(3, id);

    assertThat(job.standing().total()).isEqualTo(CALLS);
    assertThat(house(3).misbehaved).singleElement().asString().contains("it was asked of job 1");
  }

  @Test
  void onePeerThatSaysOtherwise_isOutvoted() {
    peers(4);
    JobId id = doneJob();
    lie(2, 3, number -> new JobFrame.Known(number, List.of(standing(2, id, 5))));

    FarJob job = find(3, id);

    assertThat(job.standing().submitter()).isEqualTo(house(0).peer);
    assertThat(job.standing().total()).isEqualTo(CALLS);
  }

  @Test
  void outcomesInsteadOfStanding_arePunished() {
    peers(4);
    JobId id = doneJob();
    lie(2, 3, number -> new JobFrame.Ends(number, 256, IndexSet.EMPTY, null));

    assertThat(find(3, id).isDone()).isTrue();
    assertThat(house(3).misbehaved).singleElement().asString().contains("how tasks ended is told");
  }

  @Test
  void answersThatNobodyAskedFor_areIgnored() {
    peers(2);

    house(1)
        .input(
            new Input.CopyReceived(
                house(0).peer, new JobFrame.Known(9, List.of(standing(0, new JobId(1, 1), 5)))));

    assertThat(house(1).misbehaved).isEmpty();
    assertThat(learn(1, new Enquiry.Stand(new JobId(1, 1))).jobs()).isEmpty();
  }

  @Test
  void moreThanMayBeAskedAtOnce_isAnsweredAtOnceByNothing() {
    peers(3);
    VillageJobs jobs = journals.get(1).jobs;
    for (int i = 0; i <= Enquiries.OPEN_MAX; i++) {
      house(1).input(new Input.Enquire(++enquiries, new Enquiry.Jobs()));
    }

    assertThat(jobs.learned).singleElement().satisfies(it -> assertThat(it.asked()).isZero());
    village.pass(10_000);
    assertThat(jobs.learned).hasSize(Enquiries.OPEN_MAX + 1);
  }
}
