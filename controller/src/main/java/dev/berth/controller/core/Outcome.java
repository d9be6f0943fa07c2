package dev.berth.controller.core;

import com.google.protobuf.Message;

/// How a request ended.
public sealed interface Outcome {
  /// It was done and is durable.
  ///
  /// @param answer the answer to the caller
  record Success(Message answer) implements Outcome {}

  /// It was not done.
  ///
  /// @param refusal why
  record Refused(Refusal refusal) implements Outcome {}
}
