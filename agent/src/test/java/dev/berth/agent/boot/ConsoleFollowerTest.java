package dev.berth.agent.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ConsoleFollowerTest {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path directory;
  private ConsoleFollower follower;
  private Path file;

  /// Keeps what it was given.
  private static final class Kept implements ConsoleSink {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteArrayOutputStream replayed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream live = new ByteArrayOutputStream();
    private final List<Instant> times = new ArrayList<>();
    private int truncations;

    @Override
    public void bytes(byte[] bytes, int count, Instant when, boolean again) {
      lock.lock();
      try {
        (again ? replayed : live).write(bytes, 0, count);
        times.add(when);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void truncated() {
      lock.lock();
      try {
        truncations++;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    String replayed() {
      lock.lock();
      try {
        return replayed.toString(StandardCharsets.UTF_8);
      } finally {
        lock.unlock();
      }
    }

    String live() {
      lock.lock();
      try {
        return live.toString(StandardCharsets.UTF_8);
      } finally {
        lock.unlock();
      }
    }

    void await(Predicate<Kept> condition) throws InterruptedException {
      lock.lock();
      try {
        while (!condition.test(this)) {
          assertTrue(changed.await(30, TimeUnit.SECONDS), "so far: " + live());
        }
      } finally {
        lock.unlock();
      }
    }

    void awaitLive(String text) throws InterruptedException {
      await(kept -> kept.live().length() >= text.length());
      assertEquals(text, live());
    }
  }

  @BeforeEach
  void open() throws IOException {
    follower = ConsoleFollower.open(Threads.virtual(), AgentClock.system());
    file = directory.resolve("vm.log");
  }

  @AfterEach
  void close() {
    follower.close();
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void rotate() throws IOException {
    Files.move(file, directory.resolve("vm.log.0"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void whatIsThereIsReplayedAtOnceAndWhatComesIsFollowed()
      throws IOException, InterruptedException {
    append(file, "old ");
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    Kept kept = new Kept();
    ConsoleTail tail = follower.follow(file, 0, kept);
    assertEquals("old ", kept.replayed());
    assertEquals(List.of(LONG_AGO), kept.times);
    append(file, "new");
    kept.awaitLive("new");
    append(file, "er");
    kept.awaitLive("newer");
    assertTrue(kept.times.getLast().isAfter(LONG_AGO.plusSeconds(1_000)));
    assertEquals(9, tail.position());
  }

  @Test
  void goesOnAtAnOffsetUnlessTheFileIsShorter() throws IOException {
    append(file, "0123456789");
    Kept half = new Kept();
    follower.follow(file, 5, half);
    assertEquals("56789", half.replayed());
    Kept end = new Kept();
    assertEquals(10, follower.follow(file, 10, end).position());
    assertEquals("", end.replayed());
    Kept another = new Kept();
    follower.follow(file, 11, another);
    assertEquals("0123456789", another.replayed());
  }

  @Test
  void aFileMayComeLater() throws IOException, InterruptedException {
    Kept kept = new Kept();
    follower.follow(file, 7, kept);
    append(directory.resolve("other.log"), "noise");
    append(file, "here");
    kept.awaitLive("here");
    assertEquals("", kept.replayed());
    assertThrows(
        IOException.class,
        () -> follower.follow(directory.resolve("missing/vm.log"), 0, new Kept()));
  }

  @Test
  void aTruncatedFileIsReadFromItsBeginning() throws IOException, InterruptedException {
    append(file, "a long text");
    Kept kept = new Kept();
    follower.follow(file, 0, kept);
    Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
    kept.await(each -> each.truncations == 1);
    append(file, "short");
    kept.awaitLive("short");
  }

  @Test
  void aFileThatIsMovedAwayIsReadToItsEndFirst() throws IOException, InterruptedException {
    append(file, "begun\n");
    Kept kept = new Kept();
    follower.follow(file, 0, kept);
    StringBuilder written = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      String last = "last of " + i + "\n";
      append(file, last);
      rotate();
      String first = "first of " + (i + 1) + "\n";
      append(file, first);
      written.append(last).append(first);
      // Two rotations at once would be one too many.
      kept.awaitLive(written.toString());
    }
    assertEquals(0, kept.truncations);
  }

  @Test
  void aWriterThatStillWritesIntoTheMovedFileIsHeard() throws IOException, InterruptedException {
    append(file, "one ");
    Kept kept = new Kept();
    follower.follow(file, 0, kept);
    rotate();
    append(directory.resolve("vm.log.0"), "two ");
    append(file, "three");
    kept.awaitLive("two three");
  }

  @Test
  void manyFilesWithMuchInThemAllArrive() throws IOException, InterruptedException {
    byte[] noise = new byte[3 << 20];
    new Random(3).nextBytes(noise);
    List<Kept> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Kept kept = new Kept();
      follower.follow(directory.resolve("vm" + i + ".log"), 0, kept);
      all.add(kept);
    }
    for (int i = 0; i < all.size(); i++) {
      Files.write(directory.resolve("vm" + i + ".log"), noise);
    }
    for (Kept kept : all) {
      kept.await(each -> each.live.size() >= noise.length);
      assertArrayEquals(noise, kept.live.toByteArray());
    }
  }

  @Test
  void aClosedFileIsQuietAndOthersOfItsDirectoryAreNot() throws IOException, InterruptedException {
    Kept closed = new Kept();
    Kept open = new Kept();
    ConsoleTail tail = follower.follow(file, 0, closed);
    follower.follow(file, 0, open);
    append(file, "one");
    closed.awaitLive("one");
    open.awaitLive("one");
    tail.close();
    tail.close();
    append(file, "two");
    open.awaitLive("onetwo");
    assertEquals("one", closed.live());
    follower.close();
    append(file, "three");
    assertEquals("onetwo", open.live());
  }

  @Test
  void aSinkThatFailsIsLeftAloneAndOthersAreServed() throws IOException, InterruptedException {
    Kept calls = new Kept();
    follower.follow(
        file,
        0,
        new ConsoleSink() {
          @Override
          public void bytes(byte[] bytes, int count, Instant when, boolean replayed) {
            calls.bytes(bytes, count, when, replayed);
            throw new IllegalStateException("as planned");
          }

          @Override
          public void truncated() {}
        });
    Kept other = new Kept();
    follower.follow(file, 0, other);
    append(file, "one");
    calls.awaitLive("one");
    other.awaitLive("one");
    append(file, "two");
    other.awaitLive("onetwo");
    assertEquals("one", calls.live());
  }
}
