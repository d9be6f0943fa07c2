package dev.berth.agent.security;

import com.google.protobuf.ByteString;
import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.v1.EnrollRequest;
import dev.berth.v1.EnrollResponse;
import dev.berth.v1.EnrollmentServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Joins a cluster: makes a key that stays on this host and exchanges the token for a certificate.
///
/// The controller's CA is compared with the digest in the token while the connection is made: a
/// stranger never gets to see the token.
public final class Enrolment {
  private static final int LIMIT_SECONDS = 30;

  private final NodeCredentials credentials;

  /// @param credentials where the certificate is kept
  public Enrolment(NodeCredentials credentials) {
    this.credentials = credentials;
  }

  /// Joins; the files are written when this returns.
  ///
  /// @param joinAddresses where controllers let hosts join
  /// @throws Refused when this token will not do, now or later
  /// @throws IOException when it may do later: no controller answers, or the disk is full
  public Membership join(List<ControllerAddress> joinAddresses, JoinToken token, String node)
      throws IOException, Refused {
    KeyPair key = NodeKey.generate();
    EnrollRequest request =
        EnrollRequest.newBuilder()
            .setToken(token.text())
            .setNode(node)
            .setCsr(
                ByteString.copyFrom(CertificateRequest.of(node, key.getPublic(), key.getPrivate())))
            .build();
    EnrollResponse answer;
    try (ControllerChannel channel =
        ControllerChannel.openForJoining(joinAddresses, token.authorityDigest())) {
      answer =
          EnrollmentServiceGrpc.newBlockingStub(channel.channel())
              .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
              .enroll(request);
    } catch (StatusRuntimeException e) {
      throw failure(e, joinAddresses, node);
    }
    PublicKey certified = NodeCredentials.parse(answer.getCertificate()).getPublicKey();
    if (!certified.equals(key.getPublic())) {
      throw new Refused("the controller sent a certificate for another key");
    }
    Membership membership = new Membership(answer.getClusterUid(), node, answer.getNodeUid());
    credentials.store(membership, key, answer.getCertificate(), answer.getCaCertificate());
    return membership;
  }

  private static IOException failure(
      StatusRuntimeException e, List<ControllerAddress> addresses, String node) throws Refused {
    Status status = e.getStatus();
    return switch (status.getCode()) {
      case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, ALREADY_EXISTS ->
          throw new Refused("joining as \"" + node + "\" was refused: " + status.getDescription());
      default -> new IOException("joining at " + addresses + ": " + reason(status), e);
    };
  }

  private static String reason(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String detail = cause == null ? "" : " (" + cause.getMessage() + ")";
    return status.getCode() + ": " + status.getDescription() + detail;
  }

  /// A token that will not do.
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }
}
