package dev.berth.controller.security;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a host shows to join, and what it checks the controller by: `berth1.ID.SECRET.CADIGEST`.
///
/// @param id 10 lower-case letters and digits; not secret
/// @param secret 64 hexadecimal digits
/// @param authority SHA-256 of the CA's certificate (DER), 64 lower-case hexadecimal digits
public record JoinToken(String id, String secret, String authority) {
  private static final String ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LENGTH = 10;
  private static final int SECRET_BYTES = 32;
  private static final Pattern FORM =
      Pattern.compile("berth1\\.([a-z0-9]{10})\\.([0-9a-f]{64})\\.([0-9a-f]{64})");

  /// A new, random token.
  public static JoinToken random(SecureRandom random, String authority) {
    StringBuilder id = new StringBuilder(ID_LENGTH);
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(ID_ALPHABET.charAt(random.nextInt(ID_ALPHABET.length())));
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new JoinToken(id.toString(), HexFormat.of().formatHex(secret), authority);
  }

  /// Reads a token; null when it has not the form of one.
  public static @Nullable JoinToken parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? new JoinToken(matcher.group(1), matcher.group(2), matcher.group(3))
        : null;
  }

  /// The whole token, to hand to the host. A secret.
  public String text() {
    return "berth1." + id + "." + secret + "." + authority;
  }

  /// SHA-256 of the secret, 32 bytes.
  public ByteString secretDigest() {
    try {
      return ByteString.copyFrom(
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// Without the secret.
  @Override
  public String toString() {
    return "berth1." + id;
  }
}
