package dev.berth.agent.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/// Lays layers of an image over each other. Devices and pipes in them are left out: a program's
/// `/dev` is made for it.
///
/// @param tree what is filled
record LayerUnpacking(LayerTree tree) {
  private static final String GONE = ".wh.";
  private static final String EMPTIED = ".wh..wh..opq";
  private static final String OTHER_NOTES = ".wh..wh.";

  /// Lays one over those before it.
  ///
  /// @param zipped whether it is compressed by gzip
  /// @throws RefusedArchiveException when it is broken, or may not be placed
  void add(Path layer, boolean zipped) throws IOException, InterruptedException {
    // What a layer removes is below it only, wherever in the archive it says so.
    try (TarEntries entries = TarEntries.open(layer, zipped)) {
      for (TarArchiveEntry entry = entries.next(); entry != null; entry = entries.next()) {
        remove(entry.getName());
      }
    }
    try (TarEntries entries = TarEntries.open(layer, zipped)) {
      for (TarArchiveEntry entry = entries.next(); entry != null; entry = entries.next()) {
        if (!name(entry.getName()).startsWith(GONE)) {
          place(entry, entries.content());
        }
      }
    }
  }

  private void remove(String path) throws IOException, InterruptedException {
    String name = name(path);
    String parent = path.substring(0, path.length() - name.length());
    if (name.equals(EMPTIED)) {
      tree.emptied(parent);
    } else if (name.startsWith(GONE) && !name.startsWith(OTHER_NOTES)) {
      String gone = name.substring(GONE.length());
      if (gone.isEmpty() || gone.equals(".")) {
        throw new RefusedArchiveException("\"" + name + "\": removes nothing that has a name");
      }
      tree.without(parent + gone);
    }
  }

  private void place(TarArchiveEntry entry, InputStream content)
      throws IOException, InterruptedException {
    LayerTree.Attributes attributes =
        new LayerTree.Attributes(
            entry.getLongUserId(),
            entry.getLongGroupId(),
            entry.getMode(),
            FileTime.from(entry.getLastModifiedTime().toInstant()));
    if (entry.isDirectory()) {
      tree.directory(entry.getName(), attributes);
    } else if (entry.isSymbolicLink()) {
      tree.link(entry.getName(), entry.getLinkName(), attributes);
    } else if (entry.isLink()) {
      tree.hardLink(entry.getName(), entry.getLinkName());
    } else if (TarEntries.isRegular(entry)) {
      tree.file(entry.getName(), content, attributes);
    }
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
