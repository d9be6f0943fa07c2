package dev.berth.agent.session;

import dev.berth.agent.driver.ConsoleCapable;
import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.ContainerNetworks;
import dev.berth.agent.driver.ContainerVolumes;
import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.Failure;
import dev.berth.agent.driver.SnapshotCapable;
import io.grpc.Status;

/// With which code a stream ends whose driver could not do what it needs.
final class FailureCodes {
  private FailureCodes() {}

  static Status.Code of(Failure failure) {
    return switch (failure) {
      case Failure.Retryable _ -> Status.Code.UNAVAILABLE;
      case Failure.Permanent(String reason, _) ->
          switch (reason) {
            case ConsoleCapable.TAKEN -> Status.Code.ABORTED;
            case SnapshotCapable.EXISTS, ContainerNetworks.EXISTS -> Status.Code.ALREADY_EXISTS;
            case SnapshotCapable.MISSING,
                CopyCapable.NO_SUCH_PATH,
                ContainerImages.MISSING,
                ContainerVolumes.MISSING,
                ContainerNetworks.MISSING ->
                Status.Code.NOT_FOUND;
            case ContainerImages.LOGIN_REFUSED -> Status.Code.UNAUTHENTICATED;
            default -> Status.Code.FAILED_PRECONDITION;
          };
    };
  }
}
