package dev.berth.cli.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Finds ports that are taken, and who has them, before anything is started.
final class PortHolders {
  private PortHolders() {}

  /// @throws StartFailure when a port is taken; says by whom, and which option chooses others
  static void requireFree(Ports ports) throws StartFailure {
    List<String> taken = new ArrayList<>();
    for (Map.Entry<String, Integer> use : ports.byUse().entrySet()) {
      int port = use.getValue();
      if (!free(port)) {
        taken.add("port " + port + " (" + use.getKey() + ") is taken by " + holder(port));
      }
    }
    if (!taken.isEmpty()) {
      throw new StartFailure(
          String.join("\n", taken)
              + "\nChoose other ports with --port-base=N (six in a row), or end what has them.");
    }
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  static String holder(int port) {
    return listener(port).flatMap(PortHolders::owner).orElse("a process that this user cannot see");
  }

  /// Inode of the socket that listens on the port.
  private static Optional<String> listener(int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try {
        for (String line : Files.readAllLines(Path.of(table))) {
          String[] fields = line.trim().split("\\s+", -1);
          if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals("0A")) {
            return Optional.of("socket:[" + fields[9] + "]");
          }
        }
      } catch (IOException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Optional<String> owner(String socket) {
    return ProcessHandle.allProcesses()
        .filter(process -> holds(process.pid(), socket))
        .findFirst()
        .map(
            process ->
                process
                        .info()
                        .command()
                        .map(c -> Path.of(c).getFileName().toString())
                        .orElse("process")
                    + " (pid "
                    + process.pid()
                    + ")");
  }

  private static boolean holds(long pid, String socket) {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)
            && Files.readSymbolicLink(descriptor).toString().equals(socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }
}
