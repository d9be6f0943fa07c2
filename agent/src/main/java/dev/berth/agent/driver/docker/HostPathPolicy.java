package dev.berth.agent.driver.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Which host paths a container may be given. Refused are the root and whatever would hand out a
/// container runtime's socket: the socket itself, a directory that holds it, and symbolic links
/// that lead to either.
final class HostPathPolicy {
  private static final List<String> USUAL_SOCKETS =
      List.of(
          "/var/run/docker.sock",
          "/run/docker.sock",
          "/run/containerd/containerd.sock",
          "/run/podman/podman.sock");

  /// What is said of a path.
  sealed interface Verdict {}

  /// It may be mounted, under its name without symbolic links, so that a link that is changed
  /// later leads nowhere else.
  record Allowed(Path path) implements Verdict {}

  /// It may not.
  record Refused(String why) implements Verdict {}

  private final Set<Path> names = new TreeSet<>();

  /// @param daemonSocket the socket that this driver itself uses
  HostPathPolicy(Path daemonSocket) {
    names.add(daemonSocket.toAbsolutePath().normalize());
    USUAL_SOCKETS.forEach(socket -> names.add(Path.of(socket)));
  }

  Verdict judge(String hostPath) {
    Path plain;
    try {
      plain = Path.of(hostPath);
    } catch (InvalidPathException _) {
      return new Refused("host path: not a path on this node");
    }
    if (!plain.isAbsolute()) {
      return new Refused("host path " + hostPath + ": must be absolute");
    }
    plain = plain.normalize();
    if (names.contains(plain)) {
      return socketRefused(hostPath);
    }
    Path real;
    try {
      real = plain.toRealPath();
    } catch (IOException _) {
      return new Refused(
          "host path "
              + hostPath
              + (Files.exists(plain) ? ": cannot be read" : ": does not exist on this node")
              + "; create it, or mount a named volume");
    }
    if (real.getNameCount() == 0) {
      return new Refused("host path " + hostPath + ": is the whole host; mount a directory of it");
    }
    return holdsSocket(real) ? socketRefused(hostPath) : new Allowed(real);
  }

  private boolean holdsSocket(Path real) {
    for (Path socket : names) {
      try {
        if (socket.toRealPath().startsWith(real)) {
          return true;
        }
      } catch (IOException _) {
        // a socket that is not there cannot be handed out
      }
    }
    return false;
  }

  private static Refused socketRefused(String hostPath) {
    return new Refused(
        "host path " + hostPath + ": leads to a container runtime's socket; mount another one");
  }
}
