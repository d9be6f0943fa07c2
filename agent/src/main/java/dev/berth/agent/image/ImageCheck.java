package dev.berth.agent.image;

import dev.berth.agent.disk.DiskException;
import dev.berth.agent.disk.DiskImage;
import java.io.IOException;
import java.nio.file.Path;

/// Looks into a file that is whole and has the right digest, before it is stored.
public interface ImageCheck {
  /// Takes everything: kernels and initial RAM disks are images, too.
  ImageCheck NONE = _ -> {};

  /// Takes what can be a machine's disk and needs no other file.
  ImageCheck DISK = file -> DiskImage.inspect(file);

  /// Looks into it.
  ///
  /// @throws DiskException when it is not to be stored; the message may begin with the file's name
  void check(Path file) throws IOException, DiskException;
}
