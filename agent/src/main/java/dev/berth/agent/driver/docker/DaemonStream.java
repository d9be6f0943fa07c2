package dev.berth.agent.driver.docker;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// One long answer of the daemon on a connection of its own: events, logs, pulls. It takes nothing
/// from the pool of the short calls, and silence longer than its limit ends it.
///
/// Reading blocks (best on a virtual thread); [#close] from any thread ends the reading.
final class DaemonStream implements AutoCloseable {
  private static final int MOST_HEADER_BYTES = 64 << 10;
  private static final int MOST_CHUNK_LINE = 1 << 10;
  private static final int SHORT_CHUNK_LINE = 12;

  private final SocketChannel channel;
  private final Thread guard;
  private volatile long deadlineNanos;
  private volatile long silenceNanos;
  private volatile boolean closed;
  private volatile boolean timedOut;
  private int status;
  private InputStream body = InputStream.nullInputStream();

  private DaemonStream(SocketChannel channel, Duration answerLimit) {
    this.channel = channel;
    silenceNanos = answerLimit.toNanos();
    deadlineNanos = System.nanoTime() + silenceNanos;
    guard = Thread.ofVirtual().name("docker-stream-guard").unstarted(this::watch);
  }

  /// Sends a request and reads the head of the answer.
  ///
  /// @param target path and query, "/events?…"
  /// @param headers further header lines, each ended by CR LF
  /// @param answerLimit longest wait for the head, and until [#silence] is called for any byte
  /// @throws IOException when the daemon cannot be reached or does not answer in time
  static DaemonStream open(
      Path socket, String method, String target, String headers, Duration answerLimit)
      throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    DaemonStream stream = new DaemonStream(channel, answerLimit);
    boolean opened = false;
    try {
      stream.guard.start();
      String head =
          method
              + " "
              + target
              + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Length: 0\r\n"
              + headers
              + "\r\n";
      ByteBuffer request = ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      stream.readHead();
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

  /// The HTTP status.
  int status() {
    return status;
  }

  /// The answer's bytes; ends with the answer, and fails when it is cut off.
  InputStream body() {
    return body;
  }

  /// From now on, silence longer than this ends the stream; zero: never.
  void silence(Duration limit) {
    silenceNanos = limit.isZero() ? Long.MAX_VALUE / 4 : limit.toNanos();
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

  private void readHead() throws IOException {
    InputStream in =
        new BufferedInputStream(new Watched(Channels.newInputStream(channel)), 16 << 10);
    int left = MOST_HEADER_BYTES;
    String statusLine = line(in, left);
    String[] words = statusLine.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
      throw new IOException("the daemon's answer is not HTTP");
    }
    status = Integer.parseInt(words[1]);
    boolean chunked = false;
    long length = -1;
    for (String header = line(in, left); !header.isEmpty(); header = line(in, left)) {
      left -= header.length() + 2;
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("transfer-encoding:")) {
        chunked = lower.contains("chunked");
      } else if (lower.startsWith("content-length:")) {
        length = parsed(lower.substring("content-length:".length()).strip(), 10);
      }
    }
    if (chunked) {
      body = new Chunked(in);
    } else {
      body = length < 0 ? in : new Counted(in, length);
    }
  }

  private static long parsed(String digits, int radix) throws IOException {
    try {
      long value = Long.parseLong(digits, radix);
      if (value < 0) {
        throw new IOException("the daemon's answer has a negative length");
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IOException("the daemon's answer has a length that is no number", e);
    }
  }

  private static String line(InputStream in, int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the daemon closed the connection");
      }
      if (line.length() >= most) {
        throw new IOException("the daemon's answer has a header that is too long");
      }
      line.append((char) b);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
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
      deadlineNanos = System.nanoTime() + silenceNanos;
      LockSupport.unpark(guard);
      try {
        return in.read(bytes, offset, length);
      } catch (IOException e) {
        throw explained(e);
      } finally {
        // while the reader is busy with what it got, the daemon is not to blame for silence
        deadlineNanos = System.nanoTime() + Long.MAX_VALUE / 4;
      }
    }
  }

  /// Exactly as many bytes as announced.
  private static final class Counted extends InputStream {
    private final InputStream in;
    private long left;

    Counted(InputStream in, long length) {
      this.in = in;
      left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int read = read(one, 0, 1);
      return read < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("the daemon's answer was cut off");
      }
      left -= read;
      return read;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(left, in.available());
    }
  }

  /// HTTP's chunked transfer coding.
  private static final class Chunked extends InputStream {
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    Chunked(InputStream in) {
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
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("the daemon's answer was cut off");
      }
      left -= read;
      return read;
    }

    @Override
    public int available() throws IOException {
      if (left > 0) {
        return (int) Math.min(left, in.available());
      }
      return ended ? 0 : Math.max(0, in.available() - SHORT_CHUNK_LINE);
    }

    private void nextChunk() throws IOException {
      if (!first && !line(in, 2).isEmpty()) {
        throw new IOException("the daemon's answer has a broken chunk");
      }
      first = false;
      String size = line(in, MOST_CHUNK_LINE);
      int semicolon = size.indexOf(';');
      left = parsed((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
      ended = left == 0;
    }
  }
}
