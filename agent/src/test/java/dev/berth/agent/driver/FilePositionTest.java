package dev.berth.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.berth.v1.LogChunk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePositionTest {
  @TempDir Path directory;

  private Deque<FileLogReader.Part> parts() {
    return new ArrayDeque<>(
        List.of(
            new FileLogReader.Part(directory.resolve("output.1"), 0),
            new FileLogReader.Part(directory.resolve("output"), 0)));
  }

  private LogReader reader(ByteString position) throws IOException, DriverException {
    LogQuery query =
        new LogQuery(
            false, OptionalInt.empty(), Optional.empty(), Optional.empty(), false, position);
    return FileLogReader.open(parts(), query, () -> false);
  }

  private String rest(ByteString position) throws IOException, DriverException {
    StringBuilder text = new StringBuilder();
    try (LogReader reader = reader(position)) {
      for (Optional<LogChunk> next = reader.next(); next.isPresent(); next = reader.next()) {
        text.append(next.get().getData().toStringUtf8());
      }
    }
    return text.toString();
  }

  private ByteString end() throws IOException, DriverException {
    ByteString last = ByteString.EMPTY;
    try (LogReader reader = reader(ByteString.EMPTY)) {
      for (Optional<LogChunk> next = reader.next(); next.isPresent(); next = reader.next()) {
        last = next.get().getPosition();
      }
    }
    return last;
  }

  @Test
  void goesOnBehindWhatWasReadAlsoWhenFilesWereRotated() throws Exception {
    Path output = directory.resolve("output");
    Files.writeString(output, "one\n");
    ByteString position = end();
    assertEquals("", rest(position));
    Files.writeString(output, "one\ntwo\n");
    assertEquals("two\n", rest(position));
    Files.move(output, directory.resolve("output.1"));
    Files.writeString(output, "three\n");
    assertEquals("two\nthree\n", rest(position));
    assertEquals("", rest(end()));
  }

  @Test
  void givesAllWhenItsFileIsGone() throws Exception {
    Path output = directory.resolve("output");
    Files.writeString(output, "one\n");
    ByteString position = end();
    Files.writeString(directory.resolve("new"), "three\n");
    Files.move(directory.resolve("new"), output, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertEquals("three\n", rest(position));
    assertThrows(DriverException.class, () -> rest(ByteString.copyFromUtf8("x")));
  }

  @Test
  void refusesAPlaceBeforeTheBeginning() throws Exception {
    Path output = directory.resolve("output");
    Files.writeString(output, "one\n");
    long inode = FilePosition.inode(output).orElseThrow();
    assertEquals("ne\n", rest(new FilePosition(inode, 1).encoded()));
    assertThrows(DriverException.class, () -> rest(new FilePosition(inode, -1).encoded()));
  }
}
