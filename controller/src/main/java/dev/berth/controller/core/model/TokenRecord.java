package dev.berth.controller.core.model;

import com.google.protobuf.ByteString;
import dev.berth.v1.Token;

/// A join token. Its secret is nowhere; only the secret's digest is kept.
///
/// @param message the token without its secret
/// @param secretDigest SHA-256 of the secret's UTF-8 bytes, 32 bytes
/// @param expiresAtMillis soft: when it ends, in monotonic milliseconds of this leader
public record TokenRecord(Token message, ByteString secretDigest, long expiresAtMillis) {
  /// Its identity; not secret.
  public String id() {
    return message.getId();
  }

  /// Whether a node joined with it.
  public boolean isUsed() {
    return message.hasUseTime();
  }
}
