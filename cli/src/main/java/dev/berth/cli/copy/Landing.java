package dev.berth.cli.copy;

import dev.berth.cli.term.ExitCode;
import dev.berth.cli.term.FailureException;
import dev.berth.spec.Printable;

/// What lands where, by docker's rules. Pure.
///
/// @param directory that is there, and takes it
/// @param name that it gets; [#CONTENTS]: what is in it goes into the directory itself
record Landing(String directory, String name) {
  /// No name: the top of the archive is left out.
  static final String CONTENTS = ".";

  /// What is copied.
  ///
  /// @param path that was named
  /// @param name of it
  /// @param directory whether it is one
  record Source(CopyPath path, String name, boolean directory) {}

  /// What is at the destination.
  enum There {
    NOTHING,
    FILE,
    DIRECTORY
  }

  /// @throws FailureException when docker's rules refuse it
  static Landing of(Source source, CopyPath to, There there) {
    if (source.path().slash() && !source.directory()) {
      throw refused(source.path().text(), "is no directory");
    }
    boolean bare = source.path().contents() || source.name().isEmpty() || isDots(source.name());
    return switch (there) {
      case DIRECTORY ->
          new Landing(to.text(), source.directory() && bare ? CONTENTS : source.name());
      case FILE -> {
        if (source.directory()) {
          throw refused(to.text(), "is a file, and a directory cannot be copied to it");
        } else if (to.slash()) {
          throw refused(to.text(), "is no directory");
        }
        yield new Landing(to.parent(), to.name());
      }
      case NOTHING -> {
        if (to.slash() && !source.directory()) {
          throw refused(to.text() + "/", "there is no such directory; make it first");
        }
        yield new Landing(to.parent(), to.name());
      }
    };
  }

  private static boolean isDots(String name) {
    return name.equals(".") || name.equals("..");
  }

  private static FailureException refused(String path, String why) {
    return new FailureException(ExitCode.FAILURE, Printable.quote(path) + ": " + why);
  }

  /// The name that an entry gets, relative to the directory; empty: it is left out.
  ///
  /// @param entry its name in the archive, which begins with what is copied
  String renamed(String entry) {
    String rest;
    if (entry.startsWith("./") || entry.startsWith("/")) {
      // Of "." and of the root, the names have no top.
      rest = entry.substring(entry.indexOf('/') + 1);
    } else {
      int slash = entry.indexOf('/');
      rest = slash < 0 ? "" : entry.substring(slash + 1);
    }
    if (name.equals(CONTENTS)) {
      return rest;
    }
    return rest.isEmpty() ? name : name + "/" + rest;
  }
}
