package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.gossip.router.GossipOptions;
import io.minga.gossip.router.GossipOptions.Degrees;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * One run of a {@link GossipScenario}: the network starts, settles, and then messages are published
 * and measured until all that is under way has come.
 */
public final class GossipRun {
  private static final long START_NANOS = SECOND;
  private static final long DIAL_NANOS = 5 * SECOND;
  private static final long SETTLED_NANOS = 25 * SECOND;
  private static final long COVERT_NANOS = 60 * SECOND;
  private static final long DRAIN_NANOS = 15 * SECOND;

  /** Sybils graft whom they can, and prune nobody. */
  private static final Degrees GREEDY = new Degrees(1024, 1024, 1024, 0, 0, 6, 0.25, 24);

  private final GossipScenario scenario;
  private final Cluster cluster;
  private final int honest;
  private final SplittableRandom topology;
  private final SplittableRandom churn;
  private final long firstNanos;
  private final long endNanos;
  private long bytesBefore;
  private long framesBefore;
  private long duplicatesBefore;
  private int firstMeasured;

  /** A run of {@code scenario}, not begun. */
  public GossipRun(GossipScenario scenario) {
    this.scenario = scenario;
    this.cluster = new Cluster(scenario.seed(), scenario.link(), scenario.dataBytes());
    this.honest = scenario.peers();
    this.topology = cluster.simulation.random("topology");
    this.churn = cluster.simulation.random("churn");
    boolean isCovert = scenario.attack() == Attack.COVERT_FLASH;
    this.firstNanos = SETTLED_NANOS + (isCovert ? COVERT_NANOS : 0);
    this.endNanos = firstNanos + publishingNanos(scenario.messages());
  }

  private long publishingNanos(int messages) {
    return (long) (messages / scenario.messagesPerSecond() * SECOND);
  }

  /** Runs it to its end. */
  public Report run() {
    bootHonest();
    bootSybils();
    SplittableRandom publishing = cluster.simulation.random("publishing");
    if (scenario.attack() == Attack.COVERT_FLASH) {
      publishUntil(SETTLED_NANOS, firstNanos, cluster.simulation.random("covert"));
    }
    cluster.simulation.at(firstNanos, this::measure);
    publishUntil(firstNanos, endNanos, publishing);
    if (scenario.churnPerMinute() > 0) {
      scheduleChurn();
    }
    cluster.simulation.run(endNanos + DRAIN_NANOS);
    return report();
  }

  private void bootHonest() {
    for (int i = 0; i < honest; i++) {
      int number = i;
      cluster.start(scenario.options());
      for (int dial = 0; dial < scenario.dials(); dial++) {
        int other = drawOther(number);
        long atNanos = START_NANOS + topology.nextLong(DIAL_NANOS);
        boolean isLate = isLate(number) || isLate(other);
        cluster.simulation.at(
            isLate ? atNanos + DIAL_NANOS : atNanos, () -> cluster.network.dial(number, other));
      }
      if (scenario.churnPerMinute() > 0) {
        keepConnected(number);
      }
    }
    int half = honest / 2;
    for (int i = 0; i < scenario.links(); i++) {
      int number = i % half;
      long atNanos = 2 * DIAL_NANOS + START_NANOS;
      cluster.simulation.at(atNanos, () -> cluster.network.dial(number, half + number));
    }
  }

  /** Whether {@code number} meets sybils before it meets others. */
  private boolean isLate(int number) {
    return scenario.attack() == Attack.COLD_BOOT
        || (scenario.attack() == Attack.ECLIPSE && number == 0);
  }

  private int drawOther(int number) {
    if (scenario.links() == 0) {
      int other = topology.nextInt(honest - 1);
      return other < number ? other : other + 1;
    }
    int half = honest / 2;
    int other;
    do {
      other = number < half ? topology.nextInt(half) : half + topology.nextInt(honest - half);
    } while (other == number);
    return other;
  }

  private void bootSybils() {
    GossipOptions greedy = scenario.options().with(GREEDY);
    boolean isCovert = scenario.attack() == Attack.COVERT_FLASH;
    boolean isEclipse = scenario.attack() == Attack.ECLIPSE;
    SplittableRandom random = cluster.simulation.random("sybils");
    for (int i = 0; i < scenario.sybils(); i++) {
      GossipPeer sybil = cluster.start(greedy);
      if (isCovert) {
        cluster.simulation.at(firstNanos, sybil::fallMute);
      } else {
        sybil.fallMute();
      }
      if (isEclipse) {
        dialLater(sybil.number(), 0, random);
      }
    }
    if (scenario.sybils() == 0 || isEclipse) {
      return;
    }
    for (int victim = 0; victim < honest; victim++) {
      int first = random.nextInt(scenario.sybils());
      for (int i = 0; i < scenario.sybilConnections(); i++) {
        dialLater(honest + (first + i) % scenario.sybils(), victim, random);
      }
    }
  }

  /** Sybils come with the first peers, or, to attack a network that runs, after them. */
  private void dialLater(int sybil, int victim, SplittableRandom random) {
    boolean isAfter = scenario.attack() == Attack.SYBIL;
    long atNanos = (isAfter ? START_NANOS + 2 * DIAL_NANOS : 0) + random.nextLong(DIAL_NANOS);
    cluster.simulation.at(atNanos, () -> cluster.network.dial(sybil, victim));
  }

