package dev.berth.agent.security;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What lets a host join, and tells it whom to trust.
///
/// @param text the whole token; a secret
/// @param authorityDigest SHA-256 of the CA's certificate, 64 lower-case hexadecimal digits
public record JoinToken(String text, String authorityDigest) {
  private static final Pattern FORM =
      Pattern.compile("berth1\\.[a-z0-9]{10}\\.[0-9A-Za-z_-]{16,128}\\.([0-9a-f]{64})");

  /// Reads a token.
  ///
  /// @throws IllegalArgumentException when it has not the form of one; the message does not hold it
  public static JoinToken parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "value: "
              + text.length()
              + " characters that are no join token"
              + " (expected: berth1.ID.SECRET.CADIGEST, as `berth token create` prints it)");
    }
    return new JoinToken(text, matcher.group(1));
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "JoinToken[" + authorityDigest + "]";
  }
}
