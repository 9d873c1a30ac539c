package io.minga.simulations.node;

import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.core.NodeCore;
import io.minga.node.core.NodeOptions;
import io.minga.node.core.Submission;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.TaskRef;
import io.minga.node.task.WorkFrame;
import io.minga.simulations.network.SimulatedPeer;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A peer that runs a node core, and does what its effects say: what the event loop, the performer,
 * the slots and the clocks are in a daemon.
 */
final class NodePeer implements SimulatedPeer<Packet> {
  private static final int INPUTS_PER_TURN = 1024;
  private static final long WAKE_NANOS = 1_000;

  /** One pause soon after another counts as long as the longer. */
  private static final long LATELY_NANOS = 1_000_000_000;

  /** What it takes to find that signatures are good. */
  private static final long VERIFY_NANOS = 200_000;

  /** What a caller's thread takes to go on with what comes next. */
  private static final long CALLER_NANOS = 100_000;

  final int number;
  final PeerId id;

  /** What it is called in claims. */
  final Id claimant;

  final Machine machine;
  final WallClock wall;
  private final World world;
  private final NodeCore core;
  private final Slots slots;

  /** The clock of the machine's time since it began, which begins anywhere. */
  private final long originNanos;

  private final Map<Integer, Packet> packets = new LinkedHashMap<>();

  /** In runs with faults: what was submitted, by its first task. */
  private final Map<Integer, List<Submission>> made = new LinkedHashMap<>();

  /** What came while the process stood still. */
  private final ArrayDeque<Input> waiting = new ArrayDeque<>();

  private boolean paused;
  private long pausedSinceNanos;
  private long pausedNanos;
  private long lastPauseNanos;
  private long lastPauseEndNanos;
  private boolean left;

  NodePeer(World world, int number, PeerId id, Machine machine, WallClock wall, int life) {
    this.world = world;
    this.number = number;
    this.id = id;
    this.claimant = Id.of(id.multihash().toByteArray());
    this.machine = machine;
    this.wall = wall;
    var random = world.simulation().random("peer of life " + life, number);
    this.originNanos = world.hasFaults() ? random.nextLong() : 0;
    this.slots = new Slots(this, machine, world.ledger(), random.split());
    NodeOptions plain = NodeOptions.of(World.NETWORK, machine.slots());
    NodeOptions options =
        new NodeOptions(
            plain.network(),
            plain.slots(),
            machine.tags(),
            plain.cores(),
            plain.memoryMib(),
            plain.version(),
            plain.tasks(),
            plain.schedule(),
            plain.claims(),
            limits(plain.limits()),
            plain.times());
    this.core = new NodeCore(id, options, random.split(), () -> wall.millis(nowNanos()));
  }

  private NodeOptions.Limits limits(NodeOptions.Limits plain) {
    return new NodeOptions.Limits(
        plain.ownTasksMax(),
        plain.heldTasksMax(),
        plain.heldBytesMax(),
        plain.heldBatchesMax(),
        plain.pushesMax(),
        plain.pushedBytesMax(),
        plain.peersMax(),
        plain.announcedMax(),
        plain.memoBytesMax(),
        plain.storyBytesMax(),
        world.room().waysMin(plain.waysMin()));
  }

  NodeCore core() {
    return core;
  }

  long nowNanos() {
    return world.simulation().nowNanos();
  }

  private long coreNanos() {
    return nowNanos() + originNanos;
  }

  /** For how long it has stood still so far. */
  long pausedNanos() {
    return pausedNanos + (paused ? nowNanos() - pausedSinceNanos : 0);
  }

  /** The longest time that it has stood still of late: now, or until less than so long ago. */
  long longestPauseNanos(long agoNanos) {
    long now = paused ? nowNanos() - pausedSinceNanos : 0;
    boolean late = lastPauseNanos > 0 && nowNanos() - lastPauseEndNanos < agoNanos;
    return Math.max(now, late ? lastPauseNanos : 0);
  }

  boolean isPaused() {
    return paused;
  }

