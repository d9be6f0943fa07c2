package dev.berth.client.stack;

import dev.berth.v1.WorkloadSpec;

/// One workload of a stack file.
///
/// @param name by the grammar of workload names
/// @param spec what the file says; type and replicas are filled in, nothing else is
public record StackWorkload(String name, WorkloadSpec spec) {}
