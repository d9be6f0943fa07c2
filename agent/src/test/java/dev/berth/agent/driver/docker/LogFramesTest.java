package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class LogFramesTest {
  private static final Instant T0 = Instant.parse("2026-01-02T03:04:05.000000001Z");

  /// A line as the daemon keeps it.
  private record Line(int source, Instant time, ByteString data) {
    byte[] frame() {
      byte[] stamp = (time + " ").getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(8 + stamp.length + data.size())
          .put((byte) source)
          .put(new byte[3])
          .putInt(stamp.length + data.size())
          .put(stamp)
          .put(data.toByteArray())
          .array();
    }
  }

  private static Line line(int source, long nanos, String text) {
    return new Line(source, T0.plusNanos(nanos), ByteString.copyFromUtf8(text));
  }

  private static byte[] framed(List<Line> lines, Instant since) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Line line : lines) {
      if (!line.time().isBefore(since)) {
        out.writeBytes(line.frame());
      }
    }
    return out.toByteArray();
  }

  private static List<LogChunk> all(LogFrames frames) throws IOException {
    List<LogChunk> chunks = new ArrayList<>();
    for (Optional<LogChunk> next = frames.next(); next.isPresent(); next = frames.next()) {
      chunks.add(next.get());
    }
    return chunks;
  }

  private static byte[] dataOf(List<LogChunk> chunks, LogSource source) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (LogChunk chunk : chunks) {
      assertTrue(chunk.getData().size() <= LogFrames.MOST_CHUNK_BYTES);
      assertTrue(!chunk.getData().isEmpty());
      if (chunk.getSource() == source) {
        out.writeBytes(chunk.getData().toByteArray());
      }
    }
    return out.toByteArray();
  }

  @Test
  void putsTimesBeforeLinesAndNotBeforeTheirParts() throws IOException {
    LogFrames frames = new LogFrames(true);
    frames.resume(
        new ByteArrayInputStream(
            framed(List.of(line(1, 0, "long "), line(1, 5, "line\n"), line(1, 9, "x\n")), T0)));
    assertEquals(
        "2026-01-02T03:04:05.000000001Z long line\n2026-01-02T03:04:05.000000010Z x\n",
        new String(dataOf(all(frames), LogSource.LOG_SOURCE_STDOUT), StandardCharsets.UTF_8));
  }

  /// As whoever follows does when a stream broke: each piece says where the next stream begins.
  @Test
  void goesOnInAnotherStreamBehindAnyPiece() throws Exception {
    List<Line> lines =
        List.of(
            line(1, 1, "a\n"),
            line(1, 1, "b\n"),
            line(2, 1, "bad\n"),
            line(1, 2, "part "),
            line(1, 2, "of it\n"),
            line(2, 3, "worse\n"),
            line(1, 9, "end\n"));
    LogFrames whole = new LogFrames(false);
    whole.resume(new ByteArrayInputStream(framed(lines, Instant.EPOCH)));
    List<LogChunk> all = all(whole);
    assertTrue(all.size() > 3, all.toString());
    for (int cut = 1; cut <= all.size(); cut++) {
      LogFrames rest = new LogFrames(false);
      rest.goOn(LogPosition.decode(all.get(cut - 1).getPosition()));
      Instant since = rest.position().orElseThrow();
      rest.resume(new ByteArrayInputStream(framed(lines, since)));
      List<LogChunk> chunks = new ArrayList<>(all.subList(0, cut));
      chunks.addAll(all(rest));
      for (LogSource source : List.of(LogSource.LOG_SOURCE_STDOUT, LogSource.LOG_SOURCE_STDERR)) {
        assertArrayEquals(dataOf(all, source), dataOf(chunks, source), source + " after " + cut);
      }
    }
    assertThrows(
        DriverException.class, () -> LogPosition.decode(ByteString.copyFromUtf8("nonsense")));
  }

  @Test
  void refusesWhatIsNoOutput() {
    for (byte[] bytes :
        List.of(
            new byte[] {1, 0, 0},
            "HTTP/1.1 400 Bad".getBytes(StandardCharsets.US_ASCII),
            new byte[] {9, 0, 0, 0, 0, 0, 0, 1, 'x'},
            new byte[] {1, 0, 0, 0, 0, 0, 0, 9, 'n', 'o', ' '},
            new byte[] {1, 0, 0, 0, -1, -1, -1, -1})) {
      LogFrames frames = new LogFrames(false);
      frames.resume(new ByteArrayInputStream(bytes));
      assertThrows(IOException.class, () -> all(frames), Arrays.toString(bytes));
    }
  }

  @Test
  void doesNotListenToADaemonThatRepeatsItself() throws IOException {
    Instant now = Instant.now();
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      lines.add(new Line(1, now.plusMillis(i), ByteString.copyFromUtf8(i + "\n")));
    }
    while (Instant.now().isBefore(now.plusMillis(20))) {
      Thread.onSpinWait(); // the lines must not lie in the future
    }
    List<Line> told = new ArrayList<>(lines);
    told.addAll(lines.subList(4, 10));
    told.add(new Line(1, now.plusMillis(11), ByteString.copyFromUtf8("end\n")));
    LogFrames frames = new LogFrames(false);
    frames.resume(new ByteArrayInputStream(framed(List.of(lines.get(0)), Instant.EPOCH)));
    List<LogChunk> chunks = new ArrayList<>(all(frames));
    frames.resume(new ByteArrayInputStream(framed(told, Instant.EPOCH)));
    chunks.addAll(all(frames));
    assertEquals(
        "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nend\n",
        new String(dataOf(chunks, LogSource.LOG_SOURCE_STDOUT), StandardCharsets.UTF_8));
  }

  @Test
  void hearsTheLastLineOnceWhenADaemonSaysItTwice() throws IOException {
    LogFrames frames = new LogFrames(false);
    frames.resume(
        new ByteArrayInputStream(
            framed(
                List.of(
                    line(1, 1, "a\n"),
                    line(1, 2, "twice\n"),
                    line(1, 2, "twice\n"),
                    line(1, 2, "other\n"),
                    line(1, 3, "part,"),
                    line(1, 3, "part,"),
                    line(1, 3, "end\n")),
                Instant.EPOCH)));
    assertEquals(
        "a\ntwice\nother\npart,part,end\n",
        new String(dataOf(all(frames), LogSource.LOG_SOURCE_STDOUT), StandardCharsets.UTF_8));
  }

  @Test
  void keepsThePastOfAClockThatWasSetBack() throws IOException {
    LogFrames frames = new LogFrames(false);
    frames.resume(
        new ByteArrayInputStream(
            framed(List.of(line(1, 5_000, "a\n"), line(1, 1_000, "b\n")), Instant.EPOCH)));
    assertEquals(
        "a\nb\n",
        new String(dataOf(all(frames), LogSource.LOG_SOURCE_STDOUT), StandardCharsets.UTF_8));
  }

  @Test
  void neitherLosesNorRepeatsWhereverStreamsBreak() throws IOException {
    for (long seed = 1; seed <= 300; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      List<Line> lines = lines(random);
      List<LogChunk> chunks = new ArrayList<>();
      LogFrames frames = new LogFrames(false);
      boolean ended = false;
      for (int round = 0; !ended; round++) {
        byte[] rest = framed(lines, frames.position().orElse(Instant.EPOCH));
        // from some round on the stream comes whole, so that every run ends
        int length = round > 20 ? rest.length : random.nextInt(rest.length + 1);
        frames.resume(new ByteArrayInputStream(rest, 0, length));
        try {
          Optional<LogChunk> next = frames.next();
          while (next.isPresent()) {
            chunks.add(next.get());
            next = frames.next();
          }
          ended = length == rest.length;
        } catch (IOException _) {
          ended = false;
        }
      }
      for (LogSource source : List.of(LogSource.LOG_SOURCE_STDOUT, LogSource.LOG_SOURCE_STDERR)) {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        lines.stream()
            .filter(line -> (line.source() == 1) == (source == LogSource.LOG_SOURCE_STDOUT))
            .forEach(line -> expected.writeBytes(line.data().toByteArray()));
        assertArrayEquals(expected.toByteArray(), dataOf(chunks, source), "seed " + seed);
      }
    }
  }

  /// Lines of two sources, some at the same time, some long, some empty; in order per source.
  private static List<Line> lines(RandomGenerator random) {
    List<Line> lines = new ArrayList<>();
    long nanos = 0;
    for (int i = random.nextInt(1, 60); i > 0; i--) {
      nanos += random.nextInt(3) * 1000L;
      byte[] data = new byte[random.nextInt(20) == 0 ? random.nextInt(40_000) : random.nextInt(9)];
      random.nextBytes(data);
      lines.add(new Line(1 + random.nextInt(2), T0.plusNanos(nanos), ByteString.copyFrom(data)));
    }
    return lines;
  }
}
