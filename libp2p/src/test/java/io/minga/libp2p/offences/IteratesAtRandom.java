package io.minga.libp2p.offences;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

@SuppressWarnings("JdkObsolete")
abstract class IteratesAtRandom {
  int identityHashCode(Object any) {
    return System.identityHashCode(any);
  }

  Map<String, String> hashMap() {
    return new HashMap<>();
  }

  Map<String, String> sizedHashMap() {
    return new HashMap<>(16);
  }

  Supplier<Map<String, String>> hashMapReference() {
    return HashMap::new;
  }

  Set<String> hashSet(Collection<String> from) {
    return new HashSet<>(from);
  }

  Map<String, String> hashtable() {
    return new Hashtable<>();
  }

  Map<String, String> identityHashMap() {
    return new IdentityHashMap<>();
  }

  Map<String, String> weakHashMap() {
    return new WeakHashMap<>();
  }

  Map<String, String> mapCopyOf(Map<String, String> map) {
    return Map.copyOf(map);
  }

  Map<String, String> mapOf() {
    return Map.of("a", "b", "c", "d");
  }

  Map<String, String> mapOfEntries() {
    return Map.ofEntries(Map.entry("a", "b"));
  }

  Set<String> setCopyOf(List<String> list) {
    return Set.copyOf(list);
  }

  Set<String> setOf() {
    return Set.of("a", "b");
  }

  Map<String, List<String>> grouped(Stream<String> stream) {
    return stream.collect(groupingBy(it -> it));
  }

  Map<String, Long> groupedDownstream(Stream<String> stream) {
    return stream.collect(groupingBy(it -> it, counting()));
  }

  Map<String, String> collectedToMap(Stream<String> stream) {
    return stream.collect(toMap(it -> it, it -> it));
  }

  Map<String, String> mergedToMap(Stream<String> stream) {
    return stream.collect(toMap(it -> it, it -> it, (a, b) -> a));
  }

  Set<String> collectedToSet(Stream<String> stream) {
    return stream.collect(toSet());
  }

  Map<String, String> collectedToUnmodifiableMap(Stream<String> stream) {
    return stream.collect(toUnmodifiableMap(it -> it, it -> it));
  }

  Set<String> collectedToUnmodifiableSet(Stream<String> stream) {
    return stream.collect(toUnmodifiableSet());
  }
}
