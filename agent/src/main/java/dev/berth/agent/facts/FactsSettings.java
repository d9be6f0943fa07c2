package dev.berth.agent.facts;

import dev.berth.spec.HostDevice;
import dev.berth.v1.Device;
import dev.berth.v1.Resources;
import java.util.List;

/// What an operator says of the host.
///
/// @param address address under which published ports are reached
/// @param capacityOverride what instances may use together; 0 in a field means all that is there
/// @param dynamicPortFirst first port of the dynamic range, 1 to 65535
/// @param dynamicPortLast last port of the dynamic range, 1 to 65535
/// @param agentVersion version of the agent
/// @param devices to offer besides those that are found
/// @param hostDevices that machines may have
public record FactsSettings(
    String address,
    Resources capacityOverride,
    int dynamicPortFirst,
    int dynamicPortLast,
    String agentVersion,
    List<Device> devices,
    List<HostDevice> hostDevices) {
  public FactsSettings {
    devices = List.copyOf(devices);
    hostDevices = List.copyOf(hostDevices);
  }
}
