package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Observation;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.DiskRoom;
import dev.berth.agent.reclaim.ImageReclaimer;
import dev.berth.agent.reclaim.ReclaimRules;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Images of a real daemon give back room, on a disk whose use a test makes up.
@Timeout(180)
class ImageReclaimIT {
  @RegisterExtension static final DockerRig RIG = new DockerRig();

  private final List<String> told = new ArrayList<>();

  /// An image that is like no other.
  private static void make(String name) throws IOException, InterruptedException {
    Path directory = Files.createDirectories(RIG.docker().directory().resolve("i-" + name));
    Files.writeString(directory.resolve("content"), name);
    PrivateDocker.run(
        "sh",
        "-c",
        "tar -C %s -c . | docker -H %s import - %s"
            .formatted(directory, RIG.docker().host(), name));
  }

  private boolean has(String name) throws Exception {
    return RIG.docker("images", "--format", "{{.Repository}}").lines().anyMatch(name::equals);
  }

  /// @param usedPercent how full the disk is at each look: at first, and after each removal
  private ImageReclaimer reclaimer(Set<String> needed, Duration minimumAge, int... usedPercent) {
    AtomicInteger looks = new AtomicInteger();
    return new ImageReclaimer(
        RIG.driver().reclaimable(),
        directory -> {
          assertTrue(directory.startsWith(RIG.docker().directory()), directory.toString());
          int look = Math.min(looks.getAndIncrement(), usedPercent.length - 1);
          return new DiskRoom(100, 100 - usedPercent[look]);
        },
        () -> needed,
        new ReclaimRules(85, 80, minimumAge),
        new ImageReclaimer.Told() {
          @Override
          public void removed(ReclaimableImages.Held image, long bytes, String why) {
            told.add("removed " + image.name());
          }

          @Override
          public void full(String why) {
            told.add("full " + why);
          }
        },
        AgentClock.system());
  }

  @Test
  void theOldestUnusedImagesGoUntilThereIsRoom() throws Exception {
    for (String name : List.of("oldest", "pinned", "middle", "newest")) {
      make(name);
    }
    RIG.docker("tag", "oldest", "second-name:2");
    // The second name came last of all: that image is the newest now.
    AssignedInstance instance =
        AssignedInstance.newBuilder()
            .setInstanceId(UUID.randomUUID().toString().replace("-", ""))
            .setWorkload("web")
            .setSlot(1)
            .setSpec(
                WorkloadSpec.newBuilder()
                    .setContainer(
                        ContainerSpec.newBuilder()
                            .setImage(PrivateDocker.IMAGE)
                            .addCommand("sleep")
                            .addCommand("1000")))
            .build();
    Observation container = RIG.driver().prepare(instance, _ -> {});
    try {
      reclaimer(Set.of("pinned", "not/here:1"), Duration.ZERO, 90, 83, 79).look();
      assertEquals(List.of("removed middle:latest", "removed newest:latest"), told);
      assertTrue(has("oldest") && has("second-name") && has("pinned"));
      told.clear();
      reclaimer(Set.of("pinned"), Duration.ZERO, 99).look();
      // What an ended or never started container was made from stays, and so does what is needed.
      assertEquals(2, told.size(), told.toString());
      assertTrue(told.getFirst().startsWith("removed "), told.toString());
      assertTrue(told.getLast().startsWith("full "), told.toString());
      assertTrue(!has("oldest") && !has("second-name"));
      assertTrue(has("pinned") && has(PrivateDocker.IMAGE));
    } finally {
      RIG.driver().remove(container.handle());
      RIG.docker("rmi", "pinned");
    }
  }

  @Test
  void whatHasJustComeStaysHoweverFullTheDiskIs() throws Exception {
    make("young");
    try {
      reclaimer(Set.of(), Duration.ofMinutes(5), 99).look();
      assertTrue(has("young"));
      assertEquals(1, told.size(), told.toString());
      assertTrue(told.getFirst().startsWith("full "), told.toString());
    } finally {
      RIG.docker("rmi", "young");
    }
  }
}
