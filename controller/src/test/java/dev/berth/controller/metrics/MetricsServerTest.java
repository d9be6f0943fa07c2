package dev.berth.controller.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MetricsServerTest {
  private MetricsServer server;

  @BeforeEach
  void start() throws Exception {
    ControllerMetrics metrics = new ControllerMetrics(() -> 3);
    server =
        MetricsServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of("ctl.example"),
            metrics::scrape);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /// Sends a request as it is and returns the whole answer.
  private String ask(String request) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private int code(String line, String host) throws Exception {
    String answer = ask(line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    return Integer.parseInt(answer.substring(9, 12));
  }

  @Test
  void servesMetrics() throws Exception {
    String answer = ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
    assertTrue(answer.contains("berth_sessions 3"), answer);
    assertTrue(answer.contains("berth_instances{state=\"running\"} 0"), answer);
    assertTrue(answer.contains("jvm_memory_used_bytes"), answer);
  }

  @Test
  void answersOnlyToItsOwnNames() throws Exception {
    assertEquals(200, code("GET /metrics", "ctl.example:9641"));
    assertEquals(200, code("GET /metrics", "127.0.0.1:" + server.port()));
    assertEquals(200, code("GET /metrics", "[::1]"));
    for (String host : List.of("evil.example", "localhost.evil.example", "", "[::1", "a:b:c")) {
      assertEquals(421, code("GET /metrics", host), host);
    }
  }

  @Test
  void servesNothingElse() throws Exception {
    for (String path : List.of("/", "/metricsx", "/../etc/passwd", "/metrics/x", "/%2e%2e/x")) {
      assertEquals(404, code("GET " + path, "localhost"), path);
    }
    assertEquals(405, code("POST /metrics", "localhost"));
    assertEquals(405, code("DELETE /metrics", "localhost"));
    assertEquals(200, code("HEAD /metrics", "localhost"));
  }

  @Test
  void refusesHeadersWithoutEnd() {
    String request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(65_536);
    try {
      String answer = ask(request + "\r\nConnection: close\r\n\r\n");
      assertFalse(answer.startsWith("HTTP/1.1 200"), "served");
    } catch (Exception e) {
      assertInstanceOf(SocketException.class, e, "the connection is closed while it is being sent");
    }
  }
}
