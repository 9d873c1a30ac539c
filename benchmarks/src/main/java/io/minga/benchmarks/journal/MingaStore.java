package io.minga.benchmarks.journal;

import io.minga.libp2p.HostException;
import io.minga.node.Peer;
import io.minga.node.PeerOptions;
import io.minga.node.RemoteFunction;
import io.minga.node.story.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A peer of ours that nobody runs tasks for, so that all stay open. */
final class MingaStore extends Store {
  private final Path directory;
  private final PeerOptions options;
  private @Nullable Peer peer;
  private @Nullable RemoteFunction<Integer, Integer> same;
  private boolean outstanding;

  MingaStore(Path home, Scale scale) {
    super(scale);
    this.directory = home.resolve("minga");
    this.options = PeerOptions.forNetwork("bench").listeningOn("/memory/8800001").withSlots(0);
  }

  @Override
  public String title() {
    return "as it is";
  }

  @Override
  public boolean isOurs() {
    return true;
  }

  private RemoteFunction<Integer, Integer> start(Path home) throws HostException {
    Peer started = Peer.start(options.withJournal(home.resolve("journal.db")));
    peer = started;
    RemoteFunction<Integer, Integer> function =
        started.function("same", Integer.class, Integer.class);
    same = function;
    return function;
  }

  @Override
  void begin() throws IOException {
    close();
    delete(directory);
    Files.createDirectories(directory);
    start(directory).submit(-1).join(); // the journal is made with its first job
  }

  @Override
  double job() throws IOException {
    begin();
    List<Integer> arguments = IntStream.range(0, scale.jobTasks()).boxed().toList();
    long startNanos = System.nanoTime();
    function().submitAll(arguments).join();
    return scale.jobTasks() * 1e9 / (System.nanoTime() - startNanos);
  }

  @Override
  Given give(int number) {
    return function().submit(number)::join;
  }

  private RemoteFunction<Integer, Integer> function() {
    RemoteFunction<Integer, Integer> function = same;
    if (function == null) {
      throw new IllegalStateException("it has not begun");
    }
    return function;
  }

  @Override
  double recover() throws IOException {
    close();
    Path home = directory.resolveSibling("minga-outstanding");
    if (!outstanding) {
      delete(home);
      Files.createDirectories(home);
      start(home).submitAll(IntStream.range(0, scale.outstanding()).boxed().toList()).join();
      close();
      outstanding = true;
    }
    long startNanos = System.nanoTime();
    start(home);
    Peer started = peer;
    // The answer comes after all that the journal had was taken in.
    if (started == null || started.tasks(EnumSet.of(TaskState.WAITING), 1).size() != 1) {
      throw new IllegalStateException("the tasks are not there");
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    close();
    return seconds;
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.close();
      peer = null;
    }
  }
}
