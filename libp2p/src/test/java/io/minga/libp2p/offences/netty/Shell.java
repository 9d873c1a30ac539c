package io.minga.libp2p.offences.netty;

import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;

/** What a core must not do and a shell may. */
abstract class Shell {
  private final Map<String, Long> seen = new HashMap<>();

  abstract void run(ByteBuf buffer, ExecutorService executor, Logger logger, SecureRandom random);

  void see(String what) {
    seen.put(what, System.nanoTime());
  }
}
