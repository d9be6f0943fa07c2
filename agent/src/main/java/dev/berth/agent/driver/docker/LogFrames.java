package dev.berth.agent.driver.docker;

import com.google.protobuf.ByteString;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes the daemon's framed output apart: eight bytes that say where a line was written and how
/// long it is, then its time, a blank and the line, or a part of a long line.
///
/// Repeats nothing. For that it remembers, for each of the two sources, the time of the last line,
/// how many lines of that very time were taken, and how much of an unfinished one: lines of one
/// source come in the order of their times. [#resume] goes on from there on a new stream, and a
/// daemon that tells again what it told (some do when they rotate their files) is not listened to:
/// neither when it goes back in time nor when it says the last line once more, with the same text
/// and the time of the very same nanosecond.
final class LogFrames {
  static final int MOST_CHUNK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 8;
  private static final int MOST_TIME_CHARS = 40;

  /// The daemon cuts lines into parts of 16 KiB.
  private static final int PEEK_BYTES = 20 << 10;
  private static final int LEAST_READY = HEADER_BYTES + MOST_TIME_CHARS;

  private final boolean timestamps;
  private final byte[] buffer = new byte[MOST_CHUNK_BYTES];
  private InputStream in = InputStream.nullInputStream();
  private byte[] prefix = new byte[0];
  private int source;
  private long frameLeft;
  private int filled;
  private int filledSource;
  private @Nullable IOException failure;

  private final Track[] tracks = {new Track(), new Track(), new Track()};
  private Instant openTime = Instant.MAX;
  private boolean resumed;

  /// How far one source came.
  private static final class Track {
    static final long WHOLE = -1;

    /// Time of the last line.
    Instant lastTime = Instant.MIN;

    /// Lines of that very time that were begun.
    int taken;

    /// Bytes given of the last of them when it is not whole.
    long ofLast = WHOLE;

    /// Whether this stream tells again what was told; then so many lines are still to be skipped.
    boolean repeats;
    int skip;

    boolean midLine;

    /// The text of the last line, or part of a line, as far as it was given.
    private byte[] text = new byte[256];
    private int textLength;

    LogPosition.Mark mark() {
      return new LogPosition.Mark(lastTime, taken, ofLast);
    }

    void goOn(LogPosition.Mark mark) {
      lastTime = mark.time();
      taken = mark.taken();
      ofLast = mark.ofLast();
      midLine = mark.ofLast() > 0;
    }

    void began() {
      textLength = 0;
    }

    void gave(byte[] bytes, int offset, int length) {
      if (textLength + length > text.length) {
        text = Arrays.copyOf(text, Math.max(2 * text.length, textLength + length));
      }
      System.arraycopy(bytes, offset, text, textLength, length);
      textLength += length;
    }

    boolean isWholeLine() {
      return ofLast == WHOLE && !midLine && textLength > 0;
    }

    boolean said(byte[] line) {
      return Arrays.equals(text, 0, textLength, line, 0, line.length);
    }

    void expectRepetition() {
      repeats = true;
      skip = ofLast == WHOLE ? taken : taken - 1;
    }
  }

  /// @param timestamps whether each line is given with its time
  LogFrames(boolean timestamps) {
    this.timestamps = timestamps;
  }

  /// Goes on where another one was, with the next stream.
  void goOn(LogPosition position) {
    tracks[1].goOn(position.out());
    tracks[2].goOn(position.error());
  }

  /// The time from which a new stream must begin; empty when nothing was read yet.
  Optional<Instant> position() {
    Instant earliest = Instant.MAX;
    for (Track track : tracks) {
      if (track.taken > 0 && track.lastTime.isBefore(earliest)) {
        earliest = track.lastTime;
      }
    }
    return earliest.equals(Instant.MAX) ? Optional.empty() : Optional.of(earliest);
  }

  /// Goes on with a stream that begins at [#position], or at the very beginning.
  void resume(InputStream stream) {
    in = new BufferedInputStream(stream, PEEK_BYTES);
    failure = null;
    openTime = Instant.now();
    resumed = position().isPresent();
    for (Track track : tracks) {
      track.expectRepetition();
    }
    frameLeft = 0;
    prefix = new byte[0];
  }

  /// The next piece; empty at the end.
  ///
  /// @throws IOException when the stream broke off; all that came before has been given
  Optional<LogChunk> next() throws IOException {
    IOException broken = failure;
    if (broken != null) {
      failure = null;
      throw broken;
    }
    filled = 0;
    try {
      fill();
    } catch (IOException e) {
      if (filled == 0) {
        throw e;
      }
      failure = e;
    }
    return filled > 0 ? Optional.of(chunk()) : Optional.empty();
  }

