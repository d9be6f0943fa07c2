package dev.berth.agent.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.ProgramStream;
import dev.berth.v1.LogChunk;
import dev.berth.v1.LogSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputFramesTest {
  /// Gives as much at once as it is told.
  private static final class Slow extends InputStream {
    private final ByteArrayInputStream all;
    private final Random random;
    private final int most;

    Slow(byte[] all, Random random, int most) {
      this.all = new ByteArrayInputStream(all);
      this.random = random;
      this.most = most;
    }

    @Override
    public int read() {
      return all.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return all.read(bytes, offset, Math.min(length, 1 + random.nextInt(most)));
    }
  }

  private static byte[] frame(int source, byte[] data) {
    return ByteBuffer.allocate(8 + data.length)
        .put((byte) source)
        .putInt(4, data.length)
        .position(8)
        .put(data)
        .array();
  }

  private static byte[] frame(int source, String data) {
    return frame(source, data.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static List<String> pieces(byte[] bytes) throws IOException {
    OutputFrames frames = new OutputFrames(new ByteArrayInputStream(bytes), false);
    List<String> pieces = new ArrayList<>();
    for (Optional<LogChunk> next = frames.next(); next.isPresent(); next = frames.next()) {
      String source = next.get().getSource() == LogSource.LOG_SOURCE_STDERR ? "2:" : "1:";
      pieces.add(source + next.get().getData().toStringUtf8());
    }
    return pieces;
  }

  @Test
  void whatHasComeOfOneSourceIsOnePiece() throws IOException {
    byte[] bytes = joined(frame(1, "a"), frame(1, ""), frame(1, "b"), frame(2, "c"), frame(1, "d"));
    assertEquals(List.of("1:ab", "2:c", "1:d"), pieces(bytes));
  }

  @Test
  void framesWithoutBytesAreNoPieces() throws IOException {
    assertEquals(List.of(), pieces(joined(frame(1, ""), frame(2, ""))));
  }

  @Test
  void everyByteIsGivenOnceHoweverItComes() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      ByteArrayOutputStream[] said = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
      for (int i = 0; i < 60; i++) {
        byte[] data = new byte[random.nextInt(i % 10 == 0 ? 3 * ProgramStream.PIECE_MAX : 300)];
        random.nextBytes(data);
        int source = 1 + random.nextInt(2);
        framed.writeBytes(frame(source, data));
        said[source - 1].writeBytes(data);
      }
      int most = seed % 2 == 0 ? 13 : 2 * ProgramStream.PIECE_MAX;
      OutputFrames frames = new OutputFrames(new Slow(framed.toByteArray(), random, most), false);
      ByteArrayOutputStream[] given = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
      for (Optional<LogChunk> next = frames.next(); next.isPresent(); next = frames.next()) {
        LogChunk piece = next.get();
        assertTrue(piece.getData().size() <= ProgramStream.PIECE_MAX && !piece.getData().isEmpty());
        int of = piece.getSource() == LogSource.LOG_SOURCE_STDERR ? 1 : 0;
        given[of].writeBytes(piece.getData().toByteArray());
      }
      assertEquals(0, ByteBuffer.wrap(said[0].toByteArray()).compareTo(wrap(given[0])), "" + seed);
      assertEquals(0, ByteBuffer.wrap(said[1].toByteArray()).compareTo(wrap(given[1])), "" + seed);
    }
  }

  private static ByteBuffer wrap(ByteArrayOutputStream bytes) {
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  @Test
  void whatIsCutOffIsNotTakenForTheEnd() {
    byte[] whole = frame(1, "four");
    for (int length = 1; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(EOFException.class, () -> pieces(part), "of " + length + " bytes");
    }
  }

  @Test
  void whatIsNoFrameIsSaid() {
    assertThrows(IOException.class, () -> pieces("HTTP/1.1 ".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aTerminalHasNoFrames() throws IOException {
    OutputFrames frames =
        new OutputFrames(new ByteArrayInputStream("x\r\n".getBytes(StandardCharsets.UTF_8)), true);
    assertEquals("x\r\n", frames.next().orElseThrow().getData().toStringUtf8());
    assertEquals(Optional.empty(), frames.next());
  }
}
