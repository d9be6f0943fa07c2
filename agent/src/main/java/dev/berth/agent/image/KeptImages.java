package dev.berth.agent.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A store from which goes what nobody needs.
public interface KeptImages {
  /// Where it is.
  Path root();

  /// All that is in it.
  ///
  /// @throws IOException when it cannot be read
  List<ListedImage> list() throws IOException;

  /// Notes that something is in use.
  void touch(ListedImage image) throws IOException;

  /// Removes something, unless it was used since it was listed.
  ///
  /// @return whether it was removed
  boolean remove(ListedImage image) throws IOException;
}
