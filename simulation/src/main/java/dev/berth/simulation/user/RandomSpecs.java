package dev.berth.simulation.user;

import dev.berth.v1.ContainerSpec;
import dev.berth.v1.LostPolicy;
import dev.berth.v1.PortSpec;
import dev.berth.v1.Resources;
import dev.berth.v1.WorkloadSpec;
import dev.berth.v1.WorkloadType;
import java.util.random.RandomGenerator;

/// Specs of all kinds of workloads.
final class RandomSpecs {
  private static final int MAX_REPLICAS = 4;

  private final RandomGenerator random;

  RandomSpecs(RandomGenerator random) {
    this.random = random;
  }

  WorkloadSpec spec(int index, LostPolicy lost) {
    String image = image();
    WorkloadSpec.Builder spec =
        WorkloadSpec.newBuilder()
            .setType(
                image.startsWith("batch")
                    ? WorkloadType.WORKLOAD_TYPE_BATCH
                    : WorkloadType.WORKLOAD_TYPE_SERVICE)
            .setReplicas(replicas())
            .setContainer(ContainerSpec.newBuilder().setImage(image))
            .setLostPolicy(lost)
            .setResources(
                Resources.newBuilder()
                    .setCpuMillis(100 + 100L * random.nextInt(5))
                    .setMemoryBytes((64L + 64L * random.nextInt(4)) << 20));
    if (random.nextInt(4) == 0) {
      spec.addPorts(PortSpec.newBuilder().setName("http").setTarget(80).setPublish(8_000 + index));
    }
    return spec.build();
  }

  int replicas() {
    return random.nextInt(MAX_REPLICAS + 1);
  }

  private String image() {
    int kind = random.nextInt(20);
    if (kind < 12) {
      return "steady";
    }
    return switch (kind) {
      case 12, 13 -> "slow/" + (1 + random.nextInt(8));
      case 14 -> "stubborn";
      case 15 -> "crash/" + (1 + random.nextInt(20));
      case 16 -> "oom/" + (1 + random.nextInt(40));
      case 17, 18 -> "batch/" + (1 + random.nextInt(20));
      default -> "steady";
    };
  }
}
