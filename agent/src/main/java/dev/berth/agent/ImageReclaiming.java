package dev.berth.agent;

import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.driver.ImageCapable;
import dev.berth.agent.driver.ReclaimableImages;
import dev.berth.agent.driver.ReclaimableImages.Held;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.DiskRoom;
import dev.berth.agent.reclaim.ImageReclaimer;
import dev.berth.agent.reclaim.ReclaimRules;
import dev.berth.spec.Quantity;
import dev.berth.v1.NodeNotice;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of images of containers that gave back their room: in the log, in the cluster's events and
/// in metrics.
///
/// @param agent tells the controller
record ImageReclaiming(Agent agent, AgentMetrics metrics) implements ImageReclaimer.Told {
  private static final Logger LOG = LoggerFactory.getLogger(ImageReclaiming.class);
  private static final int MESSAGE_MAX = 1000;

  /// Who removes images on this host.
  ///
  /// @return empty: nobody; it is turned off, or no driver has images of containers
  static Optional<ImageReclaimer> of(
      ReclaimRules rules,
      DriverRegistry drivers,
      Agent agent,
      AgentMetrics metrics,
      AgentClock clock) {
    return drivers.all().stream()
        .filter(_ -> rules.fullPercent() < 100)
        .filter(ImageCapable.class::isInstance)
        .map(driver -> ((ImageCapable) driver).reclaimable())
        .findFirst()
        .map(images -> reclaimer(images, rules, agent, metrics, clock));
  }

  private static ImageReclaimer reclaimer(
      ReclaimableImages images,
      ReclaimRules rules,
      Agent agent,
      AgentMetrics metrics,
      AgentClock clock) {
    return new ImageReclaimer(
        images,
        DiskRoom::at,
        agent::neededImages,
        rules,
        new ImageReclaiming(agent, metrics),
        clock);
  }

  @Override
  public void removed(Held image, long reclaimedBytes, String why) {
    metrics.imageReclaimed(reclaimedBytes);
    tell(
        "ImageRemoved",
        "image %s was removed, which gave back %s: %s, and nothing used it"
            .formatted(image.name(), Quantity.roundedMemory(reclaimedBytes), why),
        false);
  }

  @Override
  public void full(String why) {
    tell("ImageDiskFull", why, true);
  }

  private void tell(String reason, String message, boolean warning) {
    LOG.info("{}: {}", reason, message);
    agent.notice(
        NodeNotice.newBuilder()
            .setReason(reason)
            .setMessage(message.substring(0, Math.min(MESSAGE_MAX, message.length())))
            .setWarning(warning)
            .build());
  }
}
