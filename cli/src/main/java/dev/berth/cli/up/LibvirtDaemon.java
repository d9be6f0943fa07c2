package dev.berth.cli.up;

import dev.berth.client.FileTrouble;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A libvirt daemon of the cluster's own, for hosts where none runs: everything of it lies in the
/// data directory. The script `deploy/lib/libvirt-daemon` keeps it apart from the host's.
final class LibvirtDaemon {
  static final String NAME = "libvirt";
  static final String USUAL_URI = "qemu:///system";
  static final Path USUAL_SOCKET = Path.of("/run/libvirt/libvirt-sock");
  private static final List<String> PROGRAMS =
      List.of("libvirtd", "virtlogd", "virsh", "qemu-system-x86_64");
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String KVM = "libvirt-daemon: KVM is ";

  private final DataDir dir;
  private final Path checkout;

  LibvirtDaemon(DataDir dir, Path checkout) {
    this.dir = dir;
    this.checkout = checkout;
  }

  /// Why the machine's own libvirt cannot be used, in the words of the system; empty when it
  /// answers.
  static String usualTrouble() {
    if (!Files.exists(USUAL_SOCKET)) {
      return "there is no such socket";
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(USUAL_SOCKET));
      return "";
    } catch (IOException e) {
      return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
  }

  /// Programs that are in none of these directories, nor where only root's PATH looks.
  ///
  /// @param path the environment's PATH
  static List<String> missing(String path) {
    List<Path> directories =
        Stream.of((path + ":/usr/sbin:/sbin").split(":", -1))
            .filter(name -> !name.isEmpty())
            .map(Path::of)
            .toList();
    return PROGRAMS.stream()
        .filter(
            program -> directories.stream().noneMatch(d -> Files.isExecutable(d.resolve(program))))
        .toList();
  }

  String uri() {
    StringBuilder uri = new StringBuilder(USUAL_URI.replace("qemu:", "qemu+unix:") + "?socket=");
    String socket = dir.libvirt().resolve("run").resolve("libvirt-sock").toString();
    for (byte b : socket.getBytes(StandardCharsets.UTF_8)) {
      String sign = String.valueOf((char) (b & 0xff));
      uri.append(sign.matches("[A-Za-z0-9/._-]") ? sign : "%" + HEX.toHexDigits(b));
    }
    return uri.toString();
  }

  /// What to supervise.
  ChildSpec spec() {
    return new ChildSpec(
        NAME,
        List.of(script(), dir.libvirt().toString()),
        Map.of(),
        dir.log(NAME),
        Readiness.line(),
        Duration.ofSeconds(30));
  }

  /// Why guests are emulated, which is slow; empty when they run under KVM. Known once it is
  /// ready.
  String emulation() {
    return dir.log(NAME).linesSince(0).reversed().stream()
        .filter(line -> line.startsWith(KVM))
        .findFirst()
        .map(line -> line.substring(KVM.length()))
        .filter(state -> !state.startsWith("usable"))
        .orElse("");
  }

  /// True when guests of a daemon that was killed run on: only a daemon can end them in good order.
  boolean leftGuests() throws StartFailure {
    Path run = dir.libvirt().resolve("run").resolve("qemu");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*.pid")) {
      for (Path file : files) {
        if (isGuest(Files.readString(file).strip())) {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new StartFailure("libvirt: " + run + " cannot be read: " + FileTrouble.why(e), e);
    }
  }

  /// After it ended: ends guests that still run, and removes what is left of this run.
  void clear() throws StartFailure, InterruptedException {
    new Tool(
            "libvirt-daemon --stop-all",
            List.of(script(), "--stop-all", dir.libvirt().toString()),
            dir.log("up"),
            Duration.ofSeconds(60))
        .run();
  }

  /// The number may be another process's by now.
  private static boolean isGuest(String pid) throws IOException {
    Path command = Path.of("/proc", pid.isEmpty() ? "0" : pid, "cmdline");
    try {
      return Files.readString(command, StandardCharsets.ISO_8859_1).contains("\0guest=");
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private String script() {
    return checkout.resolve("deploy/lib/libvirt-daemon").toString();
  }
}
