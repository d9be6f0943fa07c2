package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SocketTransportTest {
  private FakeDocker docker;
  private SocketTransport transport;

  @BeforeEach
  void open() throws IOException {
    docker = new FakeDocker();
    transport = new SocketTransport(Path.of(docker.host().getPath()), 2);
  }

  @AfterEach
  void close() throws IOException {
    transport.close();
    docker.close();
  }

  private static Request.Builder get(String path) {
    return Request.builder().method(Method.GET).path(path);
  }

  private String ask(Request request) throws IOException {
    try (Response answer = transport.execute(request)) {
      return answer.getStatusCode()
          + " "
          + new String(answer.getBody().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void asksAgainAndAgainOnOneConnection() throws IOException {
    docker.on("GET /short", _ -> FakeDocker.json(200, "{}"));
    docker.on("GET /none", _ -> FakeDocker.text(204, ""));
    for (int i = 0; i < 5; i++) {
      assertEquals("200 {}", ask(get("/short").build()));
      assertEquals("204 ", ask(get("/none").build()));
    }
    assertEquals(1, docker.connections());
  }

  @Test
  void keepsTheConnectionOfAnAnswerThatWasNotReadWhole() {
    docker.on("GET /", _ -> FakeDocker.text(200, "x".repeat(1000)));
    for (int i = 0; i < 3; i++) {
      transport.execute(get("/").build()).close();
    }
    assertEquals(1, docker.connections());
  }

  @Test
  void givesUpTheConnectionOfAnAnswerThatIsTooLongToSkip() {
    docker.on("GET /", _ -> FakeDocker.text(200, "x".repeat(1_000_000)));
    for (int i = 0; i < 3; i++) {
      transport.execute(get("/").build()).close();
    }
    assertEquals(3, docker.connections());
  }

  @Test
  void sendsWhatItIsGivenWithItsHeaders() throws IOException {
    docker.on("POST /b", request -> FakeDocker.text(200, request.body()));
    Request bytes =
        Request.builder()
            .method(Method.POST)
            .path("/b?name=a%20b")
            .bodyBytes("ä".getBytes(StandardCharsets.UTF_8))
            .putHeader("X-Some", "thing")
            .build();
    assertEquals("200 ä", ask(bytes));
    Request stream =
        Request.builder()
            .method(Method.POST)
            .path("/b")
            .body(new ByteArrayInputStream("y".repeat(20_000).getBytes(StandardCharsets.UTF_8)))
            .build();
    assertEquals("200 " + "y".repeat(20_000), ask(stream));
    assertEquals("/b?name=a%20b", docker.requests("POST /b").getFirst().target());
    assertEquals(
        1, docker.requests("POST /b").stream().filter(r -> r.head().contains("X-Some")).count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 2",
        "SSH-2.0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
      })
  void refusesAnAnswerThatIsNone(String bytes) {
    docker.on("GET /", _ -> FakeDocker.raw(bytes));
    Exception e = assertThrows(Exception.class, () -> ask(get("/").build()));
    assertEquals(true, e instanceof UncheckedIOException || e instanceof IOException, e::toString);
  }

  @Test
  void sendsNoLineBreaksOfOthers() {
    Request sly = get("/").putHeader("X", "1\r\nHost: evil").build();
    assertThrows(IllegalArgumentException.class, () -> transport.execute(sly));
  }

  @Test
  void endsACallWhoseThreadIsInterrupted() throws InterruptedException {
    docker.on("GET /", _ -> FakeDocker.silence());
    AtomicReference<Throwable> end = new AtomicReference<>();
    CountDownLatch asked = new CountDownLatch(1);
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  asked.countDown();
                  try {
                    transport.execute(get("/").build()).close();
                  } catch (UncheckedIOException e) {
                    end.set(e);
                  }
                });
    asked.await();
    caller.interrupt();
    caller.join();
    assertEquals(UncheckedIOException.class, end.get().getClass());
  }
}
