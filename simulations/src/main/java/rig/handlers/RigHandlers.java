package rig.handlers;

import io.minga.node.handlers.Call;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerProvider;
import io.minga.node.value.Codec;
import io.minga.node.value.Values;
import io.minga.simulations.rig.Work;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code rig.work} naps, answers, and writes down when it begins and ends, a line each, to the file
 * that the property {@code rig.log} names: {@code B input nanos epoch}, {@code E input nanos
 * epoch}. The others misbehave, each in its way.
 */
public final class RigHandlers implements HandlerProvider {
  private static final Codec<Long> NUMBER = Values.codec(Long.class);
  private static final int HOARD_BYTES = 1 << 20;

  /** Not a channel, which an interrupted task would close. */
  private final FileOutputStream log;

  /** For the loader of jars. */
  public RigHandlers() {
    try {
      this.log = new FileOutputStream(System.getProperty("rig.log", "/dev/null"), true);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Map<String, Handler> handlers() {
    return Map.of(
        Work.FUNCTION,
        computing(this::work),
        "rig.throw",
        computing(RigHandlers::fail),
        "rig.hang",
        computing(RigHandlers::hang),
        "rig.exit",
        computing(RigHandlers::exit),
        "rig.hoard",
        computing(RigHandlers::hoard),
        "rig.deep",
        computing(RigHandlers::deep));
  }

  private static Handler computing(Handler.Computing handler) {
    return handler;
  }

  private byte[] work(Call call, byte[] bytes) throws Exception {
    long input = NUMBER.decode(bytes);
    write('B', input, call.epoch());
    Thread.sleep(Work.napMillis(input));
    byte[] answer = NUMBER.encode(Work.answer(input));
    write('E', input, call.epoch());
    return answer;
  }

  private void write(char what, long input, int epoch) throws IOException {
    String line = "%c %d %d %d%n".formatted(what, input, System.nanoTime(), epoch);
    log.write(line.getBytes(StandardCharsets.US_ASCII)); // in one write
  }

  private static byte[] fail(Call call, byte[] input) {
    throw new IllegalArgumentException("as it was told to");
  }

  /** Heeds nothing. */
  private static byte[] hang(Call call, byte[] input) {
    int times = 0; // while its thread is interrupted, parking returns at once
    while (call.attempt() > 0) {
      LockSupport.parkNanos(1_000_000_000);
      times += Thread.interrupted() ? 1 : 0;
    }
    return new byte[times];
  }

  private static byte[] exit(Call call, byte[] input) {
    System.exit(3);
    return input;
  }

  private static byte[] hoard(Call call, byte[] input) {
    List<byte[]> hoard = new ArrayList<>();
    while (call.attempt() > 0) {
      hoard.add(new byte[HOARD_BYTES]);
    }
    return hoard.get(0);
  }

  private static byte[] deep(Call call, byte[] input) {
    return call.attempt() > 0 ? append(deep(call, input)) : input;
  }

  private static byte[] append(byte[] bytes) {
    return bytes.clone();
  }
}
