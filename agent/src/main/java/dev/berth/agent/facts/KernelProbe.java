package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;

/// The kernel, and the distribution around it.
final class KernelProbe {
  private KernelProbe() {}

  static Layer read(HostFiles files) {
    Layer.Builder layer = Layer.newBuilder().setKind(LayerKind.LAYER_KIND_KERNEL);
    layer.setName(files.text("proc/sys/kernel/ostype").orElse("Linux"));
    layer.setVersion(files.text("proc/sys/kernel/osrelease").orElse(""));
    put(files, layer, "kernel_build", "proc/sys/kernel/version");
    put(files, layer, "boot_id", "proc/sys/kernel/random/boot_id");
    put(files, layer, "hostname", "proc/sys/kernel/hostname");
    osRelease(files, "PRETTY_NAME", "distribution", layer);
    osRelease(files, "ID", "distribution_id", layer);
    osRelease(files, "VERSION_ID", "distribution_version", layer);
    return layer.build();
  }

  private static void put(HostFiles files, Layer.Builder layer, String name, String path) {
    files.text(path).ifPresent(value -> layer.putAttributes(name, value));
  }

  private static void osRelease(HostFiles files, String key, String name, Layer.Builder layer) {
    String file = files.exists("etc/os-release") ? "etc/os-release" : "usr/lib/os-release";
    files.lines(file).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> unquoted(line.substring(key.length() + 1).strip()))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .ifPresent(value -> layer.putAttributes(name, value));
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
