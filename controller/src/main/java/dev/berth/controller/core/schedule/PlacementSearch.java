package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.Explanation;
import dev.berth.controller.core.model.InstanceRecord;
import dev.berth.controller.core.model.NodeUsage;
import dev.berth.controller.core.schedule.PlacementNeeds.Nearness;
import dev.berth.controller.core.schedule.PlacementRequest.Slot;
import dev.berth.spec.placement.Attribute;
import dev.berth.v1.Device;
import dev.berth.v1.NodeScore;
import dev.berth.v1.PlacementDecision;
import dev.berth.v1.PortBinding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Finds nodes for the slots of one workload, all in one go: rules are asked once for each class of
/// nodes, and nodes are looked at in order of merit until they are full, each at most once. So the
/// cost of a slot hardly depends on how many nodes there are.
final class PlacementSearch {
  private static final int BEST_MAX = 5;

  private final Fleet fleet;
  private final PlacementPolicy policy;
  private final PlacementRequest request;
  private final PlacementNeeds needs;
  private final List<Nearness> apart;
  private final Domains domains;
  private final Map<List<String>, CandidateGroup> groups = new HashMap<>();
  private final Map<NodeClass, CandidateGroup> groupByClass = new HashMap<>();
  private final Map<String, Candidate> touched = new HashMap<>();
  private final Refusals refusals = new Refusals();
  private final Merit merit;
  private final BoundSlots bound;
  private long quotaLeft;
  private @Nullable PlacementDecision found;

  PlacementSearch(Fleet fleet, PlacementPolicy policy, PlacementRequest request) {
    this.fleet = fleet;
    this.policy = policy;
    this.request = request;
    this.needs = fleet.needs().of(request.workload());
    this.apart = fleet.needs().apart(request.workload());
    this.domains = new Domains(fleet, request.workload());
    this.merit = new Merit(needs, domains);
    this.bound = new BoundSlots(fleet, request, this);
    group();
  }

  /// Places the slots in order, but first those that can be in one place only, before a slot of the
  /// same workload takes it that could be anywhere.
  ///
  /// @param explain whether to ask every node why there is none
  List<Placement> place(RandomGenerator random, boolean explain) {
    List<Slot> slots = request.slots();
    @Nullable Placement[] placements = new Placement[slots.size()];
    QuotaRoom quota = QuotaRoom.of(fleet, request);
    for (int i = 0; i < placements.length; i++) {
      if (bound.isBound(slots.get(i))) {
        placements[i] = inItsPlace(slots.get(i), quota, random);
      }
    }
    Placement.@Nullable Unplaced none = null;
    for (int i = 0; i < placements.length; i++) {
      if (placements[i] != null) {
        continue;
      }
      if (!quota.take()) {
        placements[i] = quota.exceeded();
        continue;
      }
      Candidate chosen = none == null ? choose(slots.get(i).avoided()) : null;
      if (chosen != null) {
        placements[i] = take(chosen, random);
      } else {
        none = none == null ? refusedByAll(explain) : none;
        placements[i] = none;
        quota.giveBack();
      }
    }
    quotaLeft = quota.left();
    return Arrays.stream(placements).map(Objects::requireNonNull).toList();
  }

  /// Places a slot where room was made for it or its data are; null when any node will do.
  private @Nullable Placement inItsPlace(Slot slot, QuotaRoom quota, RandomGenerator random) {
    if (!quota.take()) {
      return quota.exceeded();
    }
    Placement made = nominated(slot, random);
    if (made != null) {
      return made;
    }
    Placement placement = bound.place(slot, random);
    if (placement == null || placement instanceof Placement.Unplaced) {
      quota.giveBack();
    }
    return placement;
  }

  // Sorting out

