package dev.berth.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The grammar of paths in specs: absolute, already in their simplest form, without ways around.
final class Paths {
  private static final int MAX = 4096;

  /// Sockets of container runtimes: whoever has one has the host.
  private static final List<String> RUNTIME_SOCKETS =
      List.of(
          "/run/docker.sock",
          "/var/run/docker.sock",
          "/run/containerd/containerd.sock",
          "/var/run/containerd/containerd.sock",
          "/run/podman/podman.sock",
          "/var/run/podman/podman.sock",
          "/run/crio/crio.sock",
          "/var/run/crio/crio.sock");

  /// Trees of the kernel: their links lead past every other rule (`/proc/1/root` is `/`).
  private static final List<String> KERNEL_TREES = List.of("/proc", "/sys", "/dev");

  private Paths() {}

  /// An absolute path of 1 to 4096 characters without `..`, `.`, `//` and control characters; not
  /// `/`.
  static @Nullable String problem(String path) {
    if (path.isEmpty() || path.length() > MAX) {
      return "length: " + path.length() + " (expected: 1 to " + MAX + " characters)";
    }
    if (path.charAt(0) != '/') {
      return wrong(path, "an absolute path");
    }
    if (path.equals("/")) {
      return wrong(path, "a path below \"/\"");
    }
    if (!Printable.isSafe(path)) {
      return wrong(path, "a path without control characters");
    }
    return detour(path, path.substring(1));
  }

  /// A relative path of 1 to 4096 characters without `..`, `.`, `//` and control characters.
  static @Nullable String relativeProblem(String path) {
    if (path.isEmpty() || path.length() > MAX) {
      return "length: " + path.length() + " (expected: 1 to " + MAX + " characters)";
    }
    if (path.charAt(0) == '/') {
      return wrong(path, "a relative path");
    }
    if (!Printable.isSafe(path)) {
      return wrong(path, "a path without control characters");
    }
    return detour(path, path);
  }

  private static @Nullable String detour(String path, String parts) {
    for (String part : parts.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return wrong(path, "a path without \"..\", \".\", \"//\" and a slash at the end");
      }
    }
    return null;
  }

  /// What a node's path must satisfy on top, to be mounted.
  static @Nullable String hostProblem(String path) {
    String problem = problem(path);
    if (problem != null) {
      return problem;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    for (String socket : RUNTIME_SOCKETS) {
      boolean sameName = name.equals(socket.substring(socket.lastIndexOf('/') + 1));
      if (sameName || socket.startsWith(path + "/")) {
        return wrong(path, "not the container runtime's socket, nor a directory that holds it");
      }
    }
    for (String tree : KERNEL_TREES) {
      if (path.equals(tree) || path.startsWith(tree + "/")) {
        return wrong(path, "not a path in " + tree);
      }
    }
    return null;
  }

  private static String wrong(String path, String expected) {
    return "value: " + Printable.quote(path) + " (expected: " + expected + ")";
  }
}
