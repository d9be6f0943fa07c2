package dev.berth.agent.artifact;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Paths in a root file system as a program sees them that has it as its root: links lead to what
/// is in it, and steps up end at it.
///
/// Whoever can change the tree meanwhile can make the answer wrong.
///
/// @param root of it, on the node
public record RootPaths(Path root) {
  private static final int LINKS_MAX = 40;

  /// Where something is on the node, all links on the way followed, and the last one, too.
  ///
  /// @param path absolute or relative: from the root either way
  /// @return what may not be there
  /// @throws IOException when links lead in a circle
  public Path resolve(String path) throws IOException {
    return resolve(path, true);
  }

  /// Where something is on the node, all links on the way followed, but not the last one.
  Path locate(String path) throws IOException {
    return resolve(path, false);
  }

  private Path resolve(String path, boolean last) throws IOException {
    Deque<String> parts = new ArrayDeque<>(List.of(path.split("/", -1)));
    Path at = root;
    int links = 0;
    while (!parts.isEmpty()) {
      String part = parts.removeFirst();
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        Path up = at.getParent();
        at = at.equals(root) || up == null ? root : up;
        continue;
      }
      Path next = at.resolve(part);
      if ((!last && parts.isEmpty()) || !Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      links++;
      if (links > LINKS_MAX) {
        throw new FileSystemLoopException(path);
      }
      String target = Files.readSymbolicLink(next).toString();
      at = target.startsWith("/") ? root : at;
      List.of(target.split("/", -1)).reversed().forEach(parts::addFirst);
    }
    return at;
  }
}
