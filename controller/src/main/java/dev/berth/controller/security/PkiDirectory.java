package dev.berth.controller.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The keys and certificates below a controller's data directory:
/// `pki/{ca,controller,admin}.{crt,key}` and `etcd-pki/{ca,server,client}.{crt,key}`. A directory
/// appears whole or not at all.
public final class PkiDirectory {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path dataDirectory;
  private final List<String> hosts;

  /// @param dataDirectory the controller's data directory
  /// @param hosts names and addresses under which the controller and its etcd are dialled
  public PkiDirectory(Path dataDirectory, List<String> hosts) {
    this.dataDirectory = dataDirectory;
    this.hosts = List.copyOf(hosts);
  }

  /// Makes what is missing and leaves what is there.
  ///
  /// @return the cluster's authority
  public CertificateAuthority prepare(Instant now) throws SecurityFailure {
    try {
      Files.createDirectories(dataDirectory, OWNER_ONLY);
      if (!Files.exists(pki())) {
        make(pki(), "berth", now);
      }
      if (!Files.exists(etcdPki())) {
        make(etcdPki(), "berth-etcd", now);
      }
      CertificateAuthority etcd = authority(etcdPki());
      complete(etcd, etcdPki(), "server", LeafProfile.etcdServer(hosts), now);
      complete(etcd, etcdPki(), "client", LeafProfile.etcdClient(), now);
      CertificateAuthority authority = authority(pki());
      complete(authority, pki(), "controller", LeafProfile.controller(hosts), now);
      complete(authority, pki(), "admin", LeafProfile.administrator("admin"), now);
      return authority;
    } catch (IOException | UncheckedIOException e) {
      throw new SecurityFailure(
          dataDirectory + ": keys and certificates cannot be made there: " + e.getMessage(), e);
    }
  }

  /// Issues the controller a new certificate and writes it.
  Credentials renewController(CertificateAuthority authority, Instant now) throws SecurityFailure {
    Credentials fresh = authority.issue(LeafProfile.controller(hosts), now);
    PemFiles.write(fresh, pki().resolve("controller.crt"), pki().resolve("controller.key"));
    return fresh;
  }

  /// The files for etcd's clients: `ca.crt`, `client.crt`, `client.key`.
  public Path etcdPki() {
    return dataDirectory.resolve("etcd-pki");
  }

  private Path pki() {
    return dataDirectory.resolve("pki");
  }

  private static CertificateAuthority authority(Path directory) throws SecurityFailure {
    return CertificateAuthority.load(directory.resolve("ca.crt"), directory.resolve("ca.key"));
  }

  /// Makes a directory with a new authority under another name, then renames it.
  private static void make(Path directory, String name, Instant now)
      throws IOException, SecurityFailure {
    Path fresh = directory.resolveSibling("." + directory.getFileName() + ".new");
    deleteRecursively(fresh);
    Files.createDirectory(fresh, OWNER_ONLY);
    CertificateAuthority authority = CertificateAuthority.create(name, now);
    PemFiles.write(authority.credentials(), fresh.resolve("ca.crt"), fresh.resolve("ca.key"));
    Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
    PemFiles.syncParent(directory);
  }

  private static void complete(
      CertificateAuthority authority, Path directory, String leaf, LeafProfile profile, Instant now)
      throws SecurityFailure {
    Path certificate = directory.resolve(leaf + ".crt");
    Path key = directory.resolve(leaf + ".key");
    if (!Files.exists(certificate) || !Files.exists(key)) {
      PemFiles.write(authority.issue(profile, now), certificate, key);
    }
  }

  private static void deleteRecursively(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
