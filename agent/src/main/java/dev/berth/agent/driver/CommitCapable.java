package dev.berth.agent.driver;

import dev.berth.v1.Image;
import dev.berth.v1.InstanceCommitRequest;

/// A driver that makes images of what its instances have written. Published as the capability
/// "commit".
public interface CommitCapable {
  /// The reason of a failure: something in the order cannot be done.
  String REFUSED = "CommitRefused";

  /// Makes an image; its name means it from then on. Blocks; an interruption fails it with the
  /// reason "Interrupted" and leaves nothing half made. Whether the instance runs stays as it is.
  ///
  /// @param listener told how far it is
  /// @throws DriverException with the reason [#REFUSED], or when the runtime cannot be asked
  Image commit(RuntimeHandle handle, InstanceCommitRequest order, PrepareListener listener)
      throws DriverException;
}
