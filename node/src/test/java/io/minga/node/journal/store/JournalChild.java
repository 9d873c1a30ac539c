package io.minga.node.journal.store;

import io.minga.node.journal.JobId;
import io.minga.node.journal.OpenBatch;
import io.minga.node.journal.Work;
import io.minga.node.task.BatchName;
import io.minga.node.task.ResultsBuilder;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * A process that writes to a journal until it is killed, and says what was acknowledged: a line
 * {@code job ID} for a job, {@code end ID GENERATION} for the outcomes of its tasks, which are a
 * thousand times the generation and their places.
 */
final class JournalChild implements Journal.Listener {
  static final int TASKS = 3;
  static final int FAILED = 3;
  private static final int AHEAD = 64;

  private final Map<Long, String> said = new ConcurrentHashMap<>();
  private final Semaphore ahead = new Semaphore(AHEAD);
  private final int generation;
  private long number;
  private long told;

  private JournalChild(int generation) {
    this.generation = generation;
  }

  public static void main(String[] arguments) throws Exception {
    JournalChild child = new JournalChild(Integer.parseInt(arguments[1]));
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    child.run(Journal.open(Path.of(arguments[0]), JournalOptions.DEFAULT, random::nextLong, child));
  }

  private void run(Journal journal) throws InterruptedException {
    for (String trouble : journal.troubles()) {
      System.out.println("trouble " + trouble);
    }
    System.out.println("open");
    for (OpenBatch open : journal.takeOpen()) {
      JobId job = new JobId(open.batch().header().lineage(), open.job());
      ahead.acquire(); // as much is released when it is recorded
      end(journal, job, open.batch().header().sequence());
    }
    for (long sequence = journal.nextBatch(); ; sequence++) {
      ahead.acquire(2);
      JobId job = journal.newJob();
      said.put(++number, "job " + job);
      journal.opened(
          number, job.number(), TASKS, 0, Work.batch(journal.lineage(), sequence, TASKS));
      if (sequence % 3 != 0) {
        end(journal, job, sequence);
      } else {
        ahead.release();
      }
    }
  }

  private void end(Journal journal, JobId job, long sequence) {
    ResultsBuilder builder = new ResultsBuilder(Work.LIMITS);
    builder.begin(new BatchName.Ref(sequence + 1), 1);
    for (int i = 0; i < TASKS; i++) {
      builder.add(i, Work.value(1000L * generation + i), 1);
    }
    said.put(++number, "end %s %d".formatted(job, generation));
    journal.ended(number, builder.build());
  }

  @Override
  public void recorded(long upTo) {
    StringBuilder lines = new StringBuilder();
    int count = 0;
    for (; told < upTo; count++) {
      lines.append(said.remove(++told)).append('\n');
    }
    System.out.print(lines);
    System.out.flush();
    ahead.release(count);
  }

  @Override
  public void refused(long number, String why) {
    System.out.println("refused " + why);
  }

  @Override
  public void failed(JournalException why) {
    System.out.println("failed " + why.getMessage());
    System.out.flush();
    Runtime.getRuntime().halt(FAILED);
  }

  @Override
  public void trouble(String sentence) {
    System.out.println("trouble " + sentence);
  }
}
