package io.minga.libp2p.offences;

import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;

abstract class StartsThreads {
  abstract void threadGroup(ThreadGroup group);

  abstract void timer(Timer timer);

  abstract void timerTask(TimerTask task);

  abstract void executor(ExecutorService executor);

  abstract void future(CompletableFuture<String> future);

  abstract void concurrentMap(ConcurrentHashMap<String, String> map);

  void thread(Runnable work) {
    new Thread(work).start();
  }

  Stream<String> parallelStreamOfList(List<String> list) {
    return list.parallelStream();
  }

  Stream<String> parallelStream(Stream<String> stream) {
    return stream.parallel();
  }

  IntStream parallelIntStream(IntStream stream) {
    return stream.parallel();
  }
}
