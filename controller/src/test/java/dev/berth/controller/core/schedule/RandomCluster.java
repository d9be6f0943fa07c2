package dev.berth.controller.core.schedule;

import dev.berth.controller.core.model.Specs;
import dev.berth.v1.Device;
import dev.berth.v1.DeviceCount;
import dev.berth.v1.Mount;
import dev.berth.v1.Namespace;
import dev.berth.v1.Node;
import dev.berth.v1.NodeAvailability;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.Placement;
import dev.berth.v1.PlacementStrategy;
import dev.berth.v1.PortProtocol;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Preference;
import dev.berth.v1.Quota;
import dev.berth.v1.Resources;
import dev.berth.v1.Taint;
import dev.berth.v1.TaintEffect;
import dev.berth.v1.Toleration;
import dev.berth.v1.WorkloadAffinity;
import dev.berth.v1.WorkloadSpec;
import java.util.List;
import java.util.random.RandomGenerator;

/// Nodes, workloads and quotas at random, with all that placements can ask for.
final class RandomCluster {
  private static final List<String> ATTRIBUTES =
      List.of("node.labels.zone", "node.name", "node.labels.disk", "node.labels.zone");
  private static final List<String> EXPRESSIONS =
      List.of(
          "node.labels.zone in [a, b]",
          "node.labels.disk == ssd",
          "!has(node.labels.disk)",
          "node.name != n1",
          "node.arch == amd64",
          "node.labels.zone != c || node.name == n2");

  private final RandomGenerator random;

  RandomCluster(RandomGenerator random) {
    this.random = random;
  }

  boolean happens(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  Node.Builder node(String name) {
    NodeDescription.Builder host =
        Specs.host(500L * (1 + random.nextInt(6)), 512L * (1 + random.nextInt(6)))
            .setArchitecture(happens(80) ? "amd64" : "arm64")
            .setDynamicPortFirst(30_000)
            .setDynamicPortLast(30_000 + random.nextInt(4));
    for (int i = random.nextInt(4); i > 1; i--) {
      host.addDevices(Device.newBuilder().setName("gpu").setId("g" + i));
    }
    if (happens(5)) {
      host.clearDrivers();
    }
    Node.Builder node =
        Node.newBuilder()
            .setName(name)
            .setDescription(host)
            .setAvailability(
                happens(90)
                    ? NodeAvailability.NODE_AVAILABILITY_ACTIVE
                    : NodeAvailability.NODE_AVAILABILITY_CORDONED);
    if (happens(90)) {
      node.putLabels("zone", any(List.of("a", "b", "c")));
    }
    if (happens(60)) {
      node.putLabels("disk", any(List.of("ssd", "hdd")));
    }
    if (happens(60)) {
      node.putLabels("unused", name);
    }
    if (happens(15)) {
      node.addTaints(
          Taint.newBuilder()
              .setKey(any(List.of("gpu", "old")))
              .setValue(any(List.of("", "x")))
              .setEffect(
                  happens(50)
                      ? TaintEffect.TAINT_EFFECT_NO_SCHEDULE
                      : TaintEffect.TAINT_EFFECT_NO_EXECUTE));
    }
    return node;
  }

  WorkloadSpec spec(int workloads) {
    WorkloadSpec.Builder spec =
        Specs.service(1)
            .setPriority(any(List.of(0, 20, 35, 60, 90)))
            .setResources(
                Resources.newBuilder()
                    .setCpuMillis(50L * (1 + random.nextInt(12)))
                    .setMemoryBytes((64L << 20) * (1 + random.nextInt(8))));
    if (happens(12)) {
      spec.getResourcesBuilder().addDevices(DeviceCount.newBuilder().setName("gpu").setCount(1));
    }
    if (happens(15)) {
      spec.addPorts(port(happens(50) ? 8_080 : 30_001));
    }
    if (happens(15)) {
      spec.addPorts(port(0));
    }
    if (happens(10)) {
      spec.addMounts(Mount.newBuilder().setTarget("/data").setVolume("data"));
    }
    if (happens(75)) {
      spec.setPlacement(placement(workloads));
    }
    return spec.build();
  }

  private static PortSpec.Builder port(int publish) {
    return PortSpec.newBuilder()
        .setTarget(80)
        .setPublish(publish)
        .setProtocol(PortProtocol.PORT_PROTOCOL_TCP);
  }

  private Placement placement(int workloads) {
    Placement.Builder placement = Placement.newBuilder();
    if (happens(25)) {
      placement.addRequire(any(EXPRESSIONS));
    }
    for (int i = random.nextInt(3); i > 1; i--) {
      placement.addPrefer(
          Preference.newBuilder()
              .setExpression(any(EXPRESSIONS))
              .setWeight(any(List.of(-40, 10, 25))));
    }
    if (happens(35)) {
      placement.addSpread(any(ATTRIBUTES));
    }
    if (placement.getSpreadCount() > 0 && happens(30)) {
      String second = any(ATTRIBUTES);
      if (!placement.getSpreadList().contains(second)) {
        placement.addSpread(second);
      }
    }
    if (happens(25)) {
      placement.addAffinity(term(workloads));
    }
    if (happens(30)) {
      placement.addAntiAffinity(term(workloads));
    }
    if (happens(30)) {
      placement.addTolerations(toleration());
    }
    if (happens(30)) {
      placement.setStrategy(PlacementStrategy.PLACEMENT_STRATEGY_SPREAD);
    }
    return placement.build();
  }

  private WorkloadAffinity term(int workloads) {
    return WorkloadAffinity.newBuilder()
        .setWorkload(happens(40) ? "" : "w" + random.nextInt(workloads))
        .setWithin(any(ATTRIBUTES))
        .setWeight(happens(50) ? 0 : 15)
        .build();
  }

  private Toleration toleration() {
    Toleration.Builder toleration = Toleration.newBuilder().setKey(any(List.of("gpu", "old", "")));
    if (happens(40)) {
      toleration.setValue("x");
    }
    return toleration
        .setEffect(
            any(
                List.of(
                    TaintEffect.TAINT_EFFECT_UNSPECIFIED, TaintEffect.TAINT_EFFECT_NO_SCHEDULE)))
        .build();
  }

  Namespace namespace() {
    Quota.Builder quota = Quota.newBuilder();
    if (happens(40)) {
      quota.setCpuMillis(500L * random.nextInt(10));
    }
    if (happens(40)) {
      quota.setMemoryBytes((512L << 20) * random.nextInt(10));
    }
    if (happens(40)) {
      quota.setInstances(random.nextInt(12));
    }
    return Namespace.newBuilder().setName("default").setQuota(quota).build();
  }
}
