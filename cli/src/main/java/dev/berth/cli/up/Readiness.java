package dev.berth.cli.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Says when a child that was started can be used. Asked again and again, so it answers at once.
interface Readiness {
  /// True when the child can be used.
  ///
  /// @param log its log
  /// @param offset where the log of this start begins, in bytes
  boolean ready(LogFile log, long offset);

  /// Ready when it prints a line `READY …`.
  static Readiness line() {
    return (log, offset) ->
        log.linesSince(offset).stream().anyMatch(line -> line.startsWith("READY "));
  }

  /// Ready when it takes connections on a port of the loopback address.
  static Readiness port(int port) {
    return (log, offset) -> {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
        return true;
      } catch (IOException e) {
        return false;
      }
    };
  }
}
