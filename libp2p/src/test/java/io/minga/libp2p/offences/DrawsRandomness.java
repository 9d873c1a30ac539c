package io.minga.libp2p.offences;

import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

abstract class DrawsRandomness {
  abstract void secureRandom(SecureRandom random);

  int threadLocalRandom() {
    return ThreadLocalRandom.current().nextInt();
  }

  double mathRandom() {
    return Math.random();
  }

  double strictMathRandom() {
    return StrictMath.random();
  }

  void shuffle(List<String> list) {
    Collections.shuffle(list);
  }

  Random unseededRandom() {
    return new Random();
  }

  SplittableRandom unseededSplittableRandom() {
    return new SplittableRandom();
  }

  UUID uuid() {
    return UUID.randomUUID();
  }

  RandomGenerator defaultGenerator() {
    return RandomGenerator.getDefault();
  }

  RandomGenerator namedGenerator() {
    return RandomGenerator.of("L64X128MixRandom");
  }

  RandomGenerator unseededFromFactory(RandomGeneratorFactory<RandomGenerator> factory) {
    return factory.create();
  }
}
