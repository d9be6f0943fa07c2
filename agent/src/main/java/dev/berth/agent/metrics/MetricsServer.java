package dev.berth.agent.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.agent.driver.DriverRegistry;
import dev.berth.agent.port.AgentMetrics;
import dev.berth.agent.port.InstanceInventory;
import dev.berth.v1.BootPhaseKind;
import dev.berth.v1.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Serves `/metrics` over HTTP. GET and HEAD only (405), this path only (404), and only for a Host
/// that is this server's own address (421), so that a web page cannot read it by rebinding a name.
public final class MetricsServer implements AgentMetrics, AutoCloseable {
  static {
    // Of the JDK's server, in seconds and counts: it has no limits of its own against slow senders.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.setProperty("sun.net.httpserver.idleInterval", "30");
    System.setProperty("sun.net.httpserver.maxReqHeaders", "64");
    System.setProperty("sun.net.httpserver.maxReqHeaderSize", "16384");
    System.setProperty("jdk.httpserver.maxConnections", "64");
  }

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> hosts;
  private final InstanceCollector instances;
  private final Meters meters;

  private MetricsServer(HttpServer server, Set<String> hosts, InstanceCollector instances) {
    this.server = server;
    this.hosts = hosts;
    this.instances = instances;
    meters = new Meters(instances);
  }

  /// Starts serving.
  ///
  /// @param address where to listen; port 0 means any free one
  /// @param node name of the node, a label of each instance's metrics
  /// @throws IOException when the address cannot be listened on
  public static MetricsServer open(InetSocketAddress address, String node) throws IOException {
    HttpServer server = HttpServer.create(address, 16);
    MetricsServer metrics =
        new MetricsServer(server, hostsOf(address), new InstanceCollector(node));
    server.setExecutor(metrics.executor);
    server.createContext("/", metrics::handle);
    server.start();
    return metrics;
  }

  /// Where it listens, with the real port.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /// From now on each scrape measures these instances.
  public void observe(InstanceInventory inventory, DriverRegistry drivers) {
    instances.observe(inventory, drivers);
  }

  @Override
  public void driverCall(String driver, String verb, Outcome outcome, long nanos) {
    meters.driverCall(driver, verb, outcome, nanos);
  }

  @Override
  public void dispatch(long nanos) {
    meters.dispatch(nanos);
  }

  @Override
  public void bootPhase(Kind kind, BootPhaseKind phase, Duration since) {
    meters.bootPhase(kind, phase, since);
  }

  @Override
  public void imageReclaimed(long bytes) {
    meters.imageReclaimed(bytes);
  }

  @Override
  public void session(boolean open) {
    meters.session(open);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
    meters.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!isOurs(exchange.getRequestHeaders().getFirst("Host"))) {
        answer(exchange, 421, TEXT, "this server does not serve that host\n");
      } else if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        answer(exchange, 404, TEXT, "not here; see /metrics\n");
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        answer(exchange, 405, TEXT, "only GET and HEAD\n");
      } else {
        answer(exchange, 200, METRICS, meters.scrape());
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  private boolean isOurs(@Nullable String header) {
    if (header == null) {
      return false;
    }
    String host = header.strip().toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']')) {
      host = host.substring(0, colon);
    }
    return hosts.contains(host);
  }

  private static Set<String> hostsOf(InetSocketAddress address) {
    Set<String> hosts = new HashSet<>(List.of("localhost", "127.0.0.1", "[::1]"));
    hosts.add(address.getHostString().toLowerCase(Locale.ROOT));
    InetAddress bound = address.getAddress();
    if (bound == null) {
      return hosts;
    }
    hosts.add(literal(bound));
    if (bound.isAnyLocalAddress()) {
      try {
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .forEach(own -> hosts.add(literal(own)));
      } catch (SocketException _) {
        return hosts; // then only loopback names are served
      }
    }
    return hosts;
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    return plain.contains(":") ? "[" + plain + "]" : plain;
  }
}
