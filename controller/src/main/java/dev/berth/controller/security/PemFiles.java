package dev.berth.controller.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Certificates and PKCS #8 keys as PEM files: 0600, written whole or not at all.
final class PemFiles {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final long SIZE_MAX = 1 << 20;
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PemFiles() {}

  /// Writes both files; the key first, so that a certificate never lacks its key.
  static void write(Credentials credentials, Path certificate, Path key) throws SecurityFailure {
    try {
      StringBuilder chain = new StringBuilder();
      for (X509Certificate each : credentials.chain()) {
        chain.append(pem(CERTIFICATE, each.getEncoded()));
      }
      write(key, pem(KEY, credentials.key().getEncoded()));
      write(certificate, chain.toString());
    } catch (IOException | CertificateEncodingException e) {
      throw new SecurityFailure(certificate + ": cannot be written: " + e.getMessage(), e);
    }
  }

  static Credentials credentials(Path certificate, Path key) throws SecurityFailure {
    return new Credentials(key(key), certificates(certificate));
  }

  private static List<X509Certificate> certificates(Path file) throws SecurityFailure {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : blocks(file, CERTIFICATE)) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (GeneralSecurityException e) {
      throw new SecurityFailure(file + ": holds a certificate that cannot be read", e);
    }
    if (certificates.isEmpty()) {
      throw new SecurityFailure(file + ": holds no certificate (expected: PEM)");
    }
    return List.copyOf(certificates);
  }

  private static PrivateKey key(Path file) throws SecurityFailure {
    List<byte[]> blocks = blocks(file, KEY);
    if (blocks.size() != 1) {
      throw new SecurityFailure(
          file + ": holds " + blocks.size() + " private keys (expected: one, PEM, PKCS #8)");
    }
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(blocks.getFirst()));
    } catch (GeneralSecurityException e) {
      throw new SecurityFailure(file + ": holds no EC private key (expected: PEM, PKCS #8)", e);
    }
  }

  private static List<byte[]> blocks(Path file, String label) throws SecurityFailure {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    String text = text(file);
    List<byte[]> blocks = new ArrayList<>();
    int from = text.indexOf(begin);
    while (from >= 0) {
      int to = text.indexOf(end, from);
      if (to < 0) {
        throw new SecurityFailure(file + ": is cut off (expected: " + end + ")");
      }
      try {
        blocks.add(Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to)));
      } catch (IllegalArgumentException e) {
        throw new SecurityFailure(file + ": is not Base64 between its PEM lines", e);
      }
      from = text.indexOf(begin, to);
    }
    return blocks;
  }

  private static String text(Path file) throws SecurityFailure {
    try {
      if (Files.size(file) > SIZE_MAX) {
        throw new SecurityFailure(file + ": is larger than 1 MiB (expected: a PEM file)");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new SecurityFailure(file + ": no such file; 'init' makes it", e);
    } catch (IOException e) {
      throw new SecurityFailure(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, LINES.encodeToString(der), label);
  }

  private static void write(Path file, String text) throws IOException {
    Path directory = parent(file);
    Path fresh = Files.createTempFile(directory, ".pem", null, OWNER_ONLY);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    syncParent(file);
  }

  /// Makes the name of a file or directory durable.
  static void syncParent(Path file) throws IOException {
    Path directory = parent(file);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "not a root");
  }
}
