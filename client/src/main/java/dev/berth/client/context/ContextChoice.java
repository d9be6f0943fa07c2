package dev.berth.client.context;

import dev.berth.client.ControllerAddress;
import dev.berth.spec.Names;
import dev.berth.spec.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Finds out which cluster is meant: a flag comes before the environment, that before the context.
public final class ContextChoice {
  private ContextChoice() {}

  /// The cluster that is meant.
  ///
  /// @param contextFlag name of the context, or empty
  /// @param flags values of flags; empty values were not given
  /// @param environment `BERTH_CONTEXT`, `BERTH_ADDR`, `BERTH_NAMESPACE`, `BERTH_CACERT`,
  ///     `BERTH_CLIENT_CERT`, `BERTH_CLIENT_KEY`, and what says where the file is
  /// @throws ContextException when something is missing or wrong
  public static ClusterContext resolve(
      String contextFlag, ContextEntry flags, Map<String, String> environment)
      throws ContextException {
    Path file = ContextFile.location(environment);
    ContextEntry said = flags.orElse(fromEnvironment(environment));
    String name = contextFlag.isEmpty() ? value(environment, "BERTH_CONTEXT") : contextFlag;
    ContextEntry entry = isComplete(said) && name.isEmpty() ? said : said.orElse(entry(name, file));
    requireComplete(entry, file);
    String namespace = entry.namespace().isEmpty() ? Names.DEFAULT_NAMESPACE : entry.namespace();
    String problem = Names.namespaceProblem(namespace);
    if (problem != null && !namespace.equals("-")) {
      throw new ContextException("namespace: " + problem);
    }
    return new ClusterContext(
        addresses(entry.address()),
        namespace,
        Path.of(entry.caCert()),
        Path.of(entry.clientCert()),
        Path.of(entry.clientKey()));
  }

  private static List<ControllerAddress> addresses(String text) throws ContextException {
    try {
      return ControllerAddress.parseList(text);
    } catch (IllegalArgumentException e) {
      throw new ContextException("address: " + e.getMessage(), e);
    }
  }

  private static ContextEntry entry(String wanted, Path file) throws ContextException {
    ContextFile contexts = ContextFile.load(file);
    String name = wanted.isEmpty() ? contexts.current() : wanted;
    ContextEntry entry = contexts.contexts().get(name);
    if (entry == null && !name.isEmpty()) {
      throw new ContextException(
          "context: value: "
              + Printable.quote(name)
              + " (expected: one of "
              + file
              + ": "
              + Printable.escape(String.join(", ", contexts.contexts().keySet()))
              + ")");
    }
    return entry == null ? ContextEntry.EMPTY : entry;
  }

  private static void requireComplete(ContextEntry entry, Path file) throws ContextException {
    if (entry.address().isEmpty()) {
      throw new ContextException(
          "no cluster is known: "
              + file
              + " has no context and BERTH_ADDR is not set; run `berth up` to start one here");
    }
    if (!isComplete(entry)) {
      throw new ContextException(
          "credentials are missing: set BERTH_CACERT, BERTH_CLIENT_CERT and BERTH_CLIENT_KEY, or"
              + " caCert, clientCert and clientKey in "
              + file);
    }
  }

  private static boolean isComplete(ContextEntry entry) {
    return !entry.address().isEmpty()
        && !entry.caCert().isEmpty()
        && !entry.clientCert().isEmpty()
        && !entry.clientKey().isEmpty();
  }

  private static ContextEntry fromEnvironment(Map<String, String> environment) {
    return new ContextEntry(
        value(environment, "BERTH_ADDR"),
        value(environment, "BERTH_NAMESPACE"),
        value(environment, "BERTH_CACERT"),
        value(environment, "BERTH_CLIENT_CERT"),
        value(environment, "BERTH_CLIENT_KEY"));
  }

  private static String value(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "");
  }
}
