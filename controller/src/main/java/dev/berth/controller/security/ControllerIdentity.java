package dev.berth.controller.security;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The controller's own certificate, as it shows it to whoever dials it and to the controllers that
/// it dials: leaf and authority. New connections
/// see the newest; it is renewed at each start and when two thirds of its life are over.
public final class ControllerIdentity extends X509ExtendedKeyManager {
  private static final String ALIAS = "controller";

  private final CertificateAuthority authority;
  private final PkiDirectory directory;
  private volatile Credentials current;

  /// Issues the first certificate.
  public ControllerIdentity(CertificateAuthority authority, PkiDirectory directory, Instant now)
      throws SecurityFailure {
    this.authority = authority;
    this.directory = directory;
    this.current = directory.renewController(authority, now);
  }

  /// Renews the certificate when it is time to; call this every few minutes.
  ///
  /// @return whether it was renewed
  public boolean renewIfDue(Instant now) throws SecurityFailure {
    X509Certificate leaf = current.leaf();
    Instant start = instant(leaf.getNotBefore());
    Duration life = Duration.between(start, instant(leaf.getNotAfter()));
    // Before its start: the wall clock was set back.
    boolean due = now.isBefore(start) || now.isAfter(start.plus(life.multipliedBy(2).dividedBy(3)));
    if (due) {
      current = directory.renewController(authority, now);
    }
    return due;
  }

  // X.509 certificates hold java.util.Date.
  @SuppressWarnings("JavaUtilDate")
  private static Instant instant(java.util.Date date) {
    return date.toInstant();
  }

  @Override
  public String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return ALIAS;
  }

  @Override
  public String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return ALIAS;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.key();
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return ALIAS;
  }

  @Override
  public String chooseEngineClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return ALIAS;
  }
}
