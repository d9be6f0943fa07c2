package dev.berth.agent.image;

import dev.berth.v1.RegistryLogin;
import java.io.IOException;
import java.util.Optional;

/// The registries from which disks come, and to which they go.
public interface DiskRegistries {
  /// The same, as seen by someone.
  ///
  /// @param login who one is to the registry; empty: nobody in particular
  ImageSource as(Optional<RegistryLogin> login);

  /// What a reference means now, without fetching it.
  ///
  /// @return SHA-256 of the disk, 64 lower-case hexadecimal digits; empty: it has to be fetched to
  ///     know, since it lies in an image of containers
  /// @throws IOException when the registry cannot be reached, or does not have it
  Optional<String> digest(String reference, Optional<RegistryLogin> login)
      throws IOException, InterruptedException;

  /// Brings a disk to the registry that a reference names.
  ///
  /// @param format "qcow2", "raw"
  /// @return SHA-256 of its manifest there, 64 lower-case hexadecimal digits
  /// @throws IOException when the registry cannot be reached, or refuses it
  String push(
      String reference,
      StoredImage image,
      String format,
      Optional<RegistryLogin> login,
      ImageProgress progress)
      throws IOException, InterruptedException;
}
