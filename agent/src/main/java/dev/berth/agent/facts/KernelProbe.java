package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;

/// The kernel, and how it keeps apart what runs on it.
final class KernelProbe {
  private KernelProbe() {}

  static Layer read(HostFiles files) {
    Layer.Builder layer = Layer.newBuilder().setKind(LayerKind.LAYER_KIND_KERNEL);
    layer.setName(files.text("proc/sys/kernel/ostype").orElse("Linux"));
    layer.setVersion(files.text("proc/sys/kernel/osrelease").orElse(""));
    put(files, layer, "kernel_build", "proc/sys/kernel/version");
    put(files, layer, "boot_id", "proc/sys/kernel/random/boot_id");
    put(files, layer, "hostname", "proc/sys/kernel/hostname");
    KernelIsolation.put(files, layer);
    return layer.build();
  }

  private static void put(HostFiles files, Layer.Builder layer, String name, String path) {
    files.text(path).ifPresent(value -> layer.putAttributes(name, value));
  }
}
