package dev.berth.client.stack;

import dev.berth.v1.WorkloadSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/// A stack while it is read.
final class StackDraft {
  private String name = "";
  private Map<String, WorkloadSpec.Builder> workloads = new LinkedHashMap<>();

  String name() {
    return name;
  }

  Map<String, WorkloadSpec.Builder> workloads() {
    return workloads;
  }

  void setName(String name) {
    this.name = name;
  }

  void setWorkloads(Map<String, WorkloadSpec.Builder> workloads) {
    this.workloads = workloads;
  }
}
