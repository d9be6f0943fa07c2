package dev.berth.controller.core.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.berth.controller.core.model.ClusterState;
import dev.berth.controller.core.model.NodeRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.controller.core.model.Specs;
import dev.berth.v1.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Against a list that is sorted anew each time.
final class LoadTreeTest {
  private static final Comparator<FleetNode> ORDER =
      Comparator.comparingDouble((FleetNode each) -> each.load())
          .thenComparing(FleetNode::name, Comparator.reverseOrder());

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
  private final LoadTree tree = new LoadTree();
  private final List<FleetNode> list = new ArrayList<>();
  private int made;

  /// A node of which some is kept free, so that it has a load of its own. Few sizes: many are
  // equal.
  private FleetNode node() {
    NodeRecord record =
        new NodeRecord(
            Node.newBuilder()
                .setName("n" + made++)
                .setDescription(Specs.host(1_000L * (1 + random.nextInt(4)), 1_024))
                .build(),
            1,
            NodeRecord.Liveness.unheard(0));
    NodeUsage none = ClusterState.empty("cluster", 1).usage("");
    NodeUsage used =
        new NodeUsage(
            250L * random.nextInt(5),
            (256L << 20) * random.nextInt(5),
            0,
            none.ports(),
            none.devices(),
            0,
            none.instances());
    return new FleetNode(record, used, Kept.NOTHING);
  }

  private @Nullable FleetNode last(Predicate<FleetNode> wanted) {
    list.sort(ORDER);
    FleetNode found = null;
    for (FleetNode each : list) {
      found = wanted.test(each) ? each : found;
    }
    return found;
  }

  private @Nullable FleetNode first(Predicate<FleetNode> wanted) {
    list.sort(ORDER);
    return list.stream().filter(wanted).findFirst().orElse(null);
  }

  private void asks() {
    long cpu = 250L * random.nextInt(18);
    long memory = (128L << 20) * random.nextInt(10);
    FleetNode at = list.isEmpty() ? null : list.get(random.nextInt(list.size()));
    assertEquals(
        last(each -> each.hasRoom(cpu, memory)), tree.fullest(cpu, memory, null), "fullest");
    assertEquals(
        first(each -> each.hasRoom(cpu, memory)), tree.emptiest(cpu, memory, null), "emptiest");
    if (at != null) {
      assertEquals(
          last(each -> each.hasRoom(cpu, memory) && ORDER.compare(each, at) < 0),
          tree.fullest(cpu, memory, at),
          "fullest below");
      assertEquals(
          first(each -> each.hasRoom(cpu, memory) && ORDER.compare(each, at) > 0),
          tree.emptiest(cpu, memory, at),
          "emptiest above");
    }
  }

  @Test
  void findsWhatASortedListFinds() {
    for (int step = 0; step < 5_000; step++) {
      int most = step % 1_000 < 500 ? 60 : 15;
      if (list.isEmpty() || (list.size() < most && random.nextInt(3) > 0)) {
        FleetNode added = node();
        list.add(added);
        tree.add(added);
      } else {
        tree.remove(list.remove(random.nextInt(list.size())));
      }
      assertEquals(list.size(), tree.size());
      asks();
    }
    List<FleetNode> inOrder = new ArrayList<>();
    tree.forEach(inOrder::add);
    list.sort(ORDER);
    assertEquals(list, inOrder);
  }

  @Test
  void findsNothingWhereNothingIs() {
    assertEquals(null, tree.fullest(0, 0, null));
    assertEquals(null, tree.emptiest(0, 0, null));
    FleetNode only = node();
    tree.add(only);
    tree.remove(only);
    assertEquals(null, tree.fullest(0, 0, null));
    assertEquals(0, tree.size());
  }
}
