package dev.berth.cli.copy;

/// One entry of a tar archive, without its content.
///
/// @param name as it stands in the archive, a directory without a slash at its end
/// @param type what it is
/// @param mode permissions, 0 to 07777
/// @param uid number of the owner
/// @param gid number of the group
/// @param size bytes of content that follow; 0 for all but files
/// @param modifySeconds when its content was changed, since 1970
/// @param linkName of a link: where it leads; else empty
record TarEntry(
    String name,
    Type type,
    int mode,
    long uid,
    long gid,
    long size,
    long modifySeconds,
    String linkName) {
  /// What an entry can be.
  enum Type {
    FILE,
    DIRECTORY,
    LINK,
    /// Another name of an earlier entry.
    HARD_LINK,
    /// A device, a pipe, or something that only other programs know.
    OTHER
  }

  /// The same under another name.
  TarEntry named(String other) {
    return new TarEntry(other, type, mode, uid, gid, size, modifySeconds, linkName);
  }
}