  private void group() {
    List<Attribute> counted = countedAttributes();
    CandidateGroup.View view =
        new CandidateGroup.View(merit::compare, merit::compare, this::fits, this::untouched);
    boolean single = !needs.prefer().ofNode().isEmpty();
    for (NodeClass nodes : fleet.classes()) {
      Rejection rejection = reject(nodes);
      if (rejection != null) {
        refusals.add(rejection, nodes.nodes().size());
        continue;
      }
      List<String> values = new ArrayList<>(counted.size());
      counted.forEach(attribute -> values.add(nodes.value(attribute)));
      CandidateGroup group =
          groups.computeIfAbsent(List.copyOf(values), _ -> new CandidateGroup(view));
      group.add(nodes);
      groupByClass.put(nodes, group);
      if (single) {
        nodes.nodes().forEach(node -> touch(node, group));
      } else {
        group.add(new ClassStream(nodes, request, needs.emptiestFirst(), merit.wishes(nodes)));
      }
    }
    special();
  }

  private @Nullable Rejection reject(NodeClass nodes) {
    for (ClassFilter filter : policy.classFilters()) {
      Rejection rejection = filter.reject(nodes, request, needs);
      if (rejection != null) {
        return rejection;
      }
    }
    return null;
  }

  /// The attributes whose domains make a difference, but for the name.
  private List<Attribute> countedAttributes() {
    Set<Attribute> counted = new LinkedHashSet<>(needs.spread());
    needs.near().forEach(each -> counted.add(each.within()));
    needs.apart().forEach(each -> counted.add(each.within()));
    apart.forEach(each -> counted.add(each.within()));
    counted.remove(Attribute.NAME);
    return List.copyOf(counted);
  }

  /// Nodes on which instances are that count for the order.
  private void special() {
    Set<String> names = new LinkedHashSet<>();
    if (merit.countsSiblings()) {
      names.addAll(fleet.counts(request.workload()).keySet());
    }
    for (Nearness each : needs.near()) {
      if (each.isSameNode()) {
        names.addAll(fleet.counts(each.workload()).keySet());
      }
    }
    for (Nearness each : needs.apart()) {
      if (each.isSameNode() && !each.isHard()) {
        names.addAll(fleet.counts(each.workload()).keySet());
      }
    }
    for (String name : names) {
      FleetNode node = fleet.node(name);
      NodeClass nodes = node == null ? null : node.nodeClass();
      if (node == null || nodes == null) {
        continue;
      }
      CandidateGroup group = groupByClass.get(nodes);
      if (group != null) {
        touch(node, group);
      }
    }
  }

  private void touch(FleetNode node, CandidateGroup group) {
    Candidate candidate = untouched(node);
    if (candidate != null) {
      group.add(candidate);
    }
  }

  private @Nullable Candidate untouched(FleetNode node) {
    if (touched.containsKey(node.name())) {
      return null;
    }
    Candidate candidate = candidate(node);
    touched.put(node.name(), candidate);
    return candidate;
  }

  private Candidate candidate(FleetNode node) {
    int siblings =
        merit.countsSiblings() ? fleet.counts(request.workload()).getOrDefault(node.name(), 0) : 0;
    Candidate candidate = new Candidate(node, siblings);
    candidate.preference(merit.preference(candidate));
    return candidate;
  }

  // Choosing

  /// The best node, or null. The node to be avoided is taken only when there is no other.
  private @Nullable Candidate choose(@Nullable String avoided) {
    CandidateGroup group = bestGroup();
    Candidate best = group == null ? null : group.best();
    if (group == null || best == null || !best.node().name().equals(avoided)) {
      return best;
    }
    group.remove(best);
    CandidateGroup second = bestGroup();
    Candidate other = second == null ? null : second.best();
    group.add(best);
    return other == null ? best : other;
  }

  private @Nullable CandidateGroup bestGroup() {
    CandidateGroup best = null;
    Candidate bestNode = null;
    for (CandidateGroup group : groups.values()) {
      if (isClosed(group)) {
        continue;
      }
      Candidate node = group.best();
      if (node != null
          && (best == null || bestNode == null || compare(group, node, best, bestNode) < 0)) {
        best = group;
        bestNode = node;
      }
    }
    return best;
  }

