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
        .withDirectory("sys/class/net/" + name + "/device");
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
