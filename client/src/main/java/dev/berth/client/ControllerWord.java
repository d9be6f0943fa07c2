package dev.berth.client;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;

/// Tells what a controller has said from what becomes of a call when the connection ends.
public final class ControllerWord {
  private static final Metadata.Key<String> SAID =
      Metadata.Key.of("berth-said", Metadata.ASCII_STRING_MARSHALLER);

  private ControllerWord() {}

  /// Whether a controller itself ended the call in this way.
  public static boolean isIn(StatusRuntimeException failure) {
    Metadata trailers = failure.getTrailers();
    return trailers != null && trailers.containsKey(SAID);
  }
}
