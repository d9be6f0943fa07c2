package dev.berth.controller.core.schedule;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Nodes in order of load, of equal ones the first by name last, so that the fullest of equals is
/// the first by name. Each knows the most room in the tree below it, which lets a search pass over
/// whole branches that are too full: finding the fullest node with room takes as many steps as the
/// tree is deep, however many nodes are full. A treap whose priorities come from the names: the
/// same nodes always make the same tree.
final class LoadTree {
  private @Nullable FleetNode root;
  private int size;

  /// A tree cut in two.
  private record Halves(@Nullable FleetNode before, @Nullable FleetNode from) {}

  int size() {
    return size;
  }

  void add(FleetNode node) {
    node.left = null;
    node.right = null;
    refresh(node);
    Halves halves = split(root, node);
    root = merge(merge(halves.before(), node), halves.from());
    size++;
  }

  /// Removes a node that is in the tree and has not changed since it was added.
  void remove(FleetNode node) {
    root = without(root, node);
    node.left = null;
    node.right = null;
    size--;
  }

  /// The fullest node with room; null when there is none.
  ///
  /// @param below only nodes that come before this one; null: any
  @Nullable FleetNode fullest(long cpuMillis, long memoryBytes, @Nullable FleetNode below) {
    return fullest(root, cpuMillis, memoryBytes, below);
  }

  /// The emptiest node with room; null when there is none.
  ///
  /// @param above only nodes that come after this one; null: any
  @Nullable FleetNode emptiest(long cpuMillis, long memoryBytes, @Nullable FleetNode above) {
    return emptiest(root, cpuMillis, memoryBytes, above);
  }

  void forEach(Consumer<FleetNode> action) {
    forEach(root, action);
  }

  private static @Nullable FleetNode fullest(
      @Nullable FleetNode at, long cpuMillis, long memoryBytes, @Nullable FleetNode below) {
    FleetNode tree = at;
    while (tree != null && tree.mostCpuMillis >= cpuMillis && tree.mostMemoryBytes >= memoryBytes) {
      if (below == null || compare(tree, below) < 0) {
        FleetNode found = fullest(tree.right, cpuMillis, memoryBytes, below);
        if (found != null) {
          return found;
        }
        if (tree.hasRoom(cpuMillis, memoryBytes)) {
          return tree;
        }
      }
      tree = tree.left;
    }
    return null;
  }

  private static @Nullable FleetNode emptiest(
      @Nullable FleetNode at, long cpuMillis, long memoryBytes, @Nullable FleetNode above) {
    FleetNode tree = at;
    while (tree != null && tree.mostCpuMillis >= cpuMillis && tree.mostMemoryBytes >= memoryBytes) {
      if (above == null || compare(tree, above) > 0) {
        FleetNode found = emptiest(tree.left, cpuMillis, memoryBytes, above);
        if (found != null) {
          return found;
        }
        if (tree.hasRoom(cpuMillis, memoryBytes)) {
          return tree;
        }
      }
      tree = tree.right;
    }
    return null;
  }

  private static void forEach(@Nullable FleetNode tree, Consumer<FleetNode> action) {
    if (tree != null) {
      forEach(tree.left, action);
      action.accept(tree);
      forEach(tree.right, action);
    }
  }

  private static int compare(FleetNode one, FleetNode other) {
    int byLoad = Double.compare(one.load(), other.load());
    return byLoad != 0 ? byLoad : other.name().compareTo(one.name());
  }

  private static Halves split(@Nullable FleetNode tree, FleetNode at) {
    if (tree == null) {
      return new Halves(null, null);
    }
    if (compare(tree, at) < 0) {
      Halves right = split(tree.right, at);
      tree.right = right.before();
      refresh(tree);
      return new Halves(tree, right.from());
    }
    Halves left = split(tree.left, at);
    tree.left = left.from();
    refresh(tree);
    return new Halves(left.before(), tree);
  }

  private static @Nullable FleetNode merge(@Nullable FleetNode before, @Nullable FleetNode after) {
    if (before == null) {
      return after;
    }
    if (after == null) {
      return before;
    }
    if (goesAbove(before, after)) {
      before.right = merge(before.right, after);
      refresh(before);
      return before;
    }
    after.left = merge(before, after.left);
    refresh(after);
    return after;
  }

  private static boolean goesAbove(FleetNode one, FleetNode other) {
    return one.priority() != other.priority()
        ? one.priority() > other.priority()
        : one.name().compareTo(other.name()) < 0;
  }

  private static @Nullable FleetNode without(@Nullable FleetNode tree, FleetNode node) {
    if (tree == null) {
      throw new IllegalStateException("node " + node.name() + " is not in the tree");
    }
    int order = compare(tree, node);
    if (order == 0) {
      return merge(tree.left, tree.right);
    }
    if (order > 0) {
      tree.left = without(tree.left, node);
    } else {
      tree.right = without(tree.right, node);
    }
    refresh(tree);
    return tree;
  }

  private static void refresh(FleetNode tree) {
    long cpu = tree.freeCpuMillis();
    long memory = tree.freeMemoryBytes();
    FleetNode left = tree.left;
    if (left != null) {
      cpu = Math.max(cpu, left.mostCpuMillis);
      memory = Math.max(memory, left.mostMemoryBytes);
    }
    FleetNode right = tree.right;
    if (right != null) {
      cpu = Math.max(cpu, right.mostCpuMillis);
      memory = Math.max(memory, right.mostMemoryBytes);
    }
    tree.mostCpuMillis = cpu;
    tree.mostMemoryBytes = memory;
  }
}
