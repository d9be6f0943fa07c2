package dev.berth.agent.artifact;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Removes a directory in which a program could do as it pleased: whatever it makes of its
/// directories meanwhile, nothing outside is touched, and they may be as deep as they like.
///
/// Directories are opened one in another, never by their path. What lies in a directory's
/// directories is moved up to it, and goes in the next round.
public final class TreeRemoval {
  private static final String OURS = "rwx------";

  private TreeRemoval() {}

  /// Removes it; it may be gone already.
  ///
  /// @param directory whose own name nobody else can change
  public static void remove(Path directory) throws IOException {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(OURS));
      while (isEmptiedFurther(directory)) {
        // Another round, for what was moved up.
      }
      Files.deleteIfExists(directory);
    } catch (NoSuchFileException _) {
      // It is gone.
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /// Removes a file, a link or a directory; it may be gone already.
  ///
  /// @param file whose own name nobody else can change
  static void removeAny(Path file) throws IOException {
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      remove(file);
    } else {
      Files.deleteIfExists(file);
    }
  }

  /// Removes what lies in it.
  ///
  /// @return whether something was moved up, and is there now
  private static boolean isEmptiedFurther(Path directory) throws IOException {
    boolean moved = false;
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(directory)) {
      SecureDirectoryStream<Path> top = secure(opened);
      for (Path name : names(top)) {
        if (isDirectory(top, name)) {
          allow(top, name, directory);
          moved |= isMovedUp(top, name, directory);
          top.deleteDirectory(name);
        } else {
          top.deleteFile(name);
        }
      }
    }
    return moved;
  }

  /// Empties one of its directories.
  ///
  /// @return whether there were directories in it
  private static boolean isMovedUp(SecureDirectoryStream<Path> top, Path name, Path directory)
      throws IOException {
    boolean moved = false;
    try (DirectoryStream<Path> opened = top.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      SecureDirectoryStream<Path> inner = secure(opened);
      for (Path each : names(inner)) {
        if (isDirectory(inner, each)) {
          allow(inner, each, directory.resolve(name));
          inner.move(each, top, Path.of(".removed-" + UUID.randomUUID()));
          moved = true;
        } else {
          inner.deleteFile(each);
        }
      }
    }
    return moved;
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> opened)
      throws IOException {
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IOException("this system cannot remove directories safely");
  }

  private static List<Path> names(DirectoryStream<Path> directory) {
    List<Path> names = new ArrayList<>();
    for (Path each : directory) {
      names.add(each.getFileName());
    }
    return names;
  }

  private static boolean isDirectory(SecureDirectoryStream<Path> in, Path name) throws IOException {
    return in.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isDirectory();
  }

  /// A program may have forbidden its own user, who may be the agent's, to change a directory.
  private static void allow(SecureDirectoryStream<Path> in, Path name, Path path)
      throws IOException {
    try {
      in.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(PosixFilePermissions.fromString(OURS));
    } catch (AccessDeniedException _) {
      // It cannot even be opened, so the agent is not root, and can change what is its user's only.
      Files.setPosixFilePermissions(path.resolve(name), PosixFilePermissions.fromString(OURS));
    }
  }
}
