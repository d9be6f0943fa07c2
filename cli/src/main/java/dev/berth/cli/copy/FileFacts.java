package dev.berth.cli.copy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/// What this host says of a file, and of a link itself.
///
/// @param type [TarEntry.Type#OTHER] for devices, pipes and sockets
/// @param mode permissions, 0 to 07777
/// @param size of a file, in bytes; else 0
record FileFacts(TarEntry.Type type, int mode, long uid, long gid, long size, long modifySeconds) {
  private static final String WANTED = "unix:mode,uid,gid,size,lastModifiedTime";
  private static final int KINDS = 0170000;
  private static final int PERMISSIONS = 07777;

  static FileFacts of(Path path) throws IOException {
    Map<String, Object> all = Files.readAttributes(path, WANTED, LinkOption.NOFOLLOW_LINKS);
    int mode = (int) number(all, "mode");
    TarEntry.Type type =
        switch (mode & KINDS) {
          case 0100000 -> TarEntry.Type.FILE;
          case 0040000 -> TarEntry.Type.DIRECTORY;
          case 0120000 -> TarEntry.Type.LINK;
          default -> TarEntry.Type.OTHER;
        };
    FileTime time = (FileTime) Objects.requireNonNull(all.get("lastModifiedTime"));
    return new FileFacts(
        type,
        mode & PERMISSIONS,
        number(all, "uid"),
        number(all, "gid"),
        type == TarEntry.Type.FILE ? number(all, "size") : 0,
        time.toInstant().getEpochSecond());
  }

  private static long number(Map<String, Object> all, String name) {
    return ((Number) Objects.requireNonNull(all.get(name))).longValue();
  }
}
