package dev.berth.spec;

import dev.berth.v1.Quota;
import java.util.List;

/// The bounds of a namespace's quota.
public final class QuotaRules {
  /// Most CPU of a quota, in thousandths.
  public static final long CPU_MILLIS_MAX = 1L << 53;

  /// Most memory of a quota, in bytes.
  public static final long MEMORY_BYTES_MAX = 1L << 60;

  /// Most instances of a quota.
  public static final int INSTANCES_MAX = 10_000_000;

  private QuotaRules() {}

  /// Everything that is wrong with a quota; what is absent is not limited.
  ///
  /// @param path of the quota, with which the findings' paths begin: `namespace.quota`
  public static List<Violation> validate(String path, Quota quota) {
    Findings findings = new Findings();
    if (quota.hasCpuMillis()) {
      limit(path + ".cpu_millis", quota.getCpuMillis(), CPU_MILLIS_MAX, findings);
    }
    if (quota.hasMemoryBytes()) {
      limit(path + ".memory_bytes", quota.getMemoryBytes(), MEMORY_BYTES_MAX, findings);
    }
    if (quota.hasInstances()) {
      findings.range(path + ".instances", quota.getInstances(), 1, INSTANCES_MAX);
    }
    return findings.asList();
  }

  private static void limit(String path, long value, long max, Findings findings) {
    if (value < 1 || value > max) {
      findings.add(path, "value: " + value + " (expected: 1 to " + max + ")");
    }
  }
}
