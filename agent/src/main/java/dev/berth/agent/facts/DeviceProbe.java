package dev.berth.agent.facts;

import dev.berth.v1.Device;
import dev.berth.v1.DeviceCount;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Finds the devices that can be given to instances: NVIDIA's GPUs, the kernel's render nodes, and
/// what an operator named.
final class DeviceProbe {
  /// Most that a node offers.
  static final int DEVICES_MAX = 256;

  private DeviceProbe() {}

  /// The devices that are there now, by name and id.
  ///
  /// @param root where the host's file system is seen
  /// @param named by an operator; those that are not there are left out
  static List<Device> read(Path root, List<Device> named) {
    List<Device> found = new ArrayList<>();
    search(root, "dev", "nvidia[0-9]{1,5}", "gpu", found);
    search(root, "dev/dri", "renderD[0-9]{1,5}", "render", found);
    named.stream()
        .filter(each -> isDevice(root.resolve(each.getId().substring(1))))
        .forEach(found::add);
    return found.stream()
        .distinct()
        .sorted(Comparator.comparing(Device::getName).thenComparing(Device::getId))
        .limit(DEVICES_MAX)
        .toList();
  }

  /// How many there are of each name.
  static List<DeviceCount> count(List<Device> devices) {
    Map<String, Integer> counts = new TreeMap<>();
    devices.forEach(each -> counts.merge(each.getName(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(
            each ->
                DeviceCount.newBuilder().setName(each.getKey()).setCount(each.getValue()).build())
        .toList();
  }

  private static void search(
      Path root, String directory, String file, String name, List<Device> found) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(directory))) {
      for (Path each : files) {
        String last = String.valueOf(each.getFileName());
        if (last.matches(file) && isDevice(each)) {
          found.add(Device.newBuilder().setName(name).setId("/" + directory + "/" + last).build());
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // A host without such a directory has none of them.
    }
  }

  /// Neither a file nor a directory nor a link to somewhere else.
  private static boolean isDevice(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther();
    } catch (IOException _) {
      return false;
    }
  }
}