  private void fill() throws IOException {
    while (true) {
      if (frameLeft == 0) {
        if (filled > 0 && in.available() < LEAST_READY) {
          return;
        }
        if (!nextFrame()) {
          return;
        }
        if (frameLeft == 0) {
          continue;
        }
      }
      boolean fits = MOST_CHUNK_BYTES - filled > prefix.length;
      if (filled > 0 && (source != filledSource || !fits)) {
        return;
      }
      filledSource = source;
      System.arraycopy(prefix, 0, buffer, filled, prefix.length);
      filled += prefix.length;
      prefix = new byte[0];
      copy();
    }
  }

  private void copy() throws IOException {
    int read = in.read(buffer, filled, (int) Math.min(frameLeft, MOST_CHUNK_BYTES - filled));
    if (read < 0) {
      throw new EOFException("the output was cut off");
    }
    frameLeft -= read;
    Track track = tracks[source];
    track.ofLast = frameLeft == 0 ? Track.WHOLE : track.ofLast + read;
    track.midLine = buffer[filled + read - 1] != '\n';
    track.gave(buffer, filled, read);
    filled += read;
  }

  /// Reads up to the beginning of a frame's data; false at the end.
  private boolean nextFrame() throws IOException {
    byte[] header = in.readNBytes(HEADER_BYTES);
    if (header.length == 0) {
      return false;
    }
    if (header.length < HEADER_BYTES || header[0] < 0 || header[0] > 2 || header[1] != 0) {
      throw new IOException("docker's output cannot be taken apart");
    }
    long left = ByteBuffer.wrap(header).getInt(4) & 0xffff_ffffL;
    StringBuilder text = new StringBuilder();
    for (int b = ' ' + 1; left > 0; left--) {
      b = in.read();
      if (b == ' ' || text.length() > MOST_TIME_CHARS) {
        left--;
        break;
      }
      if (b < 0) {
        throw new EOFException("the output was cut off");
      }
      text.append((char) b);
    }
    source = header[0] == 2 ? 2 : 1;
    frameLeft = left;
    account(text.toString());
    return true;
  }

  /// Counts the frame, and skips what was given before of it.
  private void account(String text) throws IOException {
    Track track = tracks[source];
    Instant time;
    try {
      time = Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IOException("docker's output has a line without a time", e);
    }
    if (time.isBefore(track.lastTime) && isRepeated(track)) {
      if (!track.repeats) {
        track.expectRepetition();
      }
      drop();
    } else if (!time.equals(track.lastTime)) {
      track.lastTime = time;
      track.taken = 0;
      begin(text, track);
    } else if (track.repeats && track.skip > 0) {
      track.skip--;
      drop();
    } else if (track.repeats && track.ofLast != Track.WHOLE) {
      in.skipNBytes(Math.min(track.ofLast, frameLeft));
      frameLeft -= Math.min(track.ofLast, frameLeft);
      track.ofLast = frameLeft == 0 ? Track.WHOLE : track.ofLast;
      track.repeats = false;
    } else if (isLastLine(track)) {
      drop();
    } else {
      begin(text, track);
    }
  }

  /// Whether the frame that begins says the line before it once more.
  private boolean isLastLine(Track track) throws IOException {
    if (!track.isWholeLine() || frameLeft != track.textLength || frameLeft > PEEK_BYTES) {
      return false;
    }
    in.mark(PEEK_BYTES);
    byte[] line = in.readNBytes((int) frameLeft);
    in.reset();
    return track.said(line);
  }

  /// An earlier time is a repetition when this stream goes on from another, or has come to the
  /// present; before that it is the past with a clock that was set back. So is a clock that shows
  /// less than the last line's time.
  private boolean isRepeated(Track track) {
    return (resumed || !track.lastTime.isBefore(openTime))
        && !Instant.now().isBefore(track.lastTime);
  }

  private void drop() throws IOException {
    in.skipNBytes(frameLeft);
    frameLeft = 0;
  }

  private void begin(String text, Track track) {
    track.repeats = false;
    track.taken++;
    track.began();
    track.ofLast = frameLeft == 0 ? Track.WHOLE : 0;
    if (timestamps && !track.midLine) {
      prefix = (text + " ").getBytes(StandardCharsets.US_ASCII);
    }
  }

  private LogChunk chunk() {
    return LogChunk.newBuilder()
        .setSource(filledSource == 2 ? LogSource.LOG_SOURCE_STDERR : LogSource.LOG_SOURCE_STDOUT)
        .setData(ByteString.copyFrom(buffer, 0, filled))
        .setPosition(LogPosition.of(tracks[1].mark(), tracks[2].mark()).encoded())
        .build();
  }
}
