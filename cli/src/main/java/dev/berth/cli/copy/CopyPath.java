package dev.berth.cli.copy;

/// A path as users write it, taken apart as docker does: what stands at its end says what is meant.
///
/// @param text without slashes at its end; "/" is the root
/// @param slash whether it ended with a slash: only a directory is meant
/// @param contents whether it ended with "/.": what is in the directory is meant
record CopyPath(String text, boolean slash, boolean contents) {
  static CopyPath of(String given) {
    String rest = given;
    boolean contents = rest.equals(".") || rest.endsWith("/.");
    if (rest.endsWith("/.")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    boolean slash = rest.endsWith("/");
    while (rest.length() > 1 && rest.endsWith("/")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    return new CopyPath(rest, slash || contents, contents);
  }

  /// The same path elsewhere, meaning the same.
  CopyPath at(String other) {
    return new CopyPath(other, slash, contents);
  }

  /// The directory that it is in; "." for a name alone.
  String parent() {
    int end = text.lastIndexOf('/');
    return end < 0 ? "." : end == 0 ? "/" : text.substring(0, end);
  }

  /// Its last name.
  String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }
}
