package dev.berth.cli.cluster;

import dev.berth.cli.term.Terminal;
import dev.berth.client.context.ClusterContext;
import dev.berth.client.context.ContextChoice;
import dev.berth.client.context.ContextEntry;
import dev.berth.client.context.ContextException;
import java.io.IOException;
import picocli.CommandLine.Option;

/// The options that say which cluster is meant; every verb that speaks to one has them.
public final class ClusterOptions {
  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "Namespace; BERTH_NAMESPACE or the context's unless given.")
  private String namespace = "";

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "Context of the configuration; BERTH_CONTEXT or the current one unless given.")
  private String context = "";

  @Option(
      names = {"--addr", "--address"},
      paramLabel = "HOST:PORT,…",
      description = "Addresses of the controllers; BERTH_ADDR or the context's unless given.")
  private String address = "";

  @Option(names = "--ca-cert", paramLabel = "FILE", description = "CA certificate, PEM.")
  private String caCert = "";

  @Option(names = "--client-cert", paramLabel = "FILE", description = "Own certificate, PEM.")
  private String clientCert = "";

  @Option(names = "--client-key", paramLabel = "FILE", description = "Its key, PEM, PKCS #8.")
  private String clientKey = "";

  /// Opens the cluster; it is dialled on the first call.
  ///
  /// @throws ContextException when it is not known which cluster is meant
  /// @throws IOException when the credentials cannot be used
  public Cluster open(Terminal terminal) throws ContextException, IOException {
    ContextEntry flags = new ContextEntry(address, namespace, caCert, clientCert, clientKey);
    ClusterContext chosen = ContextChoice.resolve(context, flags, terminal.environment());
    return new Cluster(chosen, chosen.identity(), new SpokenNotices(terminal));
  }
}
