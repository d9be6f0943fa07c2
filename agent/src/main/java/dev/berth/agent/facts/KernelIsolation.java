package dev.berth.agent.facts;

import dev.berth.v1.Layer;
import java.util.List;
import java.util.stream.Collectors;

/// What the kernel has to keep apart what runs on it.
final class KernelIsolation {
  private static final String SECURITY = "sys/kernel/security/";
  private static final String VULNERABILITIES = "sys/devices/system/cpu/vulnerabilities";

  private KernelIsolation() {}

  static void put(HostFiles files, Layer.Builder layer) {
    put(layer, "namespaces", namespaces(files));
    copy(files, "proc/sys/user/max_user_namespaces", "user_namespaces_max", layer);
    copy(files, "proc/sys/kernel/unprivileged_userns_clone", "unprivileged_user_namespaces", layer);
    copy(files, "proc/sys/kernel/seccomp/actions_avail", "seccomp_actions", layer);
    put(layer, "security_modules", securityModules(files));
    put(
        layer,
        "selinux",
        files
            .text("sys/fs/selinux/enforce")
            .map(value -> value.equals("1") ? "enforcing" : "permissive")
            .orElse(""));
    put(layer, "lockdown", chosen(files.text(SECURITY + "lockdown").orElse("")));
    put(layer, "overlayfs", overlay(files, layer.getVersion()));
    put(layer, "cpu_vulnerable_to", vulnerabilities(files));
  }

  private static void copy(HostFiles files, String path, String name, Layer.Builder layer) {
    put(layer, name, files.text(path).orElse(""));
  }

  private static void put(Layer.Builder layer, String name, String value) {
    if (!value.isEmpty()) {
      layer.putAttributes(name, value);
    }
  }

  /// Each is a file; those for children are the same sorts once more.
  private static String namespaces(HostFiles files) {
    return files.names("proc/self/ns").stream()
        .filter(name -> !name.endsWith("_for_children"))
        .collect(Collectors.joining(" "));
  }

  /// The list of all that are on; without securityfs those that show themselves elsewhere.
  private static String securityModules(HostFiles files) {
    return files
        .text(SECURITY + "lsm")
        .map(list -> list.replace(',', ' '))
        .orElseGet(
            () -> {
              boolean armor =
                  files.text("sys/module/apparmor/parameters/enabled").orElse("").equals("Y");
              boolean selinux = files.exists("sys/fs/selinux/enforce");
              return armor ? "apparmor" : selinux ? "selinux" : "";
            });
  }

  /// The one of several words that stands in square brackets.
  private static String chosen(String choices) {
    int open = choices.indexOf('[');
    int close = choices.indexOf(']');
    return open >= 0 && close > open ? choices.substring(open + 1, close) : "";
  }

  /// A module is not listed before its first use.
  private static String overlay(HostFiles files, String release) {
    boolean there =
        files.lines("proc/filesystems").stream().anyMatch(line -> line.endsWith("\toverlay"));
    if (there) {
      return "yes";
    }
    boolean module =
        files.lines("lib/modules/" + release + "/modules.dep").stream()
            .anyMatch(line -> line.contains("/overlay.ko"));
    return module ? "as a module that is not loaded" : "";
  }

  private static String vulnerabilities(HostFiles files) {
    List<String> open =
        files.names(VULNERABILITIES).stream()
            .filter(
                name ->
                    files.text(VULNERABILITIES + "/" + name).orElse("").startsWith("Vulnerable"))
            .toList();
    return String.join(" ", open);
  }
}
