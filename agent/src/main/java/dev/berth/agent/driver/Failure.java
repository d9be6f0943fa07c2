package dev.berth.agent.driver;

/// Why a driver's call failed.
public sealed interface Failure {
  /// One CamelCase word, such as "ImagePullFailed".
  String reason();

  /// For people: one sentence with what to do next, at most 1 KiB.
  String message();

  /// May succeed when repeated: the runtime does not answer, a registry is away. The outcome of the
  /// failed call is unknown.
  record Retryable(String reason, String message) implements Failure {}

  /// Will not succeed for this instance on this node: no such image, a refused mount, a port taken.
  record Permanent(String reason, String message) implements Failure {}
}
