package dev.berth.cli.up;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// What `up` was told. Kept while the cluster runs, since `down` has to know it.
///
/// @param dir the data directory
/// @param checkout where Berth was built: the launchers are there
/// @param ports of the cluster
/// @param runtimes what the agent runs instances with
/// @param node name of this host's node
/// @param context name of the command line's context
record UpSettings(
    DataDir dir, Path checkout, Ports ports, Runtimes runtimes, String node, String context) {

  UpSettings with(Runtimes other) {
    return new UpSettings(dir, checkout, ports, other, node, context);
  }

  String dockerHost() {
    return runtimes.dockerHost();
  }

  String libvirtUri() {
    return runtimes.libvirtUri();
  }

  /// Program of the checkout.
  String launcher(String name) {
    return checkout.resolve("deploy").resolve("bin").resolve(name).toString();
  }

  void save() throws IOException {
    Properties properties = new Properties();
    ports.store(properties);
    properties.setProperty("checkout", checkout.toString());
    runtimes.store(properties);
    properties.setProperty("node", node);
    properties.setProperty("context", context);
    try (Writer writer = Files.newBufferedWriter(dir.settings())) {
      properties.store(writer, null);
    }
  }

  /// The settings of the cluster that runs, or ran, in a data directory; empty when `down` has
  /// nothing more to do there.
  static Optional<UpSettings> load(DataDir dir) throws IOException {
    if (!Files.exists(dir.settings())) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(dir.settings())) {
      properties.load(reader);
    }
    return Optional.of(
        new UpSettings(
            dir,
            Path.of(properties.getProperty("checkout", ".")),
            Ports.load(properties),
            Runtimes.load(properties),
            properties.getProperty("node", ""),
            properties.getProperty("context", "")));
  }
}
