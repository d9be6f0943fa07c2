package dev.berth.e2e.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Xen host inside an emulator, in a host's network namespace, with all of its state in one
/// directory. Its libvirtd is reached from inside that namespace alone.
public final class XenHost implements AutoCloseable {
  // The first time packages are downloaded and unpacked; the emulator is slow.
  private static final Duration START_LIMIT = Duration.ofMinutes(10);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Pattern READY =
      Pattern.compile("READY uri=(\\S+) share=(\\S+) built=(\\S+)\\s*");

  private final Daemon daemon;
  private final HostLink link;
  private final Matcher ready;

  private XenHost(Daemon daemon, HostLink link) {
    this.daemon = daemon;
    this.link = link;
    this.ready = READY.matcher(daemon.awaitLine("READY ", START_LIMIT));
    if (!ready.matches()) {
      throw new AssertionError("an answer that is not understood: " + daemon.out());
    }
  }

  /// Why none can be started here, or empty when one can.
  public static Optional<String> missing() {
    if (!System.getProperty("os.arch", "").equals("amd64")) {
      return Optional.of("the emulated Xen host is for amd64 only");
    }
    return List.of("qemu-system-x86_64", "setpriv", "cpio", "modprobe", "virsh").stream()
        .filter(tool -> Requirements.find(tool).isEmpty())
        .findFirst()
        .map(tool -> "no " + tool + " (deploy/bootstrap --with-vm installs it)");
  }

  /// Starts one and waits until its libvirtd answers.
  ///
  /// @param directory for its state; letters, digits, `.`, `_` and `-` only
  public static XenHost start(HostLink link, Path directory) {
    String script = Repository.root().resolve("tools/xen/run").toString();
    Daemon daemon =
        Daemon.start(
            directory, "xen", link.inside(List.of(script, directory.toString())), Map.of());
    try {
      return new XenHost(daemon, link);
    } catch (RuntimeException | AssertionError e) {
      daemon.terminate(END_LIMIT);
      throw e;
    }
  }

  /// How clients in its network namespace reach it.
  public String uri() {
    return ready.group(1);
  }

  /// The directory that is the same, at the same path, inside the host and outside: what
  /// definitions of guests name must be in it.
  public Path share() {
    return Path.of(ready.group(2));
  }

  /// Where its xenconsoled keeps what guests write.
  public Path consoles() {
    return share().resolve("consoles");
  }

  /// A kernel for guests.
  public Path kernel() {
    return Path.of(ready.group(3), "vmlinuz");
  }

  /// The initial RAM disk of a guest that says "guest: ready" and waits.
  public Path initrd() {
    return Path.of(ready.group(3), "guest-initrd");
  }

  /// Names of the guests that run, as libvirt itself says.
  public List<String> running() {
    return names("--state-running");
  }

  /// Names of all guests, as libvirt itself says.
  public List<String> domains() {
    return names("--all");
  }

  private List<String> names(String which) {
    return Command.of(link.inside(List.of("virsh", "-q", "-c", uri(), "list", "--name", which)))
        .output()
        .lines()
        .filter(name -> !name.isBlank() && !name.equals("Domain-0"))
        .toList();
  }

  /// Ends it with all of its guests.
  @Override
  public void close() {
    daemon.terminate(END_LIMIT);
  }

  @Override
  public String toString() {
    return "xen: " + daemon;
  }
}
