package dev.berth.agent.driver.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Carries docker-java's requests: HTTP/1.1 over the daemon's unix socket, on kept connections. A
/// thread that is interrupted while it waits here loses its connection and gets an exception; that
/// is how calls are ended, since a unix socket knows no time-out.
///
/// docker-java's own transports bring a whole HTTP client with them, which costs an agent some
/// megabytes.
final class SocketTransport implements DockerHttpClient {
  private static final int BUFFER_BYTES = 8 << 10;
  private static final int REST_BYTES = 64 << 10;

  private final Path socket;
  private final Semaphore places;
  private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  private record Connection(SocketChannel channel, InputStream in) {
    void close() {
      try {
        channel.close();
      } catch (IOException _) {
        return; // it is of no more use either way
      }
    }
  }

  /// @param socket the daemon's
  /// @param connectionsMax calls at a time; more wait
  SocketTransport(Path socket, int connectionsMax) {
    this.socket = socket;
    places = new Semaphore(connectionsMax);
  }

  /// Sends a request and reads the head of its answer.
  ///
  /// @throws UncheckedIOException when the daemon cannot be reached, or hangs up
  @Override
  public Response execute(Request request) {
    if (request.hijackedInput() != null) {
      throw new UnsupportedOperationException(
          "streams in both directions need a connection of their own: see DaemonStream");
    }
    boolean answered = false;
    Connection connection = null;
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
    try {
      connection = connection();
      send(connection.channel(), request);
      HttpAnswer answer = HttpAnswer.read(connection.in());
      answered = true;
      return new Answered(connection, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (!answered) {
        give(connection, false);
      }
    }
  }

  /// Closes what is idle now, and each other connection after its call.
  @Override
  public void close() {
    closed = true;
    for (Connection each = idle.poll(); each != null; each = idle.poll()) {
      each.close();
    }
  }

  private Connection connection() throws IOException {
    Connection kept = idle.poll();
    if (kept != null) {
      return kept;
    }
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    return new Connection(
        channel, new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
  }

  /// Takes a connection back, if there was one.
  private void give(@Nullable Connection connection, boolean reusable) {
    if (connection != null) {
      if (reusable) {
        // The one that was used last is taken first: the others may have grown old.
        idle.push(connection);
      } else {
        connection.close();
      }
    }
    places.release();
    if (closed) {
      close();
    }
  }

  private static void send(SocketChannel channel, Request request) throws IOException {
    byte[] body = request.bodyBytes();
    InputStream stream = request.body();
    ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER_BYTES);
    line(out, request.method() + " " + request.path() + " HTTP/1.1");
    line(out, "Host: docker");
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      line(out, header.getKey() + ": " + header.getValue());
    }
    if (body == null && stream != null) {
      line(out, "Transfer-Encoding: chunked");
    } else {
      line(out, "Content-Length: " + (body == null ? 0 : body.length));
    }
    line(out, "");
    if (body != null) {
      out.write(body);
    }
    write(channel, out);
    if (body == null && stream != null) {
      ChunkedContent.send(stream, channel);
    }
  }

  private static void line(OutputStream out, String text) throws IOException {
    if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a line of a request has a line break in it");
    }
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.write('\r');
    out.write('\n');
  }

  private static void write(SocketChannel channel, ByteArrayOutputStream bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// An answer on a connection that is kept when the answer was read to its end.
  private final class Answered implements Response {
    private final Connection connection;
    private final HttpAnswer answer;
    private boolean over;

    Answered(Connection connection, HttpAnswer answer) {
      this.connection = connection;
      this.answer = answer;
    }

    @Override
    public int getStatusCode() {
      return answer.status();
    }

    @Override
    public Map<String, List<String>> getHeaders() {
      return answer.headers();
    }

    @Override
    public InputStream getBody() {
      return answer.body();
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        give(connection, answer.reusable() && isAtEnd());
      }
    }

    /// Reads what the caller had no use for, if that is little.
    private boolean isAtEnd() {
      try {
        return answer.body().readNBytes(REST_BYTES).length < REST_BYTES && answer.body().read() < 0;
      } catch (IOException _) {
        return false;
      }
    }
  }
}
