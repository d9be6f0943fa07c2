package dev.berth.spec;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The grammars of names. Each method answers null when the name is good, else what is wrong
/// with it in the form `value: "Web" (expected: …)`.
public final class Names {
  /// The namespace that is meant when none is given.
  public static final String DEFAULT_NAMESPACE = "default";

  private static final int REFERENCE_MAX = 512;
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?");
  private static final Pattern LABEL_KEY =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?");
  private static final Pattern VOLUME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}");
  private static final Pattern ENV = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
  private static final Pattern USER =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,31})?");
  private static final Pattern IMAGE =
      Pattern.compile(
          "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?/)?"
              + "[a-z0-9]+(?:(?:\\.|__|_|-+)[a-z0-9]+)*"
              + "(?:/[a-z0-9]+(?:(?:\\.|__|_|-+)[a-z0-9]+)*)*"
              + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
              + "(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,128})?");
  private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");
  private static final Pattern LIBVIRT_NETWORK =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.+-]{0,49}");
  private static final Pattern INSTANCE_ID = Pattern.compile("[0-9a-f]{32}");

  private Names() {}

  /// A namespace: a DNS label of 1 to 63 characters.
  public static @Nullable String namespaceProblem(String name) {
    return dnsLabelProblem(name, 63);
  }

  /// A workload: a DNS label of 1 to 48 characters.
  public static @Nullable String workloadProblem(String name) {
    return dnsLabelProblem(name, 48);
  }

  /// A port: a DNS label of 1 to 15 characters.
  public static @Nullable String portProblem(String name) {
    return dnsLabelProblem(name, 15);
  }

  /// A host name inside an instance: a DNS label of 1 to 63 characters.
  public static @Nullable String hostnameProblem(String name) {
    return dnsLabelProblem(name, 63);
  }

  /// A sort of device: a DNS label of 1 to 63 characters.
  public static @Nullable String deviceProblem(String name) {
    return dnsLabelProblem(name, 63);
  }

  /// A driver of a node: a DNS label of 1 to 63 characters.
  public static @Nullable String driverProblem(String name) {
    return dnsLabelProblem(name, 63);
  }

  /// A data disk of a virtual machine: a DNS label of 1 to 20 characters, which is what a disk's
  /// serial number holds.
  public static @Nullable String diskProblem(String name) {
    return dnsLabelProblem(name, 20);
  }

  /// A snapshot of a virtual machine: a DNS label of 1 to 63 characters that are not all digits,
  /// since QEMU would take those for one of its numbers.
  public static @Nullable String snapshotProblem(String name) {
    boolean number = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    return number
        ? wrong(name, "1 to 63 lower-case letters, digits and inner dashes, not digits alone")
        : dnsLabelProblem(name, 63);
  }

  /// A bridge of a node: 1 to 15 characters, as the kernel names interfaces.
  public static @Nullable String bridgeProblem(String name) {
    return INTERFACE.matcher(name).matches()
        ? null
        : wrong(name, "1 to 15 letters, digits, '_', '.' and '-', as in br0");
  }

  /// A libvirt network of a node: 1 to 50 characters.
  public static @Nullable String libvirtNetworkProblem(String name) {
    return LIBVIRT_NETWORK.matcher(name).matches()
        ? null
        : wrong(name, "1 to 50 letters, digits, '_', '.', '+' and '-'");
  }

  /// A node: DNS labels with dots between them, 1 to 63 characters in all.
  public static @Nullable String nodeProblem(String name) {
    boolean good = !name.isEmpty() && name.length() <= 63;
    for (String label : name.split("\\.", -1)) {
      good = good && DNS_LABEL.matcher(label).matches();
    }
    return good
        ? null
        : wrong(name, "1 to 63 lower-case letters, digits, dashes and dots, as in a host name");
  }

  /// A label's key: 1 to 63 letters, digits, `.`, `_`, `/` and `-`, with a letter or digit at both
  /// ends.
  public static @Nullable String labelKeyProblem(String key) {
    return key.length() <= 63 && LABEL_KEY.matcher(key).matches()
        ? null
        : wrong(
            key, "1 to 63 letters, digits, '.', '_', '/' and '-', a letter or digit at the ends");
  }

  /// A label's value: 0 to 255 printable characters.
  public static @Nullable String labelValueProblem(String value) {
    return value.length() <= 255 && Printable.isSafe(value)
        ? null
        : wrong(value, "0 to 255 printable characters");
  }

  /// A volume of a node's runtime: `[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}`.
  public static @Nullable String volumeProblem(String name) {
    return VOLUME.matcher(name).matches()
        ? null
        : wrong(name, "1 to 63 letters, digits, '_', '.' and '-', a letter or digit first");
  }

  /// A variable of the environment: `[A-Za-z_][A-Za-z0-9_.-]*`, at most 1024 characters.
  public static @Nullable String envProblem(String name) {
    return name.length() <= 1024 && ENV.matcher(name).matches()
        ? null
        : wrong(name, "letters, digits, '_', '.' and '-', a letter or '_' first");
  }

  /// A user inside a container: `name`, `uid` or `uid:gid`.
  public static @Nullable String userProblem(String user) {
    return USER.matcher(user).matches() ? null : wrong(user, "a name, a uid or uid:gid");
  }

  /// An image reference as docker takes it: 1 to 512 characters.
  public static @Nullable String imageProblem(String reference) {
    if (reference.isEmpty() || reference.length() > REFERENCE_MAX) {
      return "length: " + reference.length() + " (expected: 1 to " + REFERENCE_MAX + " characters)";
    }
    return IMAGE.matcher(reference).matches()
        ? null
        : wrong(reference, "an image reference such as \"shop:2.1\" or \"host:5000/team/shop\"");
  }

  /// True for a whole instance id: 32 lower-case hexadecimal digits.
  public static boolean isInstanceId(String id) {
    return INSTANCE_ID.matcher(id).matches();
  }

  /// The name of a slot as users type it: `web.2`.
  public static String slotName(String workload, int slot) {
    return workload + '.' + slot;
  }

  private static @Nullable String dnsLabelProblem(String name, int max) {
    return name.length() <= max && DNS_LABEL.matcher(name).matches()
        ? null
        : wrong(name, "1 to " + max + " lower-case letters, digits and inner dashes");
  }

  private static String wrong(String value, String expected) {
    return "value: " + Printable.quote(value) + " (expected: " + expected + ")";
  }
}
