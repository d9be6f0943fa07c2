package dev.berth.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEndpointTest {
  @TempDir Path temp = Path.of("");

  private final List<String> requests = new CopyOnWriteArrayList<>();

  /// A daemon that gives one answer to everything.
  private ServerSocketChannel daemon(String answer) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(temp.resolve("d.sock")));
    Thread.ofVirtual().start(() -> serve(server, answer));
    return server;
  }

  private void serve(ServerSocketChannel server, String answer) {
    while (server.isOpen()) {
      try (SocketChannel client = server.accept()) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (!complete(request.toString(StandardCharsets.UTF_8)) && client.read(buffer) >= 0) {
          request.write(buffer.array(), 0, buffer.position());
          buffer.clear();
        }
        requests.add(request.toString(StandardCharsets.UTF_8));
        client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static boolean complete(String request) {
    int head = request.indexOf("\r\n\r\n");
    int length = request.indexOf("Content-Length: ");
    return head >= 0
        && request.length()
            >= head
                + 4
                + Integer.parseInt(request.substring(length + 16, request.indexOf("\r", length)));
  }

  private DockerEndpoint endpoint() {
    return new DockerEndpoint("unix://" + temp.resolve("d.sock"));
  }

  @Test
  void isReachableWhenItAnswers() throws Exception {
    try (ServerSocketChannel _ = daemon("HTTP/1.0 200 OK\r\n\r\nOK")) {
      assertTrue(endpoint().reachable());
      assertEquals("", endpoint().trouble());
    }
  }

  @Test
  void isNotReachableWhereNothingListens() {
    assertFalse(endpoint().reachable());
    assertTrue(endpoint().trouble().contains("No such file"), endpoint().trouble());
  }

  @Test
  void isNotReachableWhenSomethingElseAnswers() throws Exception {
    try (ServerSocketChannel _ = daemon("SSH-2.0-OpenSSH_9.2\r\n")) {
      assertFalse(endpoint().reachable());
    }
  }

  @Test
  void importsAnImageWithItsSettings() throws Exception {
    try (ServerSocketChannel _ = daemon("HTTP/1.0 200 OK\r\n\r\n{\"status\":\"sha256:1\"}\r\n")) {
      endpoint()
          .importImage(
              "berth/demo",
              "archive".getBytes(StandardCharsets.UTF_8),
              List.of("CMD [\"/bin/demo\"]", "EXPOSE 80"));
    }
    assertTrue(
        requests
            .getFirst()
            .startsWith(
                "POST /images/create?fromSrc=-&repo=berth/demo&tag=latest&changes=CMD+%5B%22%2Fbin%2Fdemo%22%5D&changes=EXPOSE+80"
                    + " HTTP/1.0\r\n"),
        requests.getFirst());
    assertTrue(requests.getFirst().endsWith("\r\n\r\narchive"), requests.getFirst());
  }

  @Test
  void tellsWhyAnImportFailed() throws Exception {
    try (ServerSocketChannel _ =
        daemon("HTTP/1.0 200 OK\r\n\r\n{\"error\":\"no space left\"}\r\n")) {
      IOException failure =
          assertThrows(
              IOException.class, () -> endpoint().importImage("x", new byte[1], List.of()));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("no space left"), failure.getMessage());
    }
  }

  @Test
  void refusesHostsInOtherForms() throws Exception {
    assertEquals("tcp://127.0.0.1:2375", DockerEndpoint.parse("tcp://127.0.0.1:2375").host());
    for (String host :
        List.of("", "unix://relative", "ssh://host", "tcp://host", "/var/run/docker.sock")) {
      assertThrows(StartFailure.class, () -> DockerEndpoint.parse(host), host);
    }
  }
}
