package dev.berth.agent.driver.docker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// A reference to an image, in its parts.
///
/// @param repository with the registry's host, if one was named
/// @param tag "latest" unless given; empty where a digest says which
/// @param digest "sha256:…"; empty when there is none
record ImageName(String repository, String tag, String digest) {
  /// Takes a reference apart; its grammar has been checked.
  static ImageName parse(String image) {
    int at = image.indexOf('@');
    int colon = image.indexOf(':', image.lastIndexOf('/') + 1);
    if (at >= 0) {
      String repository =
          colon >= 0 && colon < at ? image.substring(0, colon) : image.substring(0, at);
      return new ImageName(repository, "", image.substring(at + 1));
    }
    return colon >= 0
        ? new ImageName(image.substring(0, colon), image.substring(colon + 1), "")
        : new ImageName(image, "latest", "");
  }

  /// The tag, or the digest where there is one.
  String version() {
    return digest.isEmpty() ? tag : digest;
  }

  /// What to ask the daemon for to have it pulled. Without a tag it would pull every tag there is.
  String pullTarget() {
    return "/images/create?fromImage=" + encoded(repository) + "&tag=" + encoded(version());
  }

  /// What to ask the daemon for to have it pushed.
  String pushTarget() {
    return "/images/" + repository + "/push?tag=" + encoded(tag);
  }

  /// What to ask the daemon for to have its registry asked.
  String resolveTarget() {
    return "/distribution/" + repository + ":" + tag + "/json";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
