package dev.berth.agent.driver.libvirt;

import java.util.UUID;

/// A machine's UUID is its instance's id, so that making it twice finds it the second time.
final class MachineId {
  private static final int HALF = 16;

  private MachineId() {}

  /// @param instanceId 32 lower-case hexadecimal digits
  static UUID of(String instanceId) {
    return new UUID(
        Long.parseUnsignedLong(instanceId, 0, HALF, HALF),
        Long.parseUnsignedLong(instanceId, HALF, 2 * HALF, HALF));
  }

  static String instanceId(UUID machine) {
    return machine.toString().replace("-", "");
  }
}
