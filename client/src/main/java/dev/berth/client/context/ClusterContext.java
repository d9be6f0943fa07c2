package dev.berth.client.context;

import dev.berth.client.ControllerAddress;
import dev.berth.client.CredentialsException;
import dev.berth.client.TlsIdentity;
import java.nio.file.Path;
import java.util.List;

/// How to reach one cluster.
///
/// @param addresses of its controllers, tried in this order; not empty
/// @param namespace that is meant when none is said
/// @param authorities PEM file with the cluster's CA certificate
/// @param certificate PEM file with the user's certificate
/// @param key PEM file with its private key, PKCS #8
public record ClusterContext(
    List<ControllerAddress> addresses,
    String namespace,
    Path authorities,
    Path certificate,
    Path key) {
  /// Copies the list.
  public ClusterContext {
    addresses = List.copyOf(addresses);
  }

  /// Reads the credentials.
  ///
  /// @throws CredentialsException when a file is missing or cannot be used
  public TlsIdentity identity() throws CredentialsException {
    return TlsIdentity.load(certificate, key, authorities);
  }
}
