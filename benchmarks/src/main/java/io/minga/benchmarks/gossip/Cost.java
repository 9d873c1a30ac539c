package io.minga.benchmarks.gossip;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process has used since its start.
 *
 * @param cpuNanos by all threads, those of the compiler and the collector too
 * @param allocatedBytes on the heap, by the threads that are running
 */
record Cost(long cpuNanos, long allocatedBytes) {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  /** What this process has used. */
  static Cost now() {
    long allocatedBytes = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
      allocatedBytes += Math.max(0, bytes);
    }
    return new Cost(SYSTEM.getProcessCpuTime(), allocatedBytes);
  }

  Cost plus(Cost other) {
    return new Cost(cpuNanos + other.cpuNanos, allocatedBytes + other.allocatedBytes);
  }

  Cost minus(Cost earlier) {
    return new Cost(cpuNanos - earlier.cpuNanos, allocatedBytes - earlier.allocatedBytes);
  }
}