  private void publishUntil(long fromNanos, long untilNanos, SplittableRandom random) {
    long stepNanos = (long) (SECOND / scenario.messagesPerSecond());
    for (long atNanos = fromNanos; atNanos < untilNanos; atNanos += stepNanos) {
      cluster.simulation.at(atNanos, () -> publish(random));
    }
  }

  private void publish(SplittableRandom random) {
    int author;
    do {
      author = random.nextInt(scenario.churnPerMinute() > 0 ? cluster.size() : honest);
    } while (!cluster.network.isUp(author));
    cluster.peer(author).publish();
  }

  private void scheduleChurn() {
    double perSecond = honest * scenario.churnPerMinute() / 60;
    long stepNanos = (long) (SECOND / perSecond);
    for (long at = SETTLED_NANOS; at < endNanos; at += stepNanos) {
      cluster.simulation.at(at, this::replaceOne);
    }
  }

  private void replaceOne() {
    cluster.end(drawUp(-1), churn.nextBoolean());
    int joined = cluster.start(scenario.options()).number();
    for (int dial = 0; dial < scenario.dials(); dial++) {
      cluster.network.dial(joined, drawUp(joined));
    }
    keepConnected(joined);
  }

  private void keepConnected(int number) {
    IntUnaryOperator candidate = this::drawUp;
    cluster.keepConnected(number, scenario.dials(), churn, candidate);
  }

  private int drawUp(int except) {
    int drawn;
    do {
      drawn = churn.nextInt(cluster.size());
    } while (drawn == except || !cluster.network.isUp(drawn));
    return drawn;
  }

  private void measure() {
    firstMeasured = cluster.messages.sent().size();
    bytesBefore = bytes();
    framesBefore = frames();
    duplicatesBefore = duplicates();
  }

  private boolean isHonest(int number) {
    return number < honest || number >= honest + scenario.sybils();
  }

  private long bytes() {
    long sum = 0;
    for (int i = 0; i < cluster.size(); i++) {
      sum += isHonest(i) ? cluster.network.sentBytes(i) : 0;
    }
    return sum;
  }

  private long frames() {
    long sum = 0;
    for (int i = 0; i < cluster.size(); i++) {
      sum += isHonest(i) ? cluster.network.sentFrames(i) : 0;
    }
    return sum;
  }

  private long duplicates() {
    long sum = 0;
    for (int i = 0; i < cluster.size(); i++) {
      sum += isHonest(i) ? cluster.peer(i).duplicates() : 0;
    }
    return sum;
  }

  private Report report() {
    List<Messages.Sent> all = cluster.messages.sent();
    List<Messages.Sent> measured = all.subList(firstMeasured, all.size());
    Arrivals arrivals = Arrivals.of(cluster, measured, this::isHonest);
    double perMessageAndPeer = 1.0 / measured.size() / honest;
    Report report = new Report();
    report.put("attack", scenario.attack().word());
    report.put("seed", scenario.seed());
    report.put("peers", honest);
    report.put("sybils", scenario.sybils());
    report.put("messages", measured.size());
    report.put("deliveriesDue", arrivals.due());
    report.put("deliveriesMissing", arrivals.missing());
    report.put("deliveredPercent", arrivals.deliveredPercent());
    report.put("arrivalP10Millis", arrivals.percentileMillis(10));
    report.put("arrivalP50Millis", arrivals.percentileMillis(50));
    report.put("arrivalP90Millis", arrivals.percentileMillis(90));
    report.put("arrivalP99Millis", arrivals.percentileMillis(99));
    report.put("arrivalP999Millis", arrivals.percentileMillis(99.9));
    report.put("arrivalMaxMillis", arrivals.percentileMillis(100));
    int third = measured.size() / 3;
    Arrivals late =
        Arrivals.of(
            cluster, measured.subList(measured.size() - third, measured.size()), this::isHonest);
    report.put("lastThirdP50Millis", late.percentileMillis(50));
    report.put("lastThirdP99Millis", late.percentileMillis(99));
    report.put(
        "duplicatesPerMessageAndPeer", (duplicates() - duplicatesBefore) * perMessageAndPeer);
    report.put("bytesPerMessageAndPeer", (bytes() - bytesBefore) * perMessageAndPeer);
    report.put("rpcsPerMessageAndPeer", (frames() - framesBefore) * perMessageAndPeer);
    if (scenario.attack() == Attack.ECLIPSE) {
      Arrivals target = Arrivals.of(cluster, measured, it -> it == 0);
      report.put("targetDeliveredPercent", target.deliveredPercent());
      report.put("targetP50Millis", target.percentileMillis(50));
      report.put("targetP99Millis", target.percentileMillis(99));
      report.put("targetMaxMillis", target.percentileMillis(100));
    }
    if (scenario.links() > 0) {
      report.put("connectionsAcross", connectionsAcross());
    }
    report.put("events", cluster.simulation.events());
    report.put("trace", cluster.simulation.trace().toString());
    return report;
  }

  private long connectionsAcross() {
    long across = 0;
    for (int number = 0; number < honest / 2; number++) {
      for (int other : cluster.network.connectionsOf(number)) {
        across += other >= honest / 2 ? 1 : 0;
      }
    }
    return across;
  }
}
