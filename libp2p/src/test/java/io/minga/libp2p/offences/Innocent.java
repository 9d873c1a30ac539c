package io.minga.libp2p.offences;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What looks like an offence and is none. */
abstract class Innocent {
  private final Map<String, Duration> inOrderOfArrival = new LinkedHashMap<>();
  private final Map<TimeUnit, String> inOrderOfDeclaration = new EnumMap<>(TimeUnit.class);

  abstract boolean isDue(long nowNanos, RandomGenerator random, Set<String> names);

  /** An address from bytes asks nobody. */
  InetSocketAddress address(byte[] bytes, int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
  }

  List<String> shuffled(List<String> names, long seed) {
    List<String> copy = List.copyOf(inOrderOfArrival.keySet());
    Collections.shuffle(names, new Random(seed));
    return names.isEmpty() ? copy : names;
  }

  Instant at(long millis) {
    inOrderOfDeclaration.put(TimeUnit.MILLISECONDS, "ms");
    return Instant.ofEpochMilli(millis);
  }

  Map<String, List<String>> sorted(Stream<String> names) {
    return names.collect(Collectors.groupingBy(it -> it, TreeMap::new, Collectors.toList()));
  }

  Set<String> distinct(Stream<String> names) {
    return names.collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** A manager that there is a word for. */
  interface ConnectionManager {}

  /** Another. */
  interface PeerTrustManager {}
}
