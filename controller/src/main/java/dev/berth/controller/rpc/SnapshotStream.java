package dev.berth.controller.rpc;

import dev.berth.controller.core.RefusalCode;
import dev.berth.v1.SaveSnapshotResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Sends a copy of what is stored to one caller, no faster than it reads. Blocks: it has a thread
/// of its own.
final class SnapshotStream {
  private static final long SILENCE_SECONDS = 60;

  private final Controllers controllers;
  private final ServerCallStreamObserver<SaveSnapshotResponse> caller;
  private final Semaphore signals = new Semaphore(0);

  /// Must be made before the call's method returns.
  SnapshotStream(Controllers controllers, ServerCallStreamObserver<SaveSnapshotResponse> caller) {
    this.controllers = controllers;
    this.caller = caller;
    caller.setOnReadyHandler(signals::release);
    caller.setOnCancelHandler(signals::release);
  }

  /// Sends all of it.
  void run() {
    try {
      controllers.copyState(this::send);
      caller.onCompleted();
    } catch (IOException e) {
      caller.onError(
          StatusMapper.refused(
              RefusalCode.UNAVAILABLE, e.getMessage() + "; nothing of the copy may be used"));
    } catch (StatusRuntimeException e) {
      if (!caller.isCancelled()) {
        caller.onError(e);
      }
    }
  }

  private void send(SaveSnapshotResponse part) {
    try {
      while (!caller.isReady() && !caller.isCancelled()) {
        if (!signals.tryAcquire(SILENCE_SECONDS, TimeUnit.SECONDS)) {
          throw StatusMapper.refused(
              RefusalCode.RESOURCE_EXHAUSTED,
              "the copy was not read for " + SILENCE_SECONDS + " s: repeat");
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw StatusMapper.refused(RefusalCode.UNAVAILABLE, "this controller stops: repeat");
    }
    if (caller.isCancelled()) {
      throw Status.CANCELLED.asRuntimeException();
    }
    caller.onNext(part);
  }
}
