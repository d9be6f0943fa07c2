package dev.berth.agent.driver.docker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A daemon on a unix socket that answers as it is told, badly if need be.
final class FakeDocker implements AutoCloseable {
  /// A request as it came.
  record Request(String method, String target, String head, String body) {
    String path() {
      int query = target.indexOf('?');
      return query < 0 ? target : target.substring(0, query);
    }
  }

  /// Writes a whole answer; the connection is kept when it returns true.
  interface Answer {
    boolean write(OutputStream out) throws IOException, InterruptedException;
  }

  private final Path directory;
  private final Path socket;
  private final ServerSocketChannel server;
  private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
  private final Map<String, Function<Request, Answer>> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();

  FakeDocker() throws IOException {
    directory = Files.createTempDirectory("fd");
    socket = directory.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    var _ = Thread.ofVirtual().start(this::accept);
    on("GET /_ping", _ -> text(200, "OK"));
  }

  URI host() {
    return URI.create("unix://" + socket);
  }

  /// Requests whose "METHOD /path" begins so are answered so; the longest beginning counts.
  FakeDocker on(String beginning, Function<Request, Answer> answer) {
    answers.put(beginning, answer);
    return this;
  }

  List<Request> requests(String beginning) {
    return requests.stream()
        .filter(r -> (r.method() + " " + r.target()).startsWith(beginning))
        .toList();
  }

  /// Connections so far.
  int connections() {
    return accepted.get();
  }

  static Answer json(int status, String body) {
    return whole(status, "application/json", body);
  }

  static Answer text(int status, String body) {
    return whole(status, "text/plain", body);
  }

  static Answer refusal(int status, String message) {
    return json(status, "{\"message\":\"" + message + "\"}");
  }

  private static Answer whole(int status, String type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + " X\r\nContent-Type: "
            + type
            + (status == 204 || status == 304 ? "" : "\r\nContent-Length: " + bytes.length)
            + "\r\n\r\n";
    return out -> {
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(bytes);
      return true;
    };
  }

  /// Bytes as they are, and then the connection is closed.
  static Answer raw(String bytes) {
    return out -> {
      out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return false;
    };
  }

  /// Says nothing until the caller is gone.
  static Answer silence() {
    return _ -> {
      Thread.sleep(60_000);
      return false;
    };
  }

  /// Chunks as they are made; the answer ends properly.
  static Answer chunks(byte[]... chunks) {
    return out -> {
      out.write(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      for (byte[] chunk : chunks) {
        writeChunk(out, chunk);
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return false;
    };
  }

  static void writeChunk(OutputStream out, byte[] chunk) throws IOException {
    String size = Integer.toHexString(chunk.length).toUpperCase(Locale.ROOT);
    out.write((size + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(chunk);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /// Cuts every connection, as a daemon does that is restarted.
  void cutConnections() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
    connections.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cutConnections();
    Files.deleteIfExists(socket);
    Files.deleteIfExists(directory);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        connections.add(connection);
        accepted.incrementAndGet();
        var _ = Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException _) {
      return; // closed
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
      OutputStream out = Channels.newOutputStream(connection);
      boolean goesOn = true;
      while (goesOn) {
        Request request = read(in);
        requests.add(request);
        goesOn = answer(request).write(out);
      }
    } catch (IOException | RuntimeException | InterruptedException _) {
      return; // the caller went away, or the test ended
    }
  }

  private Answer answer(Request request) {
    String line = request.method() + " " + request.target();
    return answers.entrySet().stream()
        .filter(entry -> line.startsWith(entry.getKey()))
        .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
        .map(entry -> entry.getValue().apply(request))
        .orElse(refusal(404, "page not found"));
  }

  private static Request read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed");
      }
      head.append((char) b);
    }
    String[] first = head.substring(0, head.indexOf("\r\n")).split(" ", 3);
    int length = 0;
    boolean chunked = false;
    for (String line : head.toString().lines().toList()) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    String body =
        chunked ? chunkedBody(in) : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Request(first[0], first[1], head.toString(), body);
  }

  private static String chunkedBody(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      StringBuilder size = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        size.append((char) b);
      }
      int length = Integer.parseInt(size.toString().strip(), 16);
      body.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
      in.skipNBytes(2);
      if (length == 0) {
        return body.toString();
      }
    }
  }
}
