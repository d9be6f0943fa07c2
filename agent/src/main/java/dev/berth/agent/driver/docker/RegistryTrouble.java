package dev.berth.agent.driver.docker;

import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import java.util.Arrays;
import java.util.Locale;

/// What goes wrong between a daemon and a registry, told by the words of either, with what to do.
/// The order counts: the first that fits is meant.
enum RegistryTrouble {
  /// The daemon's disk is full. What to do is the disk's to say.
  NO_ROOM(false, "ImageTransferFailed", "", "no space left on device", "disk quota exceeded"),
  /// The registry's certificate is of an authority that the daemon does not know, or it has none.
  UNTRUSTED(
      false,
      "ImageTransferFailed",
      "put the certificate of its CA on the node as /etc/docker/certs.d/HOST:PORT/ca.crt",
      "x509:",
      "server gave http response to https client"),
  /// The registry has the image for other platforms.
  NO_PLATFORM(
      true,
      ContainerImages.MISSING,
      "have it built for this platform, or choose nodes of another one by --node or by"
          + " node.arch",
      "no matching manifest",
      "does not match the specified platform"),
  /// A name that cannot be.
  BAD_NAME(true, ContainerImages.MISSING, "see the name", "invalid reference"),
  /// The registry has no such image, or does not show it.
  NO_SUCH_IMAGE(
      true,
      ContainerImages.MISSING,
      "see the name and the tag; if it is private, log in to its registry with berth login",
      "manifest unknown",
      "name unknown",
      "not found",
      "does not exist"),
  /// The registry refuses the login, or wants one.
  LOGIN(
      true,
      ContainerImages.LOGIN_REFUSED,
      "log in to its registry with berth login, or for what containers pull by themselves with"
          + " berth registry login -n NAMESPACE; see user and password",
      "unauthorized",
      "no basic auth credentials",
      "authentication required",
      "denied"),
  /// Nobody answers there.
  UNREACHABLE(
      false,
      "ImageTransferFailed",
      "see whether the registry runs, and whether the node reaches it",
      "connection refused",
      "no such host",
      "no route to host",
      "network is unreachable",
      "dial tcp",
      "i/o timeout",
      "client.timeout"),
  /// It went away in the middle.
  CUT(
      false,
      "ImageTransferFailed",
      "the registry went away in the middle: see whether it runs, then repeat; what has come is"
          + " kept",
      "eof",
      "connection reset",
      "broken pipe"),
  /// Something else.
  OTHER(false, "ImageTransferFailed", "");

  private static final String SEPARATOR = "\n";

  private final boolean lasting;
  private final String reason;
  private final String advice;
  private final String words;

  RegistryTrouble(boolean lasting, String reason, String advice, String... words) {
    this.lasting = lasting;
    this.reason = reason;
    this.advice = advice;
    this.words = String.join(SEPARATOR, words);
  }

  /// What some words tell of.
  static RegistryTrouble of(String words) {
    String lower = words.toLowerCase(Locale.ROOT);
    for (RegistryTrouble trouble : values()) {
      if (!trouble.words.isEmpty()
          && Arrays.stream(trouble.words.split(SEPARATOR, -1)).anyMatch(lower::contains)) {
        return trouble;
      }
    }
    return OTHER;
  }

  /// The reason of a failure, for those who asked for the transfer itself.
  String reason() {
    return reason;
  }

  /// The failure of an image's transfer.
  ///
  /// @param said by the daemon or the registry
  /// @param disk the daemon's
  DriverException failure(String why, String image, String said, DaemonDisk disk) {
    String next = this == NO_ROOM ? disk.advice() : advice;
    String message =
        "image " + image + ": " + Refusals.words(said) + (next.isEmpty() ? "" : "; " + next);
    return lasting
        ? DriverException.permanent(why, message, null)
        : DriverException.retryable(why, message, null);
  }
}
