package dev.berth.agent.image;

import dev.berth.agent.disk.DiskException;
import dev.berth.agent.disk.DiskImage;
import dev.berth.spec.VmImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the directories of the machines say: each has a note of its images, and a disk that lies
/// over one of them.
///
/// @param machines holds a directory for each machine, named after its UUID, which is the
///     instance's id
public record MachineDisks(Path machines) implements ImageUses {
  private static final String NOTE = "images";
  private static final String DISK = "disk.qcow2";

  /// Notes in a machine's directory what it was made from.
  ///
  /// @param images files of the store
  public static void note(Path machine, Collection<Path> images) throws IOException {
    List<String> digests = images.stream().map(file -> String.valueOf(file.getFileName())).toList();
    Files.write(machine.resolve(NOTE), digests, StandardCharsets.UTF_8);
  }

  @Override
  public Map<String, NavigableSet<String>> byDigest() throws IOException {
    Map<String, NavigableSet<String>> uses = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(machines, Files::isDirectory)) {
      for (Path machine : all) {
        String instance = String.valueOf(machine.getFileName()).replace("-", "");
        for (String digest : images(machine)) {
          uses.computeIfAbsent(digest, _ -> new TreeSet<>()).add(instance);
        }
      }
    } catch (NoSuchFileException _) {
      // There has not been any machine yet.
    }
    return uses;
  }

  private static NavigableSet<String> images(Path machine) throws IOException {
    NavigableSet<String> digests = new TreeSet<>(noted(machine));
    Path disk = machine.resolve(DISK);
    try {
      if (digests.isEmpty() && Files.exists(disk)) {
        base(DiskImage.backingFile(disk)).ifPresent(digests::add);
      }
      return digests;
    } catch (NoSuchFileException _) {
      return new TreeSet<>(); // The machine was removed meanwhile.
    } catch (DiskException e) {
      throw new IOException(disk + ": which image it lies over cannot be told", e);
    }
  }

  private static List<String> noted(Path machine) throws IOException {
    try {
      return Files.readAllLines(machine.resolve(NOTE), StandardCharsets.UTF_8).stream()
          .filter(line -> VmImages.digestProblem(line) == null)
          .toList();
    } catch (NoSuchFileException _) {
      return List.of(); // It was made by an agent that wrote none.
    }
  }

  private static Optional<String> base(Optional<String> backingFile) {
    return backingFile
        .map(name -> name.substring(name.lastIndexOf('/') + 1))
        .filter(name -> VmImages.digestProblem(name) == null);
  }
}
