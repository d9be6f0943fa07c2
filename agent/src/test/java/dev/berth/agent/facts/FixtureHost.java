package dev.berth.agent.facts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A host made of files in a directory.
record FixtureHost(Path root) {
  FixtureHost with(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  FixtureHost withBytes(String path, byte[] bytes) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    return this;
  }

  FixtureHost withDirectory(String path) throws IOException {
    Files.createDirectories(root.resolve(path));
    return this;
  }

  FixtureHost withLink(String path, String to) throws IOException {
    Path link = root.resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(to));
    return this;
  }

  /// CPUs of a socket, two threads a core, and the NUMA node they are.
  FixtureHost withSocket(int socket, int firstCpu, int cpus) throws IOException {
    FixtureHost host = this;
    for (int cpu = firstCpu; cpu < firstCpu + cpus; cpu++) {
      String at = "sys/devices/system/cpu/cpu" + cpu + "/topology/";
      host =
          host.with(at + "physical_package_id", socket + "\n")
              .with(at + "core_id", (cpu - firstCpu) / 2 + "\n");
    }
    String node = "sys/devices/system/node/node" + socket;
    return host.with(node + "/cpulist", firstCpu + "-" + (firstCpu + cpus - 1) + "\n")
        .with(
            node + "/meminfo",
            "Node %1$d MemTotal:       65536 kB\nNode %1$d MemFree:  1 kB\n".formatted(socket));
  }

  FixtureHost withDisk(String name, long bytes, String model) throws IOException {
    return with("sys/block/" + name + "/size", Long.toString(bytes / 512))
        .with("sys/block/" + name + "/device/model", model + "\n")
        .with("sys/block/" + name + "/queue/rotational", "0\n");
  }

  FixtureHost withCard(String name, String mac, int speedMbits) throws IOException {
    return with("sys/class/net/" + name + "/type", "1\n")
        .with("sys/class/net/" + name + "/address", mac + "\n")
        .with("sys/class/net/" + name + "/speed", speedMbits + "\n")
        .with("sys/class/net/" + name + "/operstate", "up\n")
        .withLink("sys/class/net/" + name + "/device/driver", "../../../bus/pci/drivers/ice");
  }

  FixtureHost withGraphics(String address, String vendor, String device, String driver)
      throws IOException {
    String at = "sys/bus/pci/devices/" + address;
    return with(at + "/class", "0x030000\n")
        .with(at + "/vendor", vendor + "\n")
        .with(at + "/device", device + "\n")
        .withLink(at + "/driver", "../../../bus/pci/drivers/" + driver);
  }

  /// The CPUID device with a hypervisor's signature at its first leaf.
  FixtureHost withCpuid(long leaf, String signature) throws IOException {
    Path file = root.resolve("dev/cpu/0/cpuid");
    Files.createDirectories(file.getParent());
    ByteBuffer registers = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    registers.putInt((int) leaf).put(signature.getBytes(StandardCharsets.ISO_8859_1)).rewind();
    registers.limit(16);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(registers, leaf); // a sparse file: the leaf is the offset
    }
    return this;
  }

  static String cpuinfo(int cpus, String model, String flags) {
    StringBuilder text = new StringBuilder();
    for (int cpu = 0; cpu < cpus; cpu++) {
      text.append("processor\t: ").append(cpu).append("\nvendor_id\t: GenuineIntel\n");
      text.append("model name\t: ").append(model).append("\nphysical id\t: ").append(cpu % 2);
      text.append("\nflags\t\t: ").append(flags).append("\n\n");
    }
    return text.toString();
  }
}