  boolean hasLeft() {
    return left;
  }

  /** Lets something happen here later, if the peer still runs then. */
  void at(long nanos, Runnable what) {
    world.simulation().at(nanos, () -> world.network().act(number, this, what));
  }

  /** What it remembers of a task, a line each. */
  List<String> remembers(TaskRef task) {
    long nowMillis = nowNanos() / 1_000_000;
    return core.book()
        .explain(coreNanos(), nowMillis, task)
        .map(it -> List.of((this + " remembers " + it).split("\n", -1)))
        .orElse(List.of());
  }

  void tell(int task, String what) {
    if (world.story().isOf(task)) {
      world.story().tell(this + ": " + what);
    }
  }

  // What happens.

  /** Offers these functions; a peer's first input. */
  void offer(List<FunctionName> functions) {
    input(new Input.Offer(functions));
  }

  /** Its caller makes the calls of a burst. */
  void submit(Burst burst, int firstTask) {
    make(new Caller(burst, firstTask), firstTask);
  }

  private void make(Caller caller, int firstTask) {
    List<Input> inputs = new ArrayList<>();
    for (Submission submission : caller.make()) {
      Caller.Chunk chunk = (Caller.Chunk) submission.caller();
      for (int call = 0; call < submission.size(); call++) {
        tell(chunk.task(call), "is submitted");
      }
      inputs.add(new Input.Submit(submission));
      if (world.hasFaults()) {
        made.computeIfAbsent(firstTask, it -> new ArrayList<>()).add(submission);
      }
    }
    inputs(inputs);
  }

  /** The caller of the burst that begins with that task wants no outcomes any more. */
  void cancel(int firstTask) {
    List<Input> inputs = new ArrayList<>();
    made.getOrDefault(firstTask, List.of())
        .forEach(submission -> inputs.add(new Input.Cancel(submission, -1)));
    inputs(inputs);
  }

  void leave() {
    input(new Input.Leave());
  }

  /** The process stands still. */
  void pause() {
    if (!paused) {
      paused = true;
      pausedSinceNanos = nowNanos();
    }
  }

  /** The process goes on. */
  void resume() {
    if (paused) {
      pausedNanos += nowNanos() - pausedSinceNanos;
      lastPauseNanos = longestPauseNanos(LATELY_NANOS);
      lastPauseEndNanos = nowNanos();
      paused = false;
      List<Input> all = List.copyOf(waiting);
      waiting.clear();
      inputs(all);
    }
  }

  void input(Input input) {
    if (paused) {
      waiting.add(input);
    } else if (!left) {
      core.handle(coreNanos(), input);
      turn();
      world.checks().took(this, List.of(input));
    }
  }

  void inputs(List<? extends Input> inputs) {
    if (paused) {
      waiting.addAll(inputs);
      return;
    }
    int count = 0;
    for (Input input : inputs) {
      if (left) {
        return;
      }
      core.handle(coreNanos(), input);
      if (++count % INPUTS_PER_TURN == 0) {
        turn();
      }
    }
    turn();
    world.checks().took(this, inputs);
  }

  @Override
  public void connected(long nowNanos, int peer, boolean outbound) {
    input(new Input.Connected(world.peer(peer).id));
  }

  @Override
  public void disconnected(long nowNanos, int peer) {
    input(new Input.Disconnected(world.peer(peer).id));
  }

  @Override
  public void received(long nowNanos, int peer, Packet packet) {
    inputs(packet.inputs);
  }

  @Override
  public void sent(long nowNanos, int peer, int bytes) {}

  @Override
  public void tick(long nowNanos) {
    if (!paused && !left) {
      turn();
      world.checks().took(this, List.of());
    }
  }

  @Override
  public long nextDeadlineNanos() {
    return paused || left
        ? Long.MAX_VALUE
        : Math.max(nowNanos() + WAKE_NANOS, core.nextDeadlineNanos() - originNanos);
  }

  // What is to be done.

