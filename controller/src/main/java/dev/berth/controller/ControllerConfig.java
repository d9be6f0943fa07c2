package dev.berth.controller;

import dev.berth.controller.core.CoreSettings;
import dev.berth.spec.Durations;
import dev.berth.spec.Printable;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How a controller runs: flags win over the file that `--config` names, which wins over defaults.
///
/// @param dataDirectory keys, certificates
/// @param listen where it listens
/// @param etcd how the store is reached
/// @param core timings of the core
record ControllerConfig(Path dataDirectory, Listen listen, EtcdConfig etcd, CoreSettings core) {
  /// Each key with its default; empty: none. In the order in which they are shown.
  private static final List<Map.Entry<String, String>> KEYS =
      List.of(
          Map.entry("data-dir", ""),
          Map.entry("api-address", "127.0.0.1:7443"),
          Map.entry("join-address", "127.0.0.1:7444"),
          Map.entry("metrics-address", "127.0.0.1:9641"),
          Map.entry("advertise", ""),
          Map.entry("etcd-endpoints", "https://127.0.0.1:2379"),
          Map.entry("etcd-ca", ""),
          Map.entry("etcd-cert", ""),
          Map.entry("etcd-key", ""),
          Map.entry("heartbeat-interval", "2s"),
          Map.entry("suspect-timeout", "6s"),
          Map.entry("lost-timeout", "20s"),
          Map.entry("election-ttl", "3s"));

  private static final int CONFIG_FILE_MAX = 1 << 20;

  /// Where a controller listens, and under which names it is dialled.
  ///
  /// @param api the API
  /// @param join for hosts without a certificate
  /// @param metrics for Prometheus
  /// @param advertise names and addresses for certificates, the first one also for joiners
  record Listen(
      InetSocketAddress api,
      InetSocketAddress join,
      InetSocketAddress metrics,
      List<String> advertise) {}

  /// How the store is reached.
  ///
  /// @param endpoints URLs
  /// @param ca authority of its certificate
  /// @param certificate ours
  /// @param key ours
  /// @param electionTtl time to live of the leader's lease
  record EtcdConfig(
      List<URI> endpoints, Path ca, Path certificate, Path key, Duration electionTtl) {}