  private boolean isClosed(CandidateGroup group) {
    return isAboutDomains() && domains.reject(group.anyClass(), needs.near(), apart) != null;
  }

  private int compare(
      CandidateGroup group, Candidate node, CandidateGroup other, Candidate otherNode) {
    for (Attribute attribute : needs.spread()) {
      int order =
          attribute.equals(Attribute.NAME)
              ? Integer.compare(node.siblings(), otherNode.siblings())
              : Integer.compare(count(attribute, group), count(attribute, other));
      if (order != 0) {
        return order;
      }
    }
    int wished = node.preference();
    int others = otherNode.preference();
    if (merit.isAboutNearness()) {
      wished += domains.preferenceOf(group.anyClass(), needs);
      others += domains.preferenceOf(other.anyClass(), needs);
    }
    return wished != others
        ? Integer.compare(others, wished)
        : merit.compareByLoad(node, otherNode);
  }

  private int count(Attribute attribute, CandidateGroup group) {
    return domains.of(request.workload(), attribute, group.anyClass()).count();
  }

  private boolean isAboutDomains() {
    return !apart.isEmpty() || !needs.near().isEmpty();
  }

  private boolean fits(Candidate candidate) {
    Rejection rejection = reject(candidate);
    if (rejection != null) {
      refusals.add(rejection, 1);
    }
    return rejection == null;
  }

  private @Nullable Rejection reject(Candidate candidate) {
    for (NodeFilter filter : policy.nodeFilters()) {
      Rejection rejection = filter.reject(candidate, request, needs);
      if (rejection != null) {
        return rejection;
      }
    }
    return isAboutDomains() ? domains.reject(candidate, needs.near(), apart) : null;
  }

  /// Puts a slot there, with whatever ports and devices are free.
  Placement take(Candidate chosen, RandomGenerator random) {
    List<PortBinding> ports = PortAllocator.allocate(chosen, request.spec(), random);
    return take(chosen, ports, DeviceAllocator.allocate(chosen, request.devices()));
  }

  /// Puts a slot there, with ports and devices that are free.
  Placement take(Candidate chosen, List<PortBinding> ports, List<Device> devices) {
    PlacementDecision shared = found != null ? found : explain(chosen);
    found = shared;
    double score = merit.score(chosen);
    CandidateGroup group = groupOf(chosen);
    if (group != null) {
      group.remove(chosen);
    }
    chosen.take(request, ports, devices);
    domains.placed(chosen);
    if (group != null) {
      chosen.preference(merit.preference(chosen));
      group.add(chosen);
    }
    return new Placement.Placed(
        chosen.node().name(), ports, devices, new Explanation(shared, score, null));
  }

  private @Nullable CandidateGroup groupOf(Candidate candidate) {
    NodeClass nodes = candidate.node().nodeClass();
    return nodes == null ? null : groupByClass.get(nodes);
  }

  // Explaining

  private PlacementDecision explain(Candidate chosen) {
    List<Candidate> best = new ArrayList<>();
    best.add(chosen);
    for (CandidateGroup group : groups.values()) {
      if (!isClosed(group)) {
        best.addAll(group.leading(groups.size() > BEST_MAX ? 1 : BEST_MAX));
      }
    }
    PlacementDecision.Builder decision =
        PlacementDecision.newBuilder()
            .setNodes(fleet.size())
            .setFitting((int) best.stream().distinct().count())
            .addAllRefusals(refusals.views())
            .setMessage(
                needs.emptiestFirst()
                    ? "The emptiest of the nodes that are equally good otherwise."
                    : "The fullest of the nodes that are equally good otherwise.");
    best.stream()
        .distinct()
        .sorted(merit::compare)
        .limit(BEST_MAX)
        .forEach(
            each ->
                decision.addBest(
                    NodeScore.newBuilder()
                        .setNode(each.node().name())
                        .setScore(merit.score(each))
                        .setDetail(merit.describe(each))));
    return decision.build();
  }

