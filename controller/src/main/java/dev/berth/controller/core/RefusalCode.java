package dev.berth.controller.core;

/// Kinds of refusals, each of which becomes the gRPC code of the same name, but for [#OVERLOADED].
public enum RefusalCode {
  /// Something in the request is wrong whatever the state is.
  INVALID_ARGUMENT,
  /// What is named does not exist.
  NOT_FOUND,
  /// The name is taken.
  ALREADY_EXISTS,
  /// The state does not allow it now.
  FAILED_PRECONDITION,
  /// Someone else was faster: read again and repeat.
  ABORTED,
  /// The caller may not.
  PERMISSION_DENIED,
  /// The caller is not who it says, or its token is no good.
  UNAUTHENTICATED,
  /// There is no room for more.
  RESOURCE_EXHAUSTED,
  /// Too much waits already: nothing was done, repeat in a second or more. Becomes
  /// RESOURCE_EXHAUSTED with a `google.rpc.RetryInfo`.
  OVERLOADED,
  /// Nobody can do it now; repeat later.
  UNAVAILABLE
}
