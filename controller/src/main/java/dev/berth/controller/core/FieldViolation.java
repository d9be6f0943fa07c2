package dev.berth.controller.core;

/// A field that is wrong.
///
/// @param field its path in the request, such as "workload.spec.replicas"
/// @param problem what is wrong, such as "value: -1 (expected: 0 to 10000)"
public record FieldViolation(String field, String problem) {}
