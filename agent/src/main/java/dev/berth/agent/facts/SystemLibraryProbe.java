package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The C library and its version, read from the library's own bytes: no program is run.
final class SystemLibraryProbe {
  private static final int MOST_LIBRARY_BYTES = 16 << 20;
  private static final Pattern GLIBC =
      Pattern.compile(
          "GNU C Library \\(([^)\0]{0,100})\\)[^\0]{0,60}? version ([0-9][0-9.]*[0-9])");
  private static final Pattern MUSL_PACKAGE = Pattern.compile("(?m)^P:musl\\nV:([0-9.]+)");
  private static final Pattern MUSL = Pattern.compile("\0(1\\.[0-9]\\.[0-9]{1,2})\0");

  private SystemLibraryProbe() {}

  static Layer read(HostFiles files) {
    Layer.Builder layer = Layer.newBuilder().setKind(LayerKind.LAYER_KIND_SYSTEM_LIBRARY);
    for (String path : candidates(files)) {
      Optional<String> bytes =
          files
              .bytes(path, MOST_LIBRARY_BYTES)
              .map(read -> new String(read, StandardCharsets.ISO_8859_1));
      if (bytes.isPresent() && describe(files, path, bytes.get(), layer)) {
        return layer.putAttributes("path", path).build();
      }
    }
    return layer.setName("unknown").build();
  }

  private static boolean describe(HostFiles files, String path, String bytes, Layer.Builder layer) {
    if (path.contains("ld-musl")) {
      layer.setName("musl").setVersion(muslVersion(files, bytes));
      return true;
    }
    Matcher glibc = GLIBC.matcher(bytes);
    if (glibc.find()) {
      layer.setName("glibc").setVersion(glibc.group(2)).putAttributes("build", glibc.group(1));
      return true;
    }
    return false;
  }

  private static String muslVersion(HostFiles files, String bytes) {
    Matcher installed = MUSL_PACKAGE.matcher(files.text("lib/apk/db/installed").orElse(""));
    if (installed.find()) {
      return installed.group(1);
    }
    Matcher literal = MUSL.matcher(bytes);
    return literal.find() ? literal.group(1) : "";
  }

  /// What this very process has mapped comes first, then the usual places.
  private static List<String> candidates(HostFiles files) {
    List<String> paths = new ArrayList<>();
    for (String line : files.lines("proc/self/maps")) {
      int slash = line.indexOf('/');
      String path = slash < 0 ? "" : line.substring(slash);
      if (isCLibrary(path.substring(path.lastIndexOf('/') + 1)) && !paths.contains(path)) {
        paths.add(path);
      }
    }
    for (String directory : List.of("/lib", "/lib64", "/usr/lib", "/usr/lib64")) {
      for (String name : files.names(directory)) {
        if (isCLibrary(name)) {
          paths.add(directory + "/" + name);
        } else if (name.endsWith("-linux-gnu") || name.endsWith("-linux-gnueabihf")) {
          paths.add(directory + "/" + name + "/libc.so.6");
        }
      }
    }
    return paths;
  }

  private static boolean isCLibrary(String name) {
    return name.equals("libc.so.6")
        || name.matches("libc-2\\..*\\.so")
        || name.startsWith("ld-musl-");
  }
}
