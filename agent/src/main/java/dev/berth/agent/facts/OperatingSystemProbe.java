package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import dev.berth.v1.LayerKind;
import java.util.List;
import java.util.Optional;

/// Where the programs of the host come from: its distribution, what installs its packages, and
/// whose basic commands there are.
final class OperatingSystemProbe {
  private static final String DPKG = "var/lib/dpkg/info";
  private static final String APK = "lib/apk/db/installed";

  private OperatingSystemProbe() {}

  static Layer read(HostFiles files) {
    String file = files.exists("etc/os-release") ? "etc/os-release" : "usr/lib/os-release";
    List<String> release = files.lines(file);
    Layer.Builder layer =
        Layer.newBuilder()
            .setKind(LayerKind.LAYER_KIND_OPERATING_SYSTEM)
            .setName(
                value(release, "NAME").or(() -> value(release, "PRETTY_NAME")).orElse("unknown"))
            .setVersion(
                value(release, "VERSION").or(() -> value(release, "VERSION_ID")).orElse(""));
    value(release, "ID").ifPresent(id -> layer.putAttributes("distribution_id", id));
    value(release, "ID_LIKE").ifPresent(id -> layer.putAttributes("distribution_like", id));
    value(release, "VERSION_ID").ifPresent(v -> layer.putAttributes("distribution_version", v));
    value(release, "VARIANT").ifPresent(v -> layer.putAttributes("variant", v));
    packages(files, layer);
    commands(files).ifPresent(whose -> layer.putAttributes("basic_commands", whose));
    files.linkName("bin/sh").ifPresent(shell -> layer.putAttributes("shell", shell));
    init(files).ifPresent(init -> layer.putAttributes("init", init));
    return layer.build();
  }

  private static void packages(HostFiles files, Layer.Builder layer) {
    if (files.exists(DPKG)) {
      layer.putAttributes("package_manager", "dpkg");
      long count = files.names(DPKG).stream().filter(name -> name.endsWith(".list")).count();
      layer.putAttributes("packages", Long.toString(count));
    } else if (files.exists(APK)) {
      layer.putAttributes("package_manager", "apk");
      long count = files.lines(APK).stream().filter(line -> line.startsWith("P:")).count();
      layer.putAttributes("packages", Long.toString(count));
    } else if (files.exists("var/lib/rpm") || files.exists("usr/lib/sysimage/rpm")) {
      layer.putAttributes("package_manager", "rpm");
    } else if (files.exists("var/lib/pacman")) {
      layer.putAttributes("package_manager", "pacman");
    }
  }

  /// `ls` stands for all of them: it is a link where one program has them all.
  private static Optional<String> commands(HostFiles files) {
    String to = files.link("bin/ls").orElse("");
    if (to.endsWith("busybox") || to.endsWith("toybox")) {
      return Optional.of(to.substring(to.lastIndexOf('/') + 1));
    }
    if (to.contains("cargo") || to.contains("uutils")) {
      return Optional.of("uutils");
    }
    return files.exists(DPKG + "/coreutils.list") ? Optional.of("coreutils") : Optional.empty();
  }

  private static Optional<String> init(HostFiles files) {
    return files.exists("run/systemd/system") ? Optional.of("systemd") : files.text("proc/1/comm");
  }

  private static Optional<String> value(List<String> release, String key) {
    return release.stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> unquoted(line.substring(key.length() + 1).strip()))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
