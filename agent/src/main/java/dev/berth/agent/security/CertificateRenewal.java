package dev.berth.agent.security;

import com.google.protobuf.ByteString;
import dev.berth.agent.port.AgentClock;
import dev.berth.client.TlsIdentity;
import dev.berth.v1.RenewCertificateRequest;
import dev.berth.v1.RenewCertificateResponse;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the node's certificate fresh: asks for a new one at two thirds of its life. Connections
/// that are open stay; new ones use the new certificate.
public final class CertificateRenewal implements Supplier<TlsIdentity> {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final Duration SHORTEST = Duration.ofMillis(200);

  /// Carries the request to the controller that leads.
  public interface Transport {
    /// Sends the request and waits for the answer.
    ///
    /// @throws StatusRuntimeException when no controller answers, or it refuses
    RenewCertificateResponse renew(RenewCertificateRequest request);
  }

  private final NodeCredentials credentials;
  private final String node;
  private final AgentClock clock;
  private final AtomicReference<TlsIdentity> identity;

  /// @param credentials the files
  /// @param node name of the node
  /// @param clock whose time of day certificates are bound to
  public CertificateRenewal(NodeCredentials credentials, String node, AgentClock clock)
      throws IOException {
    this.credentials = credentials;
    this.node = node;
    this.clock = clock;
    this.identity = new AtomicReference<>(credentials.identity());
  }

  /// The identity for the next connection.
  @Override
  public TlsIdentity get() {
    return identity.get();
  }

  /// When the present certificate ends.
  public Instant expiry() {
    return leaf().getNotAfter().toInstant();
  }

  /// How long the present certificate need not be renewed; zero when it is time.
  Duration untilDue() {
    Instant from = leaf().getNotBefore().toInstant();
    Duration life = Duration.between(from, expiry());
    Duration left = Duration.between(clock.wall(), from.plus(life.multipliedBy(2).dividedBy(3)));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /// Renews whenever it is time, until interrupted.
  public void run(Transport transport) {
    try {
      while (true) {
        Duration wait = untilDue();
        if (wait.isZero()) {
          wait = renewed(transport) ? SHORTEST : RETRY;
        }
        // Wakes up now and then: the host may have slept in between.
        clock.sleep(wait.compareTo(RETRY) > 0 ? RETRY.toMillis() : wait.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Asks for a new certificate now.
  ///
  /// @return whether there is one
  boolean renewed(Transport transport) {
    try {
      PublicKey publicKey = leaf().getPublicKey();
      byte[] csr = CertificateRequest.of(node, publicKey, identity.get().key());
      RenewCertificateResponse answer =
          transport.renew(
              RenewCertificateRequest.newBuilder().setCsr(ByteString.copyFrom(csr)).build());
      if (!NodeCredentials.parse(answer.getCertificate()).getPublicKey().equals(publicKey)) {
        throw new IOException("the controller sent a certificate for another key");
      }
      credentials.renew(answer.getCertificate());
      identity.set(credentials.identity());
      LOG.info("certificate renewed; the new one ends at {}", expiry());
      return true;
    } catch (StatusRuntimeException | IOException e) {
      LOG.warn(
          "certificate cannot be renewed: {}; it ends at {}, the next try is in {} s",
          e.getMessage(),
          expiry(),
          RETRY.toSeconds());
      return false;
    }
  }

  private X509Certificate leaf() {
    return identity.get().chain().getFirst();
  }
}