  /// Asks every node why it will not do, if that is to be told.
  private Placement.Unplaced refusedByAll(boolean explain) {
    if (!explain) {
      return Refusals.unexplained();
    }
    Refusals all = new Refusals();
    for (NodeClass nodes : fleet.classes()) {
      Rejection common = rejectNow(nodes);
      nodes
          .nodes()
          .forEach(node -> all.add(common != null ? common : rejection(node), node.name()));
    }
    return all.none(fleet.size());
  }

  /// Why nodes of a class must not get one more instance after those that were placed; null when
  /// they may.
  private @Nullable Rejection rejectNow(NodeClass nodes) {
    Rejection rejection = reject(nodes);
    return rejection == null && isAboutDomains()
        ? domains.reject(nodes, needs.near(), apart)
        : rejection;
  }

  /// Why a node that does not fit does not.
  Rejection rejection(FleetNode node) {
    NodeClass nodes = node.nodeClass();
    Rejection rejection = nodes == null ? null : rejectNow(nodes);
    if (rejection == null) {
      Candidate known = touched.get(node.name());
      rejection = reject(known != null ? known : candidate(node));
    }
    if (rejection == null) {
      throw new IllegalStateException("node " + node.name() + " fits and was not found");
    }
    return rejection;
  }

  // Slots that are special

  /// Places a slot where room was made for it, or lets it wait while the room is being made; null
  /// when it is a slot like others.
  private @Nullable Placement nominated(Slot slot, RandomGenerator random) {
    String name = slot.nominated();
    FleetNode node = name == null ? null : fleet.node(name);
    if (node == null || !mayGetMore(node)) {
      return null;
    }
    Candidate candidate = known(node);
    if (isAboutDomains() && domains.reject(candidate, needs.near(), apart) != null) {
      return null;
    }
    candidate.release(keptFor(slot));
    if (reject(candidate) == null) {
      return take(candidate, random);
    }
    boolean leaving =
        node.usage().instances().values().stream()
            .anyMatch(each -> !each.isFinal() && !each.isWanted());
    if (!leaving) {
      return null;
    }
    candidate.release(Kept.NOTHING);
    return PreemptionSearch.waiting(node.name(), fleet.size());
  }

  private Kept keptFor(Slot slot) {
    for (InstanceRecord each : fleet.state().instancesOf(request.workload(), slot.index())) {
      if (each.isPending()) {
        return Kept.of(fleet.state(), each);
      }
    }
    return Kept.NOTHING;
  }

  /// Whether nothing but what is on the node speaks against it.
  boolean mayGetMore(FleetNode node) {
    NodeClass nodes = node.nodeClass();
    if (nodes == null || reject(nodes) != null) {
      return false;
    }
    CandidateGroup group = groupByClass.get(nodes);
    return group != null && !isClosed(group);
  }

  /// Whether a node that has got nothing yet could get one more, were only this on it.
  boolean wouldFit(FleetNode node, NodeUsage usage) {
    Candidate known = touched.get(node.name());
    if (known != null && known.placed() > 0) {
      return false;
    }
    Candidate then = candidate(node.with(usage));
    if (known != null) {
      then.release(known.released());
    }
    return reject(then) == null;
  }

  /// A slot will go to a node when others have left it: what must be near to it, or apart, counts
  /// it from now on.
  void expect(String name) {
    FleetNode node = fleet.node(name);
    if (node != null) {
      domains.placed(known(node));
    }
  }

  /// How many more slots the quota would allow after those that were placed.
  long quotaLeft() {
    return quotaLeft;
  }

  private Candidate known(FleetNode node) {
    Candidate known = touched.get(node.name());
    if (known != null) {
      return known;
    }
    Candidate fresh = candidate(node);
    touched.put(node.name(), fresh);
    CandidateGroup group = groupOf(fresh);
    if (group != null) {
      group.add(fresh);
    }
    return fresh;
  }

  /// The one node that may be, when it may get one more instance.
  @Nullable Candidate pinned(FleetNode node) {
    if (!mayGetMore(node)) {
      return null;
    }
    Candidate candidate = known(node);
    return reject(candidate) == null ? candidate : null;
  }
}
