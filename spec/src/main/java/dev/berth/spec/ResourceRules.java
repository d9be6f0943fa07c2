package dev.berth.spec;

import dev.berth.v1.DeviceCount;
import dev.berth.v1.Resources;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The bounds of what a slot asks for.
final class ResourceRules {
  private static final long CPU_MILLIS_MAX = 1_024_000;
  private static final long MEMORY_MIN = 6L << 20;
  private static final long MEMORY_MAX = 64L << 40;
  private static final int DEVICES_MAX = 16;
  private static final int DEVICE_COUNT_MAX = 64;

  private ResourceRules() {}

  static void check(String path, Resources resources, Findings findings) {
    long cpu = resources.getCpuMillis();
    if (cpu < 0 || cpu > CPU_MILLIS_MAX) {
      findings.add(
          path + ".cpu_millis", "value: " + cpu + " (expected: 0 to " + CPU_MILLIS_MAX + ")");
    }
    long memory = resources.getMemoryBytes();
    if (memory != 0 && (memory < MEMORY_MIN || memory > MEMORY_MAX)) {
      findings.add(
          path + ".memory_bytes",
          "value: "
              + memory
              + " (expected: 0 or "
              + MEMORY_MIN
              + " to "
              + MEMORY_MAX
              + ", which is 6Mi to 64Ti)");
    }
    devices(path + ".devices", resources.getDevicesList(), findings);
  }

  private static void devices(String path, List<DeviceCount> devices, Findings findings) {
    findings.count(path, devices.size(), DEVICES_MAX, "sorts of devices");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < devices.size(); i++) {
      DeviceCount device = devices.get(i);
      String where = path + "[" + i + "]";
      findings.check(where + ".name", Names.deviceProblem(device.getName()));
      if (!names.add(device.getName())) {
        findings.add(
            where + ".name",
            "value: " + Printable.quote(device.getName()) + " (expected: a name used once)");
      }
      HostDevice.ofSort(device.getName())
          .ifPresent(
              host ->
                  findings.add(
                      where + ".name",
                      "value: "
                          + Printable.quote(device.getName())
                          + " (expected: "
                          + host
                          + " in vm.host_devices of a virtual machine)"));
      findings.range(where + ".count", device.getCount(), 1, DEVICE_COUNT_MAX);
    }
  }
}
