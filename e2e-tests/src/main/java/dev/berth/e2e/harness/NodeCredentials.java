package dev.berth.e2e.harness;

import com.google.protobuf.ByteString;
import dev.berth.client.ControllerAddress;
import dev.berth.client.ControllerChannel;
import dev.berth.client.TlsIdentity;
import dev.berth.v1.CreateTokenRequest;
import dev.berth.v1.EnrollRequest;
import dev.berth.v1.EnrollResponse;
import dev.berth.v1.EnrollmentServiceGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a node got when it joined.
///
/// @param node its name
/// @param nodeUid identity of its registration
/// @param clusterUid of its cluster
/// @param identity for connections
public record NodeCredentials(
    String node, String nodeUid, String clusterUid, TlsIdentity identity) {
  private static final int LIMIT_SECONDS = 30;

  /// Joins as an agent would, with a key that openssl makes.
  ///
  /// @param joins join ports of the controllers
  /// @param caDigest of the cluster's authority
  static NodeCredentials join(
      String node, Api api, List<ControllerAddress> joins, String caDigest, Path directory) {
    Path key = directory.resolve(node + ".key");
    Path csr = directory.resolve(node + ".csr");
    Command.of(
            "openssl",
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            key.toString(),
            "-outform",
            "DER",
            "-out",
            csr.toString(),
            "-subj",
            "/CN=" + node)
        .output();
    String token =
        api.admin().createToken(CreateTokenRequest.newBuilder().setNode(node).build()).getSecret();
    try (ControllerChannel channel = ControllerChannel.openForJoining(joins, caDigest)) {
      EnrollResponse joined =
          EnrollmentServiceGrpc.newBlockingStub(channel.channel())
              .withWaitForReady()
              .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
              .enroll(
                  EnrollRequest.newBuilder()
                      .setNode(node)
                      .setToken(token)
                      .setCsr(ByteString.copyFrom(Files.readAllBytes(csr)))
                      .build());
      Path certificate = directory.resolve(node + ".crt");
      Path authority = directory.resolve(node + "-ca.crt");
      Files.writeString(certificate, pem(joined.getCertificate()));
      Files.writeString(authority, pem(joined.getCaCertificate()));
      return new NodeCredentials(
          node,
          joined.getNodeUid(),
          joined.getClusterUid(),
          TlsIdentity.load(certificate, key, authority));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(ByteString der) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(der.toByteArray());
    return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
  }
}