  private void turn() {
    if (left) {
      return;
    }
    List<Effect> effects = core.endTurn(coreNanos());
    for (int i = 0; i < effects.size(); i++) {
      perform(effects.get(i));
    }
    packets.forEach((to, packet) -> world.network().send(number, to, packet, packet.bytes));
    packets.clear();
    world.room().turned(this);
    if (left) {
      world.network().leave(number);
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Complete complete) {
      complete(complete);
    } else if (effect instanceof Effect.Send send) {
      send(send);
    } else if (effect instanceof Effect.Run run) {
      world.checks().runs(this, run);
      slots.start(nowNanos(), run);
    } else if (effect instanceof Effect.Interrupt interrupt) {
      world.checks().interrupts(this, interrupt);
      slots.interrupt(nowNanos(), interrupt.run(), interrupt.indexes());
    } else if (effect instanceof Effect.Report report) {
      world.gossip().report(this, report.report());
    } else if (effect instanceof Effect.Announce announce) {
      world.gossip().announce(this, announce.announcement());
    } else if (effect instanceof Effect.Claim claim) {
      world.gossip().claim(this, claim.message());
    } else if (effect instanceof Effect.SendMove send) {
      sendMove(send);
    } else if (effect instanceof Effect.Fetch fetch) {
      world.blocks().fetch(this, fetch);
    } else if (effect instanceof Effect.Connect connect) {
      world.connect(number, connect.peer());
    } else if (effect instanceof Effect.Verify verify) {
      at(nowNanos() + VERIFY_NANOS, () -> inputs(world.gossip().verify(this, verify)));
    } else if (effect instanceof Effect.Misbehaved misbehaved) {
      throw world.checks().misbehaved(this, misbehaved);
    } else if (effect instanceof Effect.Left) {
      left = true;
    }
  }

  private void complete(Effect.Complete complete) {
    Caller.Chunk chunk = (Caller.Chunk) complete.submission().caller();
    int task = chunk.task(complete.call());
    Batch batch = complete.batch();
    if (batch != null) {
      world.checks().seen(batch);
    }
    world.checks().completes(this, complete);
    Outcome outcome = complete.outcome();
    tell(task, "has its outcome, " + (outcome instanceof Outcome.Value ? "a value" : outcome));
    world.ledger().over(nowNanos(), task, outcome, complete.attempts());
    world.simulation().trace().add(task);
    if (chunk.caller.over(task)) {
      at(nowNanos() + CALLER_NANOS, () -> make(chunk.caller, task));
    }
  }

  private void send(Effect.Send send) {
    int to = world.number(send.to());
    try {
      WorkFrame frame = WorkFrame.decode(World.LIMITS, send.frame());
      sends(to, frame);
      packet(to).add(new Input.Received(id, frame), send.frame().length());
    } catch (WireException wrong) {
      throw new BrokenPromiseException(-1, this + " wrote a frame that nobody reads: " + wrong);
    }
  }

  /** What goes through another peer is looked at where it begins. */
  private void sends(int to, WorkFrame frame) throws WireException {
    if (frame instanceof WorkFrame.Carry carry) {
      WorkFrame inside = WorkFrame.decode(World.LIMITS, carry.frame());
      world.checks().sends(this, world.number(carry.to()), inside);
    } else if (!(frame instanceof WorkFrame.Carried)) {
      world.checks().sends(this, to, frame);
    }
  }

  private void sendMove(Effect.SendMove send) {
    int to = world.number(send.to());
    try {
      MoveFrame frame = MoveFrame.decode(World.LIMITS, send.frame());
      world.checks().sends(this, to, frame);
      packet(to).add(new Input.MoveReceived(id, frame), send.frame().length());
    } catch (WireException wrong) {
      throw new BrokenPromiseException(-1, this + " wrote a frame that nobody reads: " + wrong);
    }
  }

  private Packet packet(int to) {
    return packets.computeIfAbsent(to, it -> new Packet());
  }

  @Override
  public String toString() {
    return "peer " + number;
  }
}
