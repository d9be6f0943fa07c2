package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.berth.agent.driver.DriverException;
import java.util.List;
import java.util.Locale;

/// What the daemon's own errors mean.
final class Refusals {
  private static final int MOST_CHARS = 900;
  private static final List<String> PASSING =
      List.of(
          "transport is closing",
          "connection error",
          "connection refused",
          "i/o timeout",
          "deadline exceeded",
          "context canceled",
          "error reading from server",
          "shutting down",
          "is marked for removal",
          "removal of container");
  private static final List<String> PORT =
      List.of("port is already allocated", "address already in use", "cannot assign requested");

  private Refusals() {}

  /// The daemon's own words, without the HTTP around them.
  static String words(String message) {
    String words = message;
    int json = words.indexOf("{\"message\":\"");
    int end = words.lastIndexOf("\"}");
    if (json >= 0 && end > json) {
      words =
          words
              .substring(json + "{\"message\":\"".length(), end)
              .replace("\\\"", "\"")
              .replace("\\n", " ")
              .replace("\\u003c", "<")
              .replace("\\u003e", ">")
              .replace("\\u0026", "&")
              .replace("\\\\", "\\");
    }
    words = words.strip();
    return words.length() > MOST_CHARS ? words.substring(0, MOST_CHARS) + "…" : words;
  }

  static String words(DockerException refusal) {
    return words(String.valueOf(refusal.getMessage()));
  }

  static boolean isNoSuchImage(DockerException refusal) {
    return refusal instanceof NotFoundException
        && words(refusal).toLowerCase(Locale.ROOT).contains("no such image");
  }

  /// A refused create or start.
  ///
  /// @param reason the reason to give when nothing more is known: "CreateFailed", "StartFailed"
  static DriverException of(String reason, DockerException refusal) {
    String words = words(refusal);
    if (contains(words, PORT)) {
      return DriverException.permanent(
          "PortTaken", words + "; stop what uses the port, or publish another", refusal);
    }
    if (contains(words, PASSING)) {
      return DriverException.retryable("RuntimeUnavailable", words, refusal);
    }
    return DriverException.permanent(reason, words, refusal);
  }

  /// A refused call whose outcome does not depend on what the user wrote.
  static DriverException retryable(String reason, DockerException refusal) {
    return DriverException.retryable(reason, words(refusal), refusal);
  }

  private static boolean contains(String words, List<String> parts) {
    String lower = words.toLowerCase(Locale.ROOT);
    return parts.stream().anyMatch(lower::contains);
  }
}
