package dev.berth.agent.driver;

import dev.berth.v1.BuildOrder;
import dev.berth.v1.Image;
import java.io.InputStream;

/// Builds images of containers.
public interface ImageBuilder {
  /// The reason of a failure: a step failed, or the Dockerfile cannot be read.
  String FAILED = "BuildFailed";

  /// Is told what the builder says.
  interface Output {
    /// Takes it, in its own time.
    ///
    /// @return false when nobody wants it any more
    boolean say(String text) throws InterruptedException;
  }

  /// Builds one. Blocks; an interruption ends the build and fails it with the reason "Interrupted".
  ///
  /// @param context a tar archive, perhaps compressed
  /// @throws DriverException with the reason [#FAILED], or when the runtime cannot be asked
  Image build(BuildOrder order, InputStream context, Output output) throws DriverException;
}
