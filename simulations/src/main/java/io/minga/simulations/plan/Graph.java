package io.minga.simulations.plan;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/**
 * Which of a burst's calls come after which: a call is made once all its parents are over. Parents
 * have lower numbers than their children.
 */
public final class Graph {
  /** The parents of call i are those from {@code firsts[i]} to {@code firsts[i + 1]}. */
  private final int[] parentFirsts;

  private final int[] parents;
  private final int[] childFirsts;
  private final int[] children;

  private Graph(int[] parentFirsts, int[] parents) {
    this.parentFirsts = parentFirsts;
    this.parents = parents;
    this.childFirsts = new int[parentFirsts.length];
    this.children = new int[parents.length];
    for (int parent : parents) {
      childFirsts[parent + 1]++;
    }
    for (int i = 1; i < childFirsts.length; i++) {
      childFirsts[i] += childFirsts[i - 1];
    }
    int[] next = childFirsts.clone();
    for (int call = 0; call < size(); call++) {
      for (int i = parentFirsts[call]; i < parentFirsts[call + 1]; i++) {
        children[next[parents[i]]++] = call;
      }
    }
  }

  /**
   * The same graph again and again: each of its nodes comes after one to three nodes of the layer
   * before, and after itself in the epoch before.
   *
   * @param layers how many; the first layer's nodes come after nothing else
   */
  public static Graph epochs(RandomGenerator random, int nodes, int layers, int epochs) {
    int parentsMost = 3;
    int[] own = new int[nodes * parentsMost];
    int[] ownFirsts = new int[nodes + 1];
    int count = 0;
    for (int node = 0; node < nodes; node++) {
      ownFirsts[node] = count;
      int layer = (int) ((long) node * layers / nodes);
      int drawn = layer == 0 ? 0 : 1 + random.nextInt(parentsMost);
      int from = first(nodes, layers, layer - 1);
      int to = first(nodes, layers, layer);
      for (int i = 0; i < drawn; i++) {
        own[count++] = from + random.nextInt(to - from);
      }
    }
    ownFirsts[nodes] = count;
    int size = nodes * epochs;
    int[] firsts = new int[size + 1];
    int[] parents = new int[count * epochs + nodes * (epochs - 1)];
    int at = 0;
    for (int call = 0; call < size; call++) {
      int node = call % nodes;
      firsts[call] = at;
      for (int i = ownFirsts[node]; i < ownFirsts[node + 1]; i++) {
        parents[at++] = call - node + own[i];
      }
      if (call >= nodes) {
        parents[at++] = call - nodes;
      }
    }
    firsts[size] = at;
    return new Graph(firsts, Arrays.copyOf(parents, at));
  }

  /** The first node of a layer: the least that the layer's number is computed for. */
  private static int first(int nodes, int layers, int layer) {
    return (int) (((long) layer * nodes + layers - 1) / layers);
  }

  /** How many calls there are. */
  public int size() {
    return parentFirsts.length - 1;
  }

  /** How many calls must be over before this one, those counted twice that are drawn twice. */
  public int parents(int call) {
    return parentFirsts[call + 1] - parentFirsts[call];
  }

  /** Tells each child of a call, as often as the call is its parent. */
  public void children(int call, IntConsumer child) {
    for (int i = childFirsts[call]; i < childFirsts[call + 1]; i++) {
      child.accept(children[i]);
    }
  }

  /** How long the longest way through the graph takes, at speed 1. */
  public double longestNanos(Lengths lengths) {
    double[] ends = new double[size()];
    double longest = 0;
    for (int call = 0; call < size(); call++) {
      double begin = 0;
      for (int i = parentFirsts[call]; i < parentFirsts[call + 1]; i++) {
        begin = Math.max(begin, ends[parents[i]]);
      }
      ends[call] = begin + lengths.get(call);
      longest = Math.max(longest, ends[call]);
    }
    return longest;
  }
}
