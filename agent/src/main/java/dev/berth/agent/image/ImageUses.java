package dev.berth.agent.image;

import java.io.IOException;
import java.util.Map;
import java.util.NavigableSet;

/// Which images the machines of this node need.
public interface ImageUses {
  /// Instances by the digest of an image that they need.
  ///
  /// @throws IOException when that cannot be told of some machine: nothing is to be removed then
  Map<String, NavigableSet<String>> byDigest() throws IOException;
}
