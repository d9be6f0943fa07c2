package dev.berth.cli.up;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A Docker daemon's API, as far as `up` needs it: is it there, has it an image, import one.
/// HTTP/1.0 over the socket, so that an
/// answer ends where the connection ends.
///
/// @param host `unix:///path` or `tcp://host:port`
record DockerEndpoint(String host) {
  private static final Duration PING_LIMIT = Duration.ofSeconds(3);
  private static final Duration IMPORT_LIMIT = Duration.ofMinutes(1);

  /// @throws StartFailure when the host is in no form that can be used
  static DockerEndpoint parse(String host) throws StartFailure {
    if (!host.startsWith("unix:///") && !host.matches("tcp://[^/]+:\\d+/?")) {
      throw StartFailure.usage(
          "--docker-host: value: " + host + " (expected: unix:///path or tcp://host:port)");
    }
    return new DockerEndpoint(host);
  }

  /// True when a daemon answers.
  boolean reachable() {
    try {
      return request("GET", "/_ping", new byte[0], PING_LIMIT).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// Why no daemon answers, in the words of the system; empty when one does.
  String trouble() {
    try {
      request("GET", "/_ping", new byte[0], PING_LIMIT);
      return "";
    } catch (IOException e) {
      return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
  }

  boolean hasImage(String name) throws IOException {
    return request("GET", "/images/" + name + "/json", new byte[0], PING_LIMIT).status() == 200;
  }

  /// Imports a root file system as an image.
  ///
  /// @param archive the root file system, tar
  /// @param changes settings, as Dockerfile instructions
  void importImage(String name, byte[] archive, List<String> changes) throws IOException {
    StringBuilder path = new StringBuilder("/images/create?fromSrc=-&repo=" + name + "&tag=latest");
    for (String change : changes) {
      path.append("&changes=").append(URLEncoder.encode(change, StandardCharsets.UTF_8));
    }
    Answer answer = request("POST", path.toString(), archive, IMPORT_LIMIT);
    // The API answers 200 before it knows: a failure comes as a line of the body.
    if (answer.status() != 200 || answer.body().contains("\"error\"")) {
      throw new IOException("Docker refused to import " + name + ": " + answer.body().strip());
    }
  }

  private record Answer(int status, String body) {}

  private Answer request(String method, String path, byte[] body, Duration limit)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(family())) {
      // A channel has no time limit of its own; closing it from here ends what the other thread
      // waits for.
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  answer.complete(exchange(channel, method, path, body));
                } catch (IOException | RuntimeException e) {
                  answer.completeExceptionally(e);
                }
              });
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Answer exchange(SocketChannel channel, String method, String path, byte[] body)
      throws IOException {
    channel.connect(address());
    String head =
        method
            + " "
            + path
            + " HTTP/1.0\r\nHost: docker\r\nContent-Type: application/x-tar\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    write(channel, head.getBytes(StandardCharsets.US_ASCII));
    write(channel, body);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (channel.read(buffer) >= 0) {
      received.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    String text = received.toString(StandardCharsets.UTF_8);
    int blank = text.indexOf("\r\n\r\n");
    if (!text.startsWith("HTTP/1.") || text.length() < 12 || blank < 0) {
      throw new IOException("what answers there is not Docker");
    }
    return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(blank + 4));
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private boolean unix() {
    return host.startsWith("unix://");
  }

  private java.net.ProtocolFamily family() {
    return unix() ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET;
  }

  private SocketAddress address() {
    if (unix()) {
      return UnixDomainSocketAddress.of(host.substring("unix://".length()));
    }
    URI uri = URI.create(host);
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }
}
