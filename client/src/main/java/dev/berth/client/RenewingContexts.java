package dev.berth.client;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The TLS context of the present identity. A new identity gets a new context, so that no session
/// of the old one is resumed under its certificate.
final class RenewingContexts implements TlsSocketFactory.Contexts {
  private final Supplier<TlsIdentity> identities;
  private @Nullable TlsIdentity identity;
  private @Nullable SSLContext context;

  RenewingContexts(Supplier<TlsIdentity> identities) {
    this.identities = identities;
  }

  @Override
  public synchronized SSLContext current() throws IOException {
    TlsIdentity now = identities.get();
    SSLContext present = context;
    if (present == null || !now.equals(identity)) {
      present = contextOf(now);
      context = present;
      identity = now;
    }
    return present;
  }

  private static SSLContext contextOf(TlsIdentity identity) throws CredentialsException {
    try {
      return TlsContexts.mutual(identity);
    } catch (GeneralSecurityException | IOException e) {
      throw new CredentialsException(
          identity + " cannot be used for TLS: " + e.getMessage() + "; renew it", e);
    }
  }
}
