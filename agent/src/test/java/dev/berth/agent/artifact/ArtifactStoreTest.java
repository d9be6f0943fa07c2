package dev.berth.agent.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.berth.agent.image.HttpImages;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.ImageSource;
import dev.berth.agent.port.AgentClock;
import java.io.FilterInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArtifactStoreTest {
  private static final int MAX = 5000;

  @TempDir Path directory;
  private final byte[] content = new byte[3000];
  private final AtomicInteger asked = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    content[7] = 7;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/whole", exchange -> answer(exchange, 200, content.length, content));
    server.createContext("/missing", exchange -> answer(exchange, 404, -1, new byte[0]));
    server.createContext("/busy", exchange -> answer(exchange, 503, -1, new byte[0]));
    server.createContext("/large", exchange -> answer(exchange, 200, MAX + 1, new byte[MAX + 1]));
    server.createContext("/endless", exchange -> answer(exchange, 200, 0, new byte[1 << 20]));
    server.createContext("/cut", exchange -> answer(exchange, 200, content.length + 1, content));
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange, int status, long length, byte[] body)
      throws IOException {
    asked.incrementAndGet();
    exchange.sendResponseHeaders(status, length);
    exchange.getResponseBody().write(body);
    // In the middle of what was announced, when there is less.
    exchange.close();
  }

  private ArtifactStore store(ImageSource servers) throws IOException {
    return ArtifactStore.open(directory.resolve("store"), servers, MAX, AgentClock.system());
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private String digest() throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private Path fetch(String url, String digest) throws Exception {
    return store(new HttpImages()).fetch(url, digest, (_, _) -> {});
  }

  private ImageException refusal(String url, String digest) throws Exception {
    ImageException refusal = assertThrows(ImageException.class, () -> fetch(url, digest));
    try (Stream<Path> kept = Files.walk(directory.resolve("store"))) {
      assertTrue(kept.noneMatch(Files::isRegularFile), "something was kept");
    }
    return refusal;
  }

  @Test
  void whatIsHereIsNotFetchedAgain() throws Exception {
    assertArrayEquals(content, Files.readAllBytes(fetch(url("/whole"), digest())));
    assertArrayEquals(content, Files.readAllBytes(fetch(url("/missing"), digest())));
    assertEquals(1, asked.get());
  }

  @Test
  void anotherContentThanWasSaidIsRefusedForGood() throws Exception {
    ImageException refusal = refusal(url("/whole"), "00".repeat(32));
    assertEquals("ImageDigestMismatch", refusal.reason());
    assertFalse(refusal.mayPass());
  }

  @Test
  void whatIsNotThereIsNotAskedForAgainAndWhoIsBusyIs() throws Exception {
    ImageException missing = refusal(url("/missing"), digest());
    assertTrue(String.valueOf(missing.getMessage()).contains("the server answered 404"));
    assertFalse(missing.mayPass());
    assertTrue(refusal(url("/busy"), digest()).mayPass());
  }

  @Test
  void whatEndsTooSoonMayBeThereAnotherTime() throws Exception {
    ImageException cut = refusal(url("/cut"), digest());
    assertEquals("ImagePullFailed", cut.reason());
    assertTrue(cut.mayPass());
  }

  @Test
  void whatIsTooLargeIsNotFetched() throws Exception {
    assertFalse(refusal(url("/large"), digest()).mayPass());
    ImageException endless = refusal(url("/endless"), digest());
    assertTrue(String.valueOf(endless.getMessage()).contains("larger than 5000 bytes"));
    assertFalse(endless.mayPass());
  }

  @Test
  void aServerThatFallsSilentIsGivenUp() throws Exception {
    // What a source that watches its servers does then; its own test has the real thing.
    ImageSource silent =
        _ ->
            new ImageSource.Opened(
                new FilterInputStream(java.io.InputStream.nullInputStream()) {
                  @Override
                  public int read(byte[] into, int offset, int length) throws IOException {
                    throw new IOException("nothing more of it came for 60 s");
                  }
                },
                0);
    ImageException refusal =
        assertThrows(
            ImageException.class, () -> store(silent).fetch(url("/whole"), digest(), (_, _) -> {}));
    assertTrue(refusal.mayPass());
    assertTrue(String.valueOf(refusal.getMessage()).contains("nothing more of it came"));
  }

  @Test
  void aFileOfTheNodeIsARegularOne() throws Exception {
    Path file = Files.write(directory.resolve("a file"), content);
    assertArrayEquals(content, Files.readAllBytes(fetch(file.toUri().toString(), digest())));
    String other = "00".repeat(32);
    ImageException device =
        assertThrows(ImageException.class, () -> fetch("file:///dev/zero", other));
    assertTrue(String.valueOf(device.getMessage()).contains("no such regular file"));
    assertFalse(device.mayPass());
    assertThrows(ImageException.class, () -> fetch("file:///no/such/file", other));
  }
}
