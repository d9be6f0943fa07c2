package dev.berth.agent.driver.process;

import dev.berth.agent.artifact.RootStore;
import dev.berth.agent.image.ImageUses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which unpacked images are below root file systems of instances.
///
/// @param instances the directory of all instances
public record RootUses(Path instances) implements ImageUses {
  @Override
  public Map<String, NavigableSet<String>> byDigest() throws IOException {
    Map<String, NavigableSet<String>> uses = new TreeMap<>();
    if (!Files.isDirectory(instances)) {
      return uses; // there has not been any process yet
    }
    for (InstanceFiles files : InstanceFiles.all(instances)) {
      files
          .rootFiles()
          .below()
          .flatMap(RootStore::digestOf)
          .ifPresent(digest -> uses.computeIfAbsent(digest, _ -> new TreeSet<>()).add(files.id()));
    }
    return uses;
  }
}
