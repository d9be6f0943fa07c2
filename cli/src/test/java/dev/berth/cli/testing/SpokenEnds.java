package dev.berth.cli.testing;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/// Marks the ends of calls as a controller's own word, as controllers do.
final class SpokenEnds implements ServerInterceptor {
  private static final Metadata.Key<String> SAID =
      Metadata.Key.of("berth-said", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (!status.isOk()) {
              trailers.put(SAID, "true");
            }
            super.close(status, trailers);
          }
        },
        headers);
  }
}
