package dev.berth.agent.driver.docker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// One long answer of the daemon on a connection of its own: events, logs, pulls, and streams in
/// both directions. It takes nothing from the pool of the short calls, and silence longer than its
/// limit ends it.
///
/// Reading blocks (best on a virtual thread); [#close] from any thread ends the reading.
final class DaemonStream implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 << 10;
  private static final long FOREVER_NANOS = Long.MAX_VALUE / 4;

  private final SocketChannel channel;
  private final Thread guard;
  private volatile long deadlineNanos;
  private volatile long silenceNanos;
  private volatile boolean closed;
  private volatile boolean timedOut;
  private HttpAnswer answer = new HttpAnswer(0, Map.of(), InputStream.nullInputStream(), false);

  private DaemonStream(SocketChannel channel, Duration answerLimit) {
    this.channel = channel;
    silenceNanos = answerLimit.toNanos();
    deadlineNanos = System.nanoTime() + silenceNanos;
    guard = Thread.ofVirtual().name("docker-stream-guard").unstarted(this::watch);
  }

  /// Sends a request without content and reads the head of the answer.
  static DaemonStream open(
      Path socket, String method, String target, String headers, Duration answerLimit)
      throws IOException {
    return open(socket, method, target, headers, new byte[0], answerLimit);
  }

  /// Sends a request and reads the head of the answer.
  ///
  /// @param target path and query, "/events?…"
  /// @param headers further header lines, each ended by CR LF
  /// @param content of the request
  /// @param answerLimit longest wait for the head, and until [#silence] is called for any byte
  /// @throws IOException when the daemon cannot be reached or does not answer in time
  static DaemonStream open(
      Path socket,
      String method,
      String target,
      String headers,
      byte[] content,
      Duration answerLimit)
      throws IOException {
    return open(
        socket,
        answerLimit,
        stream -> {
          stream.send(method, target, "Content-Length: " + content.length + "\r\n" + headers);
          stream.write(ByteBuffer.wrap(content));
        });
  }

  /// The same with content, sent as fast as the daemon takes it. The daemon may answer before it
  /// has taken all of it: then the rest is not sent.
  static DaemonStream upload(
      Path socket,
      String method,
      String target,
      String headers,
      InputStream content,
      Duration answerLimit)
      throws IOException {
    return open(
        socket,
        answerLimit,
        stream -> {
          stream.silence(Duration.ZERO);
          stream.send(method, target, "Transfer-Encoding: chunked\r\n" + headers);
          stream.give(content);
          stream.silence(answerLimit);
        });
  }

  private interface Request {
    void sendOn(DaemonStream stream) throws IOException;
  }

  private static DaemonStream open(Path socket, Duration answerLimit, Request request)
      throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    DaemonStream stream = new DaemonStream(channel, answerLimit);
    boolean opened = false;
    try {
      stream.guard.start();
      request.sendOn(stream);
      stream.answer =
          HttpAnswer.read(
              new BufferedInputStream(
                  stream.new Watched(Channels.newInputStream(channel)), BUFFER_BYTES));
      opened = true;
      return stream;
    } catch (IOException e) {
      throw stream.explained(e);
    } finally {
      if (!opened) {
        stream.close();
      }
    }
  }

  private void send(String method, String target, String headers) throws IOException {
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
            + headers
            + "\r\n";
    ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void give(InputStream content) throws IOException {
    try {
      ChunkedContent.send(content, channel);
    } catch (ChunkedContent.HungUpException e) {
      // It does not want the rest; its answer says why.
      if (closed || Thread.currentThread().isInterrupted()) {
        throw e;
      }
    }
  }

  /// A header of the answer; empty when it has none of that name.
  String header(String name) {
    List<String> values = answer.headers().get(name);
    return values == null ? "" : values.getLast();
  }

  /// The HTTP status.
  int status() {
    return answer.status();
  }

  /// The answer's bytes; ends with the answer, and fails when it is cut off.
  InputStream body() {
    return answer.body();
  }

  /// Sends more after the request, to a daemon that has made the connection a stream in both
  /// directions; waits while it takes none.
  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// Sends no more; the answer goes on.
  void endWrites() throws IOException {
    channel.shutdownOutput();
  }

  /// From now on, silence longer than this ends the stream; zero: never.
  void silence(Duration limit) {
    silenceNanos = limit.isZero() ? FOREVER_NANOS : limit.toNanos();
    deadlineNanos = System.nanoTime() + silenceNanos;
    LockSupport.unpark(guard);
  }

  /// Says why reading failed: the silence limit looks like a closed connection otherwise.
  IOException explained(IOException e) {
    return timedOut ? new IOException("no answer within the time limit", e) : e;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(guard);
    try {
      channel.close();
    } catch (IOException _) {
      return; // it is of no more use either way
    }
  }

  private void watch() {
    while (!closed) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0) {
        timedOut = true;
        close();
        return;
      }
      LockSupport.parkNanos(left);
    }
  }

  /// Moves the deadline with each byte that comes.
  private final class Watched extends InputStream {
    private final InputStream in;

    Watched(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int read = read(one, 0, 1);
      return read < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (silenceNanos < FOREVER_NANOS) {
        deadlineNanos = System.nanoTime() + silenceNanos;
        LockSupport.unpark(guard);
      }
      try {
        return in.read(bytes, offset, length);
      } catch (IOException e) {
        throw explained(e);
      } finally {
        // while the reader is busy with what it got, the daemon is not to blame for silence
        deadlineNanos = System.nanoTime() + FOREVER_NANOS;
      }
    }
  }
}
