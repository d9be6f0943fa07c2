package dev.berth.client.context;

/// One context as it stands in the file; empty values are those that the file does not have.
///
/// @param address `host:port`, several with commas between them
/// @param namespace that is meant when none is said
/// @param caCert path of the CA's certificate; relative paths count from the file's directory
/// @param clientCert path of the user's certificate
/// @param clientKey path of the certificate's key
public record ContextEntry(
    String address, String namespace, String caCert, String clientCert, String clientKey) {
  /// Says nothing.
  public static final ContextEntry EMPTY = new ContextEntry("", "", "", "", "");

  /// This entry, with the other's values where this one has none.
  public ContextEntry orElse(ContextEntry other) {
    return new ContextEntry(
        first(address, other.address),
        first(namespace, other.namespace),
        first(caCert, other.caCert),
        first(clientCert, other.clientCert),
        first(clientKey, other.clientKey));
  }

  private static String first(String one, String other) {
    return one.isEmpty() ? other : one;
  }
}
