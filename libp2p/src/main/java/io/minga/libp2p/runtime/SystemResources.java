package io.minga.libp2p.runtime;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What this process may use of its machine. */
public final class SystemResources {
  /** What Windows and others that don't say are taken for. */
  private static final long FILE_DESCRIPTORS_UNKNOWN = 4096;

  private SystemResources() {}

  /**
   * The memory of the machine or container, in bytes; less where the JVM's heap is kept below the
   * usual quarter of it.
   */
  public static long memoryBytes() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return Math.min(system.getTotalMemorySize(), 4 * Runtime.getRuntime().maxMemory());
  }

  /** How many files and sockets the process may have open. */
  public static long fileDescriptorsMax() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : FILE_DESCRIPTORS_UNKNOWN;
  }
}
