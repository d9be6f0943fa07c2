package dev.berth.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads PEM files: certificates, and private keys as PKCS #8.
final class Pem {
  private static final long SIZE_MAX = 1 << 20;
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";

  private Pem() {}

  static List<X509Certificate> certificates(Path file) throws CredentialsException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : blocks(file, CERTIFICATE)) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (GeneralSecurityException e) {
      throw new CredentialsException(file + ": holds a certificate that cannot be read", e);
    }
    if (certificates.isEmpty()) {
      throw new CredentialsException(file + ": holds no certificate (expected: PEM)");
    }
    return List.copyOf(certificates);
  }

  static PrivateKey privateKey(Path file) throws CredentialsException {
    List<byte[]> blocks = blocks(file, KEY);
    if (blocks.size() != 1) {
      throw new CredentialsException(
          file + ": holds " + blocks.size() + " private keys (expected: one, PEM, PKCS #8)");
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(blocks.getFirst());
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException _) {
        // Another algorithm's key; the next one is tried.
      }
    }
    throw new CredentialsException(file + ": holds a private key that is not EC, RSA or Ed25519");
  }

  private static List<byte[]> blocks(Path file, String label) throws CredentialsException {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    String text = text(file);
    List<byte[]> blocks = new ArrayList<>();
    int from = text.indexOf(begin);
    while (from >= 0) {
      int to = text.indexOf(end, from);
      if (to < 0) {
        throw new CredentialsException(file + ": is cut off (expected: " + end + ")");
      }
      try {
        String body = text.substring(from + begin.length(), to);
        blocks.add(Base64.getMimeDecoder().decode(body));
      } catch (IllegalArgumentException e) {
        throw new CredentialsException(file + ": is not Base64 between its PEM lines", e);
      }
      from = text.indexOf(begin, to);
    }
    return blocks;
  }

  private static String text(Path file) throws CredentialsException {
    try {
      if (Files.size(file) > SIZE_MAX) {
        throw new CredentialsException(file + ": is larger than 1 MiB (expected: a PEM file)");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new CredentialsException(file + ": no such file", e);
    } catch (CredentialsException e) {
      throw e;
    } catch (IOException e) {
      throw new CredentialsException(file + ": cannot be read: " + FileTrouble.why(e), e);
    }
  }
}
