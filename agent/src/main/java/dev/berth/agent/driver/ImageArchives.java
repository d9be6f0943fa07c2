package dev.berth.agent.driver;

import dev.berth.v1.Image;
import java.io.InputStream;
import java.util.List;

/// Archives of images of containers, as docker makes them. Calls block; an interruption fails them
/// with the reason "Interrupted".
public interface ImageArchives {
  /// An archive that is being made.
  interface Archive extends AutoCloseable {
    /// Its bytes; reading fails when it is cut off, or closed by another thread.
    InputStream bytes();

    @Override
    void close();
  }

  /// Makes one.
  ///
  /// @param images named as for [ContainerImages]
  /// @throws DriverException with the reason [ContainerImages#MISSING], or when the runtime cannot
  ///     be asked
  Archive save(List<String> images) throws DriverException;

  /// Loads one, as fast as it comes.
  ///
  /// @return the images that are there now, in the order of the archive
  /// @throws DriverException when it cannot be read, or the runtime cannot be asked
  List<Image> load(InputStream archive) throws DriverException;
}
