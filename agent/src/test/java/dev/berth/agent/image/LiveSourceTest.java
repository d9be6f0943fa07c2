package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveSourceTest {
  @Test
  void passesOnWhatComes() throws Exception {
    byte[] content = {1, -1, 3};
    ImageSource source = _ -> new ImageSource.Opened(new ByteArrayInputStream(content), 3);
    try (InputStream body = live(source, Duration.ofMinutes(1)).open("any").content()) {
      assertEquals(1, body.read());
      assertEquals(255, body.read());
      assertArrayEquals(new byte[] {3}, body.readAllBytes());
      assertEquals(-1, body.read());
    }
  }

  @Test
  void aServerThatStopsInTheMiddleIsGivenUp() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[100]);
            exchange.getResponseBody().flush();
            try {
              done.await();
            } catch (InterruptedException _) {
              Thread.currentThread().interrupt();
            }
            exchange.close();
          });
      server.start();
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/disk.img";
      try (InputStream body = live(new HttpImages(), Duration.ofMillis(300)).open(url).content()) {
        assertEquals(100, body.readNBytes(100).length);
        IOException silence = assertThrows(IOException.class, body::read);
        assertTrue(String.valueOf(silence.getMessage()).startsWith("nothing more of it came"));
      } finally {
        done.countDown();
        server.stop(0);
      }
    }
  }

  private static ImageSource live(ImageSource source, Duration limit) {
    return new LiveSource(source, AgentClock.system(), Threads.virtual(), limit);
  }
}
