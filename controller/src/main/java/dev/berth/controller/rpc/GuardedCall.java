package dev.berth.controller.rpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A call that several threads may answer and end: what comes after the end is dropped.
///
/// @param <Q> what is asked
/// @param <A> what is answered
final class GuardedCall<Q, A> extends ServerCall<Q, A> {
  private final ServerCall<Parsed<Q>, A> inner;
  private final MethodDescriptor<Q, A> method;
  private boolean closed;

  private final Supplier<Optional<String>> leader;

  /// @param leader the address of another controller that leads, told with every UNAVAILABLE
  GuardedCall(
      ServerCall<Parsed<Q>, A> inner,
      MethodDescriptor<Q, A> method,
      Supplier<Optional<String>> leader) {
    this.inner = inner;
    this.method = method;
    this.leader = leader;
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!closed) {
      inner.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(A message) {
    if (!closed) {
      inner.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!closed) {
      closed = true;
      if (!status.isOk()) {
        trailers.discardAll(BerthHeaders.SAID);
        trailers.put(BerthHeaders.SAID, "true");
      }
      if (status.getCode() == Status.Code.UNAVAILABLE) {
        trailers.discardAll(BerthHeaders.LEADER);
        leader.get().ifPresent(address -> trailers.put(BerthHeaders.LEADER, address));
      }
      inner.close(status, trailers);
    }
  }

  /// Whether it was ended from this side.
  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public void request(int messages) {
    inner.request(messages);
  }

  @Override
  public boolean isReady() {
    return inner.isReady();
  }

  @Override
  public boolean isCancelled() {
    return inner.isCancelled();
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    inner.setMessageCompression(enabled);
  }

  @Override
  public void setCompression(String compressor) {
    inner.setCompression(compressor);
  }

  @Override
  public void setOnReadyThreshold(int bytes) {
    inner.setOnReadyThreshold(bytes);
  }

  @Override
  public Attributes getAttributes() {
    return inner.getAttributes();
  }

  @Override
  public @Nullable String getAuthority() {
    return inner.getAuthority();
  }

  @Override
  public SecurityLevel getSecurityLevel() {
    return inner.getSecurityLevel();
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }
}
