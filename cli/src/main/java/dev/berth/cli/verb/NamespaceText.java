package dev.berth.cli.verb;

import dev.berth.cli.term.Ages;
import dev.berth.spec.Quantity;
import dev.berth.v1.Namespace;
import dev.berth.v1.Quota;
import java.time.Instant;

/// A namespace in words. What is reserved stands before what may be reserved: `300m/8`; without a
/// limit it stands alone.
final class NamespaceText {
  private NamespaceText() {}

  static String cpu(Namespace namespace) {
    Quota quota = namespace.getQuota();
    return Quantity.formatCpu(namespace.getReserved().getCpuMillis())
        + (quota.hasCpuMillis() ? "/" + Quantity.formatCpu(quota.getCpuMillis()) : "");
  }

  static String memory(Namespace namespace) {
    Quota quota = namespace.getQuota();
    return Quantity.roundedMemory(namespace.getReserved().getMemoryBytes())
        + (quota.hasMemoryBytes() ? "/" + Quantity.roundedMemory(quota.getMemoryBytes()) : "");
  }

  static String instances(Namespace namespace) {
    Quota quota = namespace.getQuota();
    return namespace.getInstances() + (quota.hasInstances() ? "/" + quota.getInstances() : "");
  }

  /// All of a namespace, a line for each thing.
  static String whole(Namespace namespace, Instant now) {
    String created =
        namespace.hasCreateTime()
            ? Ages.since(namespace.getCreateTime(), now) + " ago"
            : "with its first workload";
    return "Name:       "
        + namespace.getName()
        + "\nCreated:    "
        + created
        + "\nWorkloads:  "
        + namespace.getWorkloads()
        + "\nInstances:  "
        + instances(namespace)
        + "\nCPU:        "
        + cpu(namespace)
        + "\nMemory:     "
        + memory(namespace)
        + "\n";
  }
}
