package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.berth.v1.Volume;
import dev.berth.v1.VolumePruneRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/// A volume of the daemon, as the API speaks of it.
final class VolumeMessage {
  /// What newer daemons put on volumes that they named themselves.
  private static final String ANONYMOUS = "com.docker.volume.anonymous";

  /// How older daemons name such volumes.
  private static final Pattern GENERATED = Pattern.compile("[0-9a-f]{64}");

  private VolumeMessage() {}

  static Volume of(JsonNode volume, ContainerUsers.Now users) {
    String name = DaemonJson.text(volume, "Name");
    Volume.Builder message =
        Volume.newBuilder()
            .setName(name)
            .setDriver(DaemonJson.text(volume, "Driver"))
            .setScope(DaemonJson.text(volume, "Scope"))
            .setMountpoint(DaemonJson.text(volume, "Mountpoint"))
            .putAllLabels(DaemonJson.pairs(volume.path("Labels")))
            .putAllOptions(DaemonJson.pairs(volume.path("Options")))
            .addAllUsers(users.of(name));
    message.setAnonymous(message.containsLabels(ANONYMOUS) || GENERATED.matcher(name).matches());
    time(DaemonJson.text(volume, "CreatedAt")).ifPresent(message::setCreateTime);
    return message.build();
  }

  /// Whether its labels are those that a removal means.
  static boolean fits(Volume volume, VolumePruneRequest which) {
    return which.getLabelsList().stream().allMatch(filter -> has(volume, filter))
        && which.getExcludedLabelsList().stream().noneMatch(filter -> has(volume, filter));
  }

  private static boolean has(Volume volume, String filter) {
    int equals = filter.indexOf('=');
    String key = equals < 0 ? filter : filter.substring(0, equals);
    String value = volume.getLabelsMap().get(key);
    return value != null && (equals < 0 || value.equals(filter.substring(equals + 1)));
  }

  /// A time of the daemon; empty where it says none, as plugins may.
  static Optional<Timestamp> time(String text) {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      return Optional.of(
          Timestamp.newBuilder()
              .setSeconds(instant.getEpochSecond())
              .setNanos(instant.getNano())
              .build());
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
