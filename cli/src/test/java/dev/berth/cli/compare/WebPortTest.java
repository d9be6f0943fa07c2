package dev.berth.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class WebPortTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static HttpServer server(int port, int code) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, port), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(code, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void asksUntilThereIsAnAnswer() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      port = free.getLocalPort();
    }
    AtomicInteger looks = new AtomicInteger();
    HttpServer[] late = new HttpServer[1];
    try (WebPort web = new WebPort(LOOPBACK.getHostAddress(), port)) {
      long begun = System.nanoTime();
      long answered =
          web.awaitAnswer(
              LIMIT,
              () -> {
                if (looks.incrementAndGet() == 20) {
                  late[0] = started(port);
                }
              });
      assertTrue(looks.get() >= 20, "it was asked while nobody listened");
      assertTrue(answered > begun && answered <= System.nanoTime());
      assertTrue(web.load(Duration.ofMillis(200)).rate().orElseThrow() > 0);
    } finally {
      if (late[0] != null) {
        late[0].stop(0);
      }
    }
  }

  private static HttpServer started(int port) {
    try {
      return server(port, 200);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void asksAgainWhereConnectionsAreTakenAndNobodyAnswers() throws Exception {
    // More than may be under way together: those that nobody answers must not stop the others.
    try (ServerSocket silent = new ServerSocket(0, 200, LOOPBACK);
        WebPort web = new WebPort(LOOPBACK.getHostAddress(), silent.getLocalPort())) {
      AtomicInteger looks = new AtomicInteger();
      assertThrows(
          WebPort.HopelessException.class,
          () ->
              web.awaitAnswer(
                  LIMIT,
                  () -> {
                    if (looks.incrementAndGet() > 150) {
                      throw new WebPort.HopelessException("enough");
                    }
                  }));
    }
  }

  @Test
  void anErrorOfTheServerIsNoAnswer() throws Exception {
    HttpServer failing = server(0, 503);
    try (WebPort web = new WebPort(LOOPBACK.getHostAddress(), failing.getAddress().getPort())) {
      WebPort.HopelessException end =
          assertThrows(
              WebPort.HopelessException.class,
              () -> web.awaitAnswer(Duration.ofMillis(300), () -> {}));
      assertTrue(String.valueOf(end.getMessage()).contains("did not answer"), end.getMessage());
      Load load = web.load(Duration.ofMillis(50));
      assertTrue(load.rate().isEmpty() && load.failures() > 0, load.toString());
      assertEquals("it answered 503", load.firstError());
    } finally {
      failing.stop(0);
    }
  }
}
