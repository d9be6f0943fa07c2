package dev.berth.simulation.etcd;

import io.grpc.Status;

/// A request that etcd answered with an error. Nothing of it was applied.
public final class EtcdRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Status.Code code;

  EtcdRefusedException(Status.Code code, String message) {
    super(message);
    this.code = code;
  }

  /// The gRPC code.
  public Status.Code code() {
    return code;
  }

  static EtcdRefusedException invalid(String message) {
    return new EtcdRefusedException(Status.Code.INVALID_ARGUMENT, "etcdserver: " + message);
  }
}
