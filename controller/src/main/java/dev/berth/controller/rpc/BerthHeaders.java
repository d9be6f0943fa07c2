package dev.berth.controller.rpc;

import io.grpc.Metadata;

/// Metadata that Berth adds to calls.
final class BerthHeaders {
  /// Where the leader's API is dialled, "host:port": with answers of a controller that does not
  /// lead, and with its UNAVAILABLE.
  static final Metadata.Key<String> LEADER =
      Metadata.Key.of("berth-leader", Metadata.ASCII_STRING_MARSHALLER);

  /// With answers from a stored state when no controller leads: its age in milliseconds.
  static final Metadata.Key<String> STATE_AGE =
      Metadata.Key.of("berth-state-age-ms", Metadata.ASCII_STRING_MARSHALLER);

  /// From controller to leader: the certificate (DER) of the user whose call is handed on. Counts
  /// only from a controller, and only if the cluster's authority issued it.
  static final Metadata.Key<byte[]> CALLER =
      Metadata.Key.of("berth-caller-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /// With an UNAVAILABLE of which it is certain that nothing was carried out: it may be repeated,
  /// whatever it was.
  static final Metadata.Key<String> UNTOUCHED =
      Metadata.Key.of("berth-untouched", Metadata.ASCII_STRING_MARSHALLER);

  /// With every end but OK that a controller has said itself, so that it is known from the end of a
  /// connection. The value says nothing.
  static final Metadata.Key<String> SAID =
      Metadata.Key.of("berth-said", Metadata.ASCII_STRING_MARSHALLER);

  /// With the end of a session: the controller ends all of them, so that agents dial in their turn
  /// (`Welcome.dial_spread`). The value says nothing.
  static final Metadata.Key<String> ALL_LEAVE =
      Metadata.Key.of("berth-all-leave", Metadata.ASCII_STRING_MARSHALLER);

  private BerthHeaders() {}
}
