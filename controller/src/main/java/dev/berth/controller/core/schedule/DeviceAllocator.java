package dev.berth.controller.core.schedule;

import dev.berth.v1.Device;
import dev.berth.v1.DeviceCount;
import java.util.ArrayList;
import java.util.List;

/// Gives an instance devices of its node that nothing else holds.
final class DeviceAllocator {
  private DeviceAllocator() {}

  static List<Device> allocate(Candidate candidate, List<DeviceCount> wanted) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    List<Device> given = new ArrayList<>();
    for (DeviceCount each : wanted) {
      int left = each.getCount();
      for (Device device : candidate.description().getDevicesList()) {
        if (left > 0 && device.getName().equals(each.getName()) && !candidate.holds(device)) {
          given.add(device);
          left--;
        }
      }
    }
    return given;
  }
}
