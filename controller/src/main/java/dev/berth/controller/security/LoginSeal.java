package dev.berth.controller.security;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.berth.v1.RegistryLogin;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// Encrypts logins to registries for the store: AES-256 in Galois/counter mode with a key that is
/// made of the cluster's authority. Each is bound to its namespace and registry: it cannot be put
/// in another one's place. Safe for use by several threads.
public final class LoginSeal {
  private static final String PURPOSE = "berth registry logins 1";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKey key;

  /// @param authority the cluster's
  /// @throws SecurityFailure when no key can be made of it
  public LoginSeal(CertificateAuthority authority) throws SecurityFailure {
    key = authority.derivedKey(PURPOSE);
  }

  /// Encrypts a login.
  public ByteString seal(String namespace, RegistryLogin login) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    byte[] plain = login.toByteArray();
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, namespace, login.getServer()).doFinal(plain);
      return ByteString.copyFrom(new byte[] {VERSION})
          .concat(ByteString.copyFrom(nonce))
          .concat(ByteString.copyFrom(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + CIPHER, e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// Decrypts a login.
  ///
  /// @return empty: it was sealed under another authority, for another namespace or registry, or
  ///     was changed
  public Optional<RegistryLogin> open(String namespace, String server, ByteString sealed) {
    if (sealed.size() <= 1 + NONCE_BYTES || sealed.byteAt(0) != VERSION) {
      return Optional.empty();
    }
    byte[] nonce = sealed.substring(1, 1 + NONCE_BYTES).toByteArray();
    try {
      byte[] plain =
          cipher(Cipher.DECRYPT_MODE, nonce, namespace, server)
              .doFinal(sealed.substring(1 + NONCE_BYTES).toByteArray());
      return Optional.of(RegistryLogin.parseFrom(plain));
    } catch (GeneralSecurityException | InvalidProtocolBufferException _) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String namespace, String server)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((namespace + "\0" + server).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
