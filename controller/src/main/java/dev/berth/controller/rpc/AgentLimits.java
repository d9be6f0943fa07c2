package dev.berth.controller.rpc;

import dev.berth.v1.DriverDescription;
import dev.berth.v1.Hello;
import dev.berth.v1.InstanceReport;
import dev.berth.v1.InstanceStatus;
import dev.berth.v1.Layer;
import dev.berth.v1.NodeDescription;
import dev.berth.v1.NodeNotice;
import dev.berth.v1.StatusReport;
import dev.berth.v1.WithheldDevice;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much an agent may say, so that one agent cannot fill everyone's memory. The core cuts and
/// marks the messages of instances; everything else over its limit ends the session.
final class AgentLimits {
  private static final int DRIVERS_MAX = 16;
  private static final int CAPABILITIES_MAX = 64;
  private static final int DEVICES_MAX = 256;
  private static final int LAYERS_MAX = 64;
  private static final int ATTRIBUTES_MAX = 256;
  private static final int HELLO_INSTANCES_MAX = 10_000;
  private static final int REPORT_INSTANCES_MAX = 1000;
  private static final int TRANSITIONS_MAX = 16;
  private static final int PHASES_MAX = 16;
  private static final int NOTICE_MAX = 1000;
  private static final int WORD_MAX = 256;
  private static final int TEXT_MAX = 4096;

  private AgentLimits() {}

  /// What is too much in a hello; null: nothing.
  static @Nullable String problem(Hello hello) {
    String problem = count("hello.instances", hello.getInstancesCount(), HELLO_INSTANCES_MAX);
    return problem != null ? problem : problem("hello.description", hello.getDescription());
  }

  /// What is too much in a report; null: nothing.
  static @Nullable String problem(StatusReport report) {
    String problem =
        count("status_report.instances", report.getInstancesCount(), REPORT_INSTANCES_MAX);
    for (InstanceReport instance : report.getInstancesList()) {
      InstanceStatus status = instance.getStatus();
      problem =
          first(
              problem,
              length("instance_id", instance.getInstanceId(), WORD_MAX),
              length("status.reason", status.getReason(), WORD_MAX),
              length("status.runtime_id", status.getRuntimeId(), WORD_MAX),
              length("status.driver", status.getDriver(), WORD_MAX),
              length("status.note", status.getNote(), TEXT_MAX),
              count("status.boot_phases", status.getBootPhasesCount(), PHASES_MAX),
              count("status.transitions", status.getTransitionsCount(), TRANSITIONS_MAX));
    }
    return problem;
  }

  /// What is too much in a description; null: nothing.
  static @Nullable String problem(String field, NodeDescription description) {
    String problem =
        first(
            length(field + ".address", description.getAddress(), WORD_MAX),
            length(field + ".agent_version", description.getAgentVersion(), WORD_MAX),
            length(field + ".boot_id", description.getBootId(), WORD_MAX),
            length(field + ".architecture", description.getArchitecture(), WORD_MAX),
            length(field + ".operating_system", description.getOperatingSystem(), WORD_MAX),
            count(field + ".drivers", description.getDriversCount(), DRIVERS_MAX),
            count(field + ".withheld_devices", description.getWithheldDevicesCount(), DEVICES_MAX),
            count(field + ".layers", description.getLayersCount(), LAYERS_MAX));
    for (DriverDescription driver : description.getDriversList()) {
      problem =
          first(
              problem,
              length(field + ".drivers.name", driver.getName(), WORD_MAX),
              length(field + ".drivers.version", driver.getVersion(), WORD_MAX),
              length(field + ".drivers.message", driver.getMessage(), TEXT_MAX),
              count(
                  field + ".drivers.capabilities", driver.getCapabilitiesCount(), CAPABILITIES_MAX),
              lengths(field + ".drivers.capabilities", driver.getCapabilitiesList()));
    }
    for (WithheldDevice device : description.getWithheldDevicesList()) {
      problem =
          first(
              problem,
              length(field + ".withheld_devices.name", device.getName(), WORD_MAX),
              length(field + ".withheld_devices.id", device.getId(), WORD_MAX),
              length(field + ".withheld_devices.reason", device.getReason(), TEXT_MAX));
    }
    for (Layer layer : description.getLayersList()) {
      problem = first(problem, problem(field + ".layers", layer));
    }
    return problem;
  }

  /// What is wrong with a notice; null: nothing.
  static @Nullable String problem(NodeNotice notice) {
    if (!notice.getReason().matches("[A-Za-z]{1,40}")) {
      return "notice.reason: value (expected: 1 to 40 letters)";
    }
    return length("notice.message", notice.getMessage(), NOTICE_MAX);
  }

  private static @Nullable String problem(String field, Layer layer) {
    String problem =
        first(
            length(field + ".name", layer.getName(), WORD_MAX),
            length(field + ".version", layer.getVersion(), WORD_MAX),
            count(field + ".attributes", layer.getAttributesCount(), ATTRIBUTES_MAX));
    for (Map.Entry<String, String> attribute : layer.getAttributesMap().entrySet()) {
      problem =
          first(
              problem,
              length(field + ".attributes", attribute.getKey(), WORD_MAX),
              length(field + ".attributes", attribute.getValue(), TEXT_MAX));
    }
    return problem;
  }

  private static @Nullable String first(@Nullable String... problems) {
    for (String problem : problems) {
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String lengths(String field, List<String> values) {
    String problem = null;
    for (String value : values) {
      problem = first(problem, length(field, value, WORD_MAX));
    }
    return problem;
  }

  private static @Nullable String length(String field, String value, int max) {
    return value.length() <= max
        ? null
        : "%s: length: %d (expected: at most %d characters)".formatted(field, value.length(), max);
  }

  private static @Nullable String count(String field, int count, int max) {
    return count <= max ? null : "%s: %d items (expected: at most %d)".formatted(field, count, max);
  }
}
