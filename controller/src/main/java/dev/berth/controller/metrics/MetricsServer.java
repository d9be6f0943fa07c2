package dev.berth.controller.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Serves `GET /metrics` over plain HTTP to those who name this host rightly, which keeps web pages
/// in a browser on this machine from reading it.
public final class MetricsServer implements AutoCloseable {
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  static {
    // The server reads these once, in its class initialisation: limits against slow and large
    // requests.
    setDefault("sun.net.httpserver.maxReqTime", "10");
    setDefault("sun.net.httpserver.maxRspTime", "30");
    setDefault("sun.net.httpserver.maxReqHeaders", "50");
    setDefault("sun.net.httpserver.maxReqHeaderSize", "16384");
    setDefault("jdk.httpserver.maxConnections", "64");
  }

  private final HttpServer server;
  private final ExecutorService executor =
      Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().name("metrics-", 0).factory());
  private final Set<String> hosts;
  private final Supplier<String> metrics;

  private MetricsServer(HttpServer server, Set<String> hosts, Supplier<String> metrics) {
    this.server = server;
    this.hosts = hosts;
    this.metrics = metrics;
    server.createContext("/", this::handle);
    server.setExecutor(executor);
    server.start();
  }

  /// Starts to serve.
  ///
  /// @param address where to listen; port 0 is any free one
  /// @param hosts names and addresses under which this host is known, besides the one it listens on
  /// @param metrics what is served
  /// @throws IOException when the port cannot be bound
  public static MetricsServer start(
      InetSocketAddress address, List<String> hosts, Supplier<String> metrics) throws IOException {
    Set<String> known = new TreeSet<>(hosts);
    known.addAll(List.of("localhost", "127.0.0.1", "::1", address.getHostString()));
    try {
      return new MetricsServer(HttpServer.create(address, 16), known, metrics);
    } catch (IOException e) {
      throw new IOException(
          "metrics-address: cannot listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
  }

  /// The port that it listens on.
  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (!isKnown(exchange.getRequestHeaders().getFirst("Host"), exchange)) {
        answer(exchange, 421, "text/plain", "This host goes by other names.\n", head);
      } else if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        answer(exchange, 404, "text/plain", "Not found: try /metrics.\n", head);
      } else if (!head && !exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        answer(exchange, 405, "text/plain", "Only GET and HEAD.\n", false);
      } else {
        answer(exchange, 200, CONTENT_TYPE, metrics.get(), head);
      }
    }
  }

  private boolean isKnown(@Nullable String header, HttpExchange exchange) {
    if (header == null) {
      return false;
    }
    String host = header.toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      host = host.substring(0, colon);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return hosts.contains(host)
        || host.equals(exchange.getLocalAddress().getAddress().getHostAddress());
  }

  private static void answer(
      HttpExchange exchange, int code, String type, String body, boolean head) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(code, head ? -1 : bytes.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