  /// Says what is wrong with the configuration, and what is expected.
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message);
    }
  }

  /// Reads flags of the form `--key=value`.
  static ControllerConfig parse(List<String> flags) throws Wrong {
    SortedMap<String, String> given = new TreeMap<>();
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      if (!flag.startsWith("--") || equals < 3) {
        throw new Wrong("flag: value: " + Printable.quote(flag) + " (expected: --key=value)");
      }
      String key = flag.substring(2, equals);
      if (given.put(key, flag.substring(equals + 1)) != null) {
        throw new Wrong("--" + key + ": given twice (expected: once)");
      }
    }
    String file = given.remove("config");
    SortedMap<String, String> all = new TreeMap<>();
    KEYS.forEach(key -> all.put(key.getKey(), key.getValue()));
    if (file != null) {
      addAll(all, fromFile(Path.of(file)), file + ": ");
    }
    addAll(all, given, "--");
    return new Reading(all).config();
  }

  /// The keys with their defaults, one a line.
  static String describeKeys() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> key : KEYS) {
      text.append("  --").append(key.getKey()).append('=').append(key.getValue()).append('\n');
    }
    return text.append("  --config=FILE  the same keys, as key=value lines\n").toString();
  }

  private static void addAll(
      SortedMap<String, String> all, SortedMap<String, String> more, String prefix) throws Wrong {
    for (Map.Entry<String, String> each : more.entrySet()) {
      if (!all.containsKey(each.getKey())) {
        throw new Wrong(
            "%s%s: no such key (expected one of: %s)"
                .formatted(
                    prefix,
                    Printable.escape(each.getKey()),
                    String.join(", ", KEYS.stream().map(Map.Entry::getKey).toList())));
      }
      all.put(each.getKey(), each.getValue());
    }
  }

  private static SortedMap<String, String> fromFile(Path file) throws Wrong {
    try {
      if (Files.size(file) > CONFIG_FILE_MAX) {
        throw new Wrong(file + ": is larger than 1 MiB (expected: key=value lines)");
      }
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
      SortedMap<String, String> values = new TreeMap<>();
      properties.forEach((key, value) -> values.put(key.toString(), value.toString()));
      return values;
    } catch (IOException | IllegalArgumentException e) {
      Wrong wrong = new Wrong("--config: " + file + ": cannot be read: " + e.getMessage());
      wrong.initCause(e);
      throw wrong;
    }
  }

  /// The effective configuration on one line.
  String describe() {
    return ("data-dir=%s api-address=%s join-address=%s metrics-address=%s advertise=%s"
            + " etcd-endpoints=%s etcd-ca=%s etcd-cert=%s etcd-key=%s heartbeat-interval=%s"
            + " suspect-timeout=%s lost-timeout=%s election-ttl=%s")
        .formatted(
            dataDirectory,
            text(listen.api),
            text(listen.join),
            text(listen.metrics),
            String.join(",", listen.advertise),
            String.join(",", etcd.endpoints.stream().map(URI::toString).toList()),
            etcd.ca,
            etcd.certificate,
            etcd.key,
            Durations.format(Duration.ofMillis(core.heartbeatMillis())),
            Durations.format(Duration.ofMillis(core.suspectMillis())),
            Durations.format(Duration.ofMillis(core.lostMillis())),
            Durations.format(etcd.electionTtl));
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /// Turns texts into values.
  private record Reading(SortedMap<String, String> values) {
    ControllerConfig config() throws Wrong {
      String directory = text("data-dir");
      if (directory.isEmpty()) {
        throw new Wrong("--data-dir: missing (expected: a directory for keys and certificates)");
      }
      Path data = Path.of(directory).toAbsolutePath().normalize();
      Path etcdPki = data.resolve("etcd-pki");
      return new ControllerConfig(
          data,
          new Listen(
              address("api-address"),
              address("join-address"),
              address("metrics-address"),
              list("advertise")),
          new EtcdConfig(
              endpoints(),
              path("etcd-ca", etcdPki.resolve("ca.crt")),
              path("etcd-cert", etcdPki.resolve("client.crt")),
              path("etcd-key", etcdPki.resolve("client.key")),
              ttl()),
          core());
    }

    private String text(String key) {
      String value = values.get(key);
      return value == null ? "" : value.strip();
    }

    private List<String> list(String key) {
      List<String> items = new ArrayList<>();
      for (String item : text(key).split(",", -1)) {
        if (!item.isBlank()) {
          items.add(item.strip());
        }
      }
      return List.copyOf(items);
    }

    private Path path(String key, Path fallback) {
      String value = text(key);
      return value.isEmpty() ? fallback : Path.of(value).toAbsolutePath();
    }

    private InetSocketAddress address(String key) throws Wrong {
      String value = text(key);
      int colon = value.lastIndexOf(':');
      try {
        int port = Integer.parseInt(value.substring(colon + 1));
        String host = colon < 0 ? "" : value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
          host = host.substring(1, host.length() - 1);
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (!host.isEmpty() && !address.isUnresolved()) {
          return address;
        }
        throw wrong(key, "HOST:PORT of this machine, port 0 for any free one", null);
      } catch (IllegalArgumentException e) {
        throw wrong(key, "HOST:PORT of this machine, port 0 for any free one", e);
      }
    }

    private List<URI> endpoints() throws Wrong {
      List<URI> endpoints = new ArrayList<>();
      for (String each : list("etcd-endpoints")) {
        try {
          URI uri = URI.create(each);
          boolean good = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
          if (!good || uri.getHost() == null || uri.getPort() < 1) {
            throw wrong("etcd-endpoints", "https://HOST:PORT[,…]", null);
          }
          endpoints.add(uri);
        } catch (IllegalArgumentException e) {
          throw wrong("etcd-endpoints", "https://HOST:PORT[,…]", e);
        }
      }
      if (endpoints.isEmpty()) {
        throw wrong("etcd-endpoints", "https://HOST:PORT[,…]", null);
      }
      return List.copyOf(endpoints);
    }

    private Duration ttl() throws Wrong {
      Duration ttl = duration("election-ttl");
      if (ttl.compareTo(Duration.ofSeconds(2)) < 0 || ttl.compareTo(Duration.ofMinutes(1)) > 0) {
        throw wrong("election-ttl", "2s to 1m", null);
      }
      return ttl;
    }

    private CoreSettings core() throws Wrong {
      try {
        return new CoreSettings(
            duration("heartbeat-interval").toMillis(),
            duration("suspect-timeout").toMillis(),
            duration("lost-timeout").toMillis());
      } catch (IllegalArgumentException e) {
        Wrong wrong = new Wrong(String.valueOf(e.getMessage()));
        wrong.initCause(e);
        throw wrong;
      }
    }

    private Duration duration(String key) throws Wrong {
      try {
        return Durations.parse(text(key));
      } catch (IllegalArgumentException e) {
        Wrong wrong = new Wrong("--" + key + ": " + e.getMessage());
        wrong.initCause(e);
        throw wrong;
      }
    }

    private Wrong wrong(String key, String expected, @Nullable Exception cause) {
      Wrong wrong =
          new Wrong(
              "--%s: value: %s (expected: %s)"
                  .formatted(key, Printable.quote(text(key)), expected));
      if (cause != null) {
        wrong.initCause(cause);
      }
      return wrong;
    }
  }
}
