package io.minga.node.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.ClaimOptions;
import io.minga.node.block.BlockOptions;
import io.minga.node.schedule.ScheduleOptions;
import io.minga.node.task.TaskLimits;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every collection that lasts has a bound with a name: a limit of the options, a constant of its
 * class, or one of {@link #WORDS}. Whoever adds one says here what bounds it.
 */
final class BoundsTest {
  private static final List<String> PACKAGES = List.of("block", "core", "schedule", "runtime");

  /** What bounds what has no limit of its own. */
  private static final Map<String, String> WORDS =
      new TreeMap<>(
          Map.of(
              "turn", "emptied at the end of every turn, of the inputs of which it is made",
              "batch", "what there is of one batch, of at most batchTasksMax tasks",
              "own", "what this peer's own program asks for or offers, that is for no peer to grow",
              "slots", "what is running in the slots of this peer, or parked by a task it holds",
              "HOLDERS_MAX", "as many peers as may keep one batch, see CopyFrame",
              "host", "the connections of the host, which has limits of its own"));

  /** The field, its bound, and why. */
  private static final String BOUNDS =
      """
      core.Fetching$Want.from         peersMax            who may have it
      core.Fetching$Want.waiting      heldTasksMax
      core.Fetching.idle              idleBytesMax
      core.Fetching.line              heldTasksMax        and results, of the calls that are open
      core.FormerTasks.waiting        ownTasksMax         durable batches that were open at the start
      core.Fetching.wants             heldTasksMax        and results, of the calls that are open
      core.HeldInputs.touched         turn
      core.Breakers.byLane            peersMax            and connections of the host
      core.Grants.leased              ownTasksMax
      core.Leases$Tenancy.asked       heldTasksMax        and fewer than are asked for in a lease
      core.Leases$Tenancy.fresh       heldBatchesMax
      core.Leases$Tenancy.held        heldBatchesMax
      core.Leases.bySubmitter         heldBatchesMax      submitters with a batch here
      core.Seen.in                    batch
      core.Sought.wanted              PEERS_MAX
      core.Sought$Wanted.then         own                 what is asked by own callers
      core.Spares.asked               askedMax
      core.Spares.keepers             peersMax
      core.Spares.waiting             keptMax
      core.Stories.ending             turn
      core.Stories.notable            storyBytesMax
      core.Stories.quiet              storyBytesMax
      core.Story.entries              storyBytesMax
      runtime.Arguments.holds         own
      runtime.Arguments.payloads      own
      block.Fetch.cutOff              peersMax
      block.Fetch.failures            peersMax            whom it was asked of
      block.Fetch.holders             peersMax
      block.Fetch.left                peersMax
      block.Fetch.out                 turn
      block.Serve.asked               askedMax
      block.Serve.out                 turn
      runtime.OneWayLinks$Writer.waiting  WAITING_MAX
      runtime.OneWayLinks.readers     host
      runtime.OneWayLinks.writers     host
      runtime.Strangers.told          TOLD_MAX
      core.Announcer.followed         batchesMax          submitters of the claim set's batches
      core.Announcer.known            batchesMax          batches of the claim set
      core.Announcer.quiet            ownTasksMax         own batches that are open
      core.Announcer.urgent           ownTasksMax         own batches that are open
      core.Sayings.done               batchesMax          batches of the claim set
      core.Sayings.unsaid             batchesMax          batches of the claim set
      core.Arrival.byEpoch            batch
      core.Arrivals.arriving          heldBatchesMax
      core.Arrivals.sought            peersMax
      core.BatchTable.accounts        heldBatchesMax      submitters with a batch here
      core.BatchTable.held            heldBytesMax        and heldBatchesMax of each submitter
      core.BatchTable$Account.byRef   heldBatchesMax
      core.Comparing.pairs            host
      core.Neighbour$Comparison.told  offersMax           and OF_BATCH_MAX of each
      core.Hearsay.early              EARLY_MAX
      core.Hearsay.own                batchesMax          batches of the claim set
      core.Hearsay.signed             batchesMax          batches of the claim set
      core.Copies.keepers             peersMax
      core.Copies.lacking             ownMax
      core.Copies.lanes               peersMax
      core.Copies.own                 ownMax
      core.Copies$Lane.held           ownMax
      core.Copies$Lane.unanswered     askedMax
      core.Copies$Lane.waiting        ownMax
      core.Keeper.accounts            keptMax             submitters of which a batch is kept
      core.Keeper.kept                keptMax
      core.Disowned.asked             BATCHES_MAX
      core.Disowned.batches           BATCHES_MAX
      core.Keeper$Account.batches     keptMax
      core.Keeper.askers              keptMax             those that have had a batch kept
      core.KeptBatch.answered         HOLDERS_MAX
      core.KeptBatch.declined         peersMax
      core.KeptBatch.holders          HOLDERS_MAX
      core.KeptBatch.stewardships     batch
      core.OwnCopies.asked            peersMax
      core.OwnCopies.declined         peersMax
      core.OwnCopies.held             peersMax
      core.OwnCopies.known            peersMax
      runtime.KeptCopies.waiting      WAITING_MAX
      runtime.KeptCopies.answering    host
      runtime.JobLookup.found         FOUND_MAX
      runtime.JobLookup.waiting       own
      core.Enquiries.questions        OPEN_MAX            and ASKED_MAX of each
      core.Enquiries$Open.targets     ASKED_MAX           and the submitters that they name
      core.Enquiries$Open.asked       ASKED_MAX           and the submitters that they name
      core.Enquiries$Open.ends        batch
      core.JobSurvey.groups           partsMax            of each of those who are asked
      core.JobSurvey$Group.endedBy    peersMax
      core.Cutting.batches            turn
      core.Cutting.submissions        batch
      core.Candidates.list            peersMax
      core.Demand.homes               peersMax
      core.Candidates.places          peersMax
      core.Demand.ready               ownTasksMax
      core.Dispatch.demands           own                 kinds of own tasks; idle ones are forgotten
      core.Lanes.laden                peersMax            and connections of the host
      core.Lanes.lanes                peersMax            and connections of the host
      core.Giving.offered             offersMax
      core.Intake.fresh               ownTasksMax
      core.Joins.answers              turn
      core.Joins.flights              heldTasksMax        of each submitter
      core.Joins$Flight.waiters       heldTasksMax        of each submitter
      core.Lane.handouts              ownTasksMax
      core.Looks.heard                HEARD_MAX
      core.Meeting.asked              NEEDED_MAX          and peers that have tasks of one another
      core.Membership.members         peersMax
      core.Memo.inFlight              ownTasksMax
      core.Memo.waiting               ownTasksMax
      core.Memo$Shared.waiters        ownTasksMax
      core.Orphans.orphans            peersMax            and submitters with a batch here
      core.OwnBatch.handouts          batch
      core.OwnBatch.owners            peersMax
      core.OwnBatch.submissions       batch
      core.Absentees.absent           heldBatchesMax      submitters with a batch here
      core.Recorder.ended             turn
      core.Recorder.then              turn
      core.Recorder.tried             turn
      core.Recorder.waiting           ownTasksMax
      core.Remembered.known           memoBytesMax
      core.GivenAway.given            heldTasksMax        of each submitter; for five seconds
      core.Results.unsent             heldBatchesMax      batches with outcomes that were not sent
      core.Running.runs               slots
      core.Running.timeouts           slots
      core.Submission.inputs          CALLS_MAX
      core.Submission.places          CALLS_MAX
      core.Submissions.byRef          ownTasksMax
      core.Submissions.open           ownTasksMax
      core.Submissions.retries        ownTasksMax
      core.Submitter.settling         turn
      core.Handing.unanswered         ownTasksMax
      core.Unheard.parts              PARTS_MAX
      core.Turn.acks                  ACKS_MAX            or those of one turn
      core.Turn.answers               ANSWERS_MAX         or those of one turn
      core.Turn.cancels               turn
      core.Turn.out                   turn
      core.Turn.parked                turn
      core.Turn.told                  turn
      core.Ways.pairs                 PAIRS_MAX
      core.Ways.sought                SOUGHT_MAX
      core.Ways.ways                  peersMax
      core.Offered.functions          own
      schedule.Account.seats          tenantsMax
      schedule.Estimates.functions    functionsMax
      schedule.Estimates.peers        peersMax
      schedule.Hints.pools            poolsMax
      schedule.Lane.entries           queuedMax
      schedule.Level.accounts         tenantsMax
      schedule.Level.lines            needsMax
      schedule.Line.seats             tenantsMax
      schedule.Loads.all              peersMax
      schedule.Loads.loads            peersMax
      schedule.Loads.offered          functionsPerPeerMax
      schedule.PeerLoad.functions     functionsPerPeerMax
      schedule.Rebalancer.pending     offersMax
      schedule.RunQueue.batches       queuedMax
      schedule.RunQueue.delayed       queuedMax
      schedule.RunQueue.stocks        kindsMax
      schedule.Seat.byKind            kindsMax
      schedule.Seat.lanes             kindsMax
      schedule.Stock.lanes            tenantsMax
      runtime.BlockFetch.inputs       turn
      runtime.BlockLinks.running      fetchesMax
      runtime.BlockLinks.waiting      waitingMax
      runtime.BlockServer.streams     host
      runtime.BlockServer$Serving.inputs    turn
      runtime.CoreBlocks.holds        heldBytesMax        with the batches and results that need them
      runtime.Addresses.byPeer        peersMax
      runtime.KnownLoads.loads        peersMax
      runtime.NodeLoop.queue          own                 readers of streams stop while it is long
      runtime.OpenCalls.afterTurn     turn
      runtime.AfterTurn.actions       turn
      runtime.SlotRuns.byNumber       slots
      runtime.SlotRuns.byRun          slots
      runtime.WorkLinks.links         host
      runtime.WorkLinks.written       turn
      runtime.WorkLinks$Link.connections host
      """;

  @Test
  void everyCollection_hasABound() throws Exception {
    Map<String, String> bounds =
        BOUNDS
            .lines()
            .map(line -> line.split(" +", 3))
            .collect(Collectors.toMap(line -> line[0], line -> line[1], (a, b) -> b, TreeMap::new));
    Map<String, Field> fields = fields();

    assertThat(bounds.keySet())
        .as("collections that last, and what bounds them")
        .containsExactlyElementsOf(fields.keySet());
    Set<String> limits = limits();
    bounds.forEach(
        (name, bound) ->
            assertThat(
                    WORDS.containsKey(bound)
                        || limits.contains(bound)
                        || isConstant(requireNonNull(fields.get(name)).getDeclaringClass(), bound))
                .as("%s is bounded by %s, which is a limit or a constant of its class", name, bound)
                .isTrue());
  }

  private static boolean isConstant(Class<?> type, String name) {
    return Stream.concat(
            Stream.of(type.getDeclaredFields()),
            Stream.ofNullable(type.getEnclosingClass())
                .flatMap(it -> Stream.of(it.getDeclaredFields())))
        .anyMatch(it -> Modifier.isStatic(it.getModifiers()) && it.getName().equals(name));
  }

  private static Set<String> limits() {
    return Stream.of(
            NodeOptions.Limits.class,
            CopyOptions.class,
            FetchOptions.class,
            ScheduleOptions.class,
            TaskLimits.class,
            ClaimOptions.class,
            BlockOptions.class)
        .flatMap(it -> Arrays.stream(it.getRecordComponents()))
        .map(RecordComponent::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Those that may grow: not of records, which are values, and not of test classes. */
  private static Map<String, Field> fields() throws Exception {
    Path root = Path.of(NodeCore.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Map<String, Field> fields = new TreeMap<>();
    for (String name : PACKAGES) {
      try (Stream<Path> files = Files.list(root.resolve("io/minga/node/" + name))) {
        for (Path file : files.sorted().toList()) {
          String type = file.getFileName().toString();
          if (type.endsWith(".class") && !type.startsWith("package-info")) {
            add(Class.forName("io.minga.node." + name + "." + type.replace(".class", "")), fields);
          }
        }
      }
    }
    return fields;
  }

  private static void add(Class<?> type, Map<String, Field> fields) {
    for (Field field : type.isRecord() ? new Field[0] : type.getDeclaredFields()) {
      boolean collects =
          Collection.class.isAssignableFrom(field.getType())
              || Map.class.isAssignableFrom(field.getType());
      if (collects && !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        fields.put(type.getName().replace("io.minga.node.", "") + "." + field.getName(), field);
      }
    }
  }
}
