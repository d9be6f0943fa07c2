package dev.berth.agent.driver;

import dev.berth.v1.PathStat;
import java.io.IOException;
import java.io.InputStream;

/// A driver that copies what lies in its instances, whether they run or not. Published as the
/// capability "copy".
///
/// Archives are tar archives, read and written as they come: none is ever kept.
public interface CopyCapable {
  /// The reason of a failure: there is nothing at the path.
  String NO_SUCH_PATH = "NoSuchPath";

  /// An archive that is being made. Closing it, from any thread, ends that.
  interface Archive extends AutoCloseable {
    /// Its bytes; reading fails when it could not be made to its end.
    InputStream bytes();

    @Override
    void close();
  }

  /// What is at a path; a symbolic link is not followed.
  ///
  /// @throws DriverException with the reason [#NO_SUCH_PATH], or when the runtime cannot be asked
  ///     or refuses
  PathStat stat(RuntimeHandle handle, String path) throws DriverException;

  /// Begins an archive of what is at a path. A symbolic link is not followed.
  ///
  /// @throws DriverException as [#stat]
  Archive read(RuntimeHandle handle, String path) throws DriverException;

  /// Unpacks an archive into a directory that is there. When it fails, what was unpacked before
  /// stays. Can be interrupted.
  ///
  /// @param keepOwners whether files get the owners that the archive says, where there is a choice
  /// @throws DriverException as [#stat], also when an entry is not taken
  /// @throws IOException when the archive cannot be read
  void write(RuntimeHandle handle, String directory, boolean keepOwners, InputStream archive)
      throws DriverException, IOException;
}
