package dev.berth.agent.security;

import com.google.protobuf.ByteString;
import dev.berth.agent.journal.AtomicFile;
import dev.berth.client.CredentialsException;
import dev.berth.client.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Properties;

/// The files that say who this node is: `pki/{node.key,node.crt,ca.crt}` and `membership`, each
/// written at once and readable by the owner alone.
///
/// The certificate is written last, so that a host either joined or did not.
public final class NodeCredentials {
  private static final String KEY = "node.key";
  private static final String CERTIFICATE = "node.crt";
  private static final String AUTHORITY = "ca.crt";
  private static final String MEMBERSHIP = "membership";

  private final Path directory;
  private final Path pki;

  /// @param directory the agent's data directory
  public NodeCredentials(Path directory) {
    this.directory = directory;
    this.pki = directory.resolve("pki");
  }

  /// Who this node is; empty when the host has not joined.
  ///
  /// @throws IOException when the files are there and cannot be used
  public Optional<Membership> membership() throws IOException {
    Path file = directory.resolve(MEMBERSHIP);
    if (!Files.exists(pki.resolve(CERTIFICATE)) || !Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    values.load(new StringReader(Files.readString(file)));
    return Optional.of(
        new Membership(
            value(values, "cluster-uid"), value(values, "node"), value(values, "node-uid")));
  }

  /// The identity for the wire.
  ///
  /// @throws CredentialsException when a file is missing or cannot be used
  public TlsIdentity identity() throws CredentialsException {
    return TlsIdentity.load(pki.resolve(CERTIFICATE), pki.resolve(KEY), pki.resolve(AUTHORITY));
  }

  /// Writes all that joining brought.
  void store(Membership membership, KeyPair key, ByteString certificate, ByteString authority)
      throws IOException {
    AtomicFile.makeDirectory(pki);
    AtomicFile.write(pki, KEY, NodeKey.pem("PRIVATE KEY", key.getPrivate().getEncoded()));
    writeCertificate(AUTHORITY, authority);
    String text =
        "cluster-uid="
            + membership.clusterUid()
            + "\nnode="
            + membership.node()
            + "\nnode-uid="
            + membership.nodeUid()
            + "\n";
    AtomicFile.write(directory, MEMBERSHIP, text.getBytes(StandardCharsets.UTF_8));
    writeCertificate(CERTIFICATE, certificate);
  }

  /// Replaces the certificate; the key stays.
  void renew(ByteString certificate) throws IOException {
    writeCertificate(CERTIFICATE, certificate);
  }

  private void writeCertificate(String name, ByteString der) throws IOException {
    X509Certificate certificate = parse(der);
    try {
      AtomicFile.write(pki, name, NodeKey.pem("CERTIFICATE", certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate cannot be encoded", e);
    }
  }

  static X509Certificate parse(ByteString der) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the controller sent a certificate that cannot be read", e);
    }
  }

  private String value(Properties values, String key) throws CredentialsException {
    String value = values.getProperty(key, "");
    if (value.isEmpty()) {
      throw new CredentialsException(
          directory.resolve(MEMBERSHIP)
              + ": "
              + key
              + " is missing; remove the directory's pki and join again with a new token");
    }
    return value;
  }
}
