package dev.berth.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Free ports of this machine, for processes that bind them a moment later. They lie below the
/// range from which the kernel takes ports of outgoing connections: such a connection would hold
/// the port by the time its process wants it.
public final class Ports {
  private static final int LOWEST = 10_000;
  private static final int HIGHEST = firstEphemeral() - 1;
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST));

  private Ports() {}

  /// A TCP port that nobody listened on a moment ago, and that is not given twice.
  public static int free() {
    for (int tries = LOWEST; tries < HIGHEST; tries++) {
      int port = NEXT.getAndUpdate(last -> last >= HIGHEST ? LOWEST : last + 1);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port from " + LOWEST + " to " + HIGHEST + " is free");
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static int firstEphemeral() {
    try (Scanner range =
        new Scanner(Path.of("/proc/sys/net/ipv4/ip_local_port_range"), StandardCharsets.US_ASCII)) {
      return Math.max(LOWEST + 1_000, range.nextInt());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
