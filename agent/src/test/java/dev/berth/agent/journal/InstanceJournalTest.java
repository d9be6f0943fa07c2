package dev.berth.agent.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.driver.Assigned;
import dev.berth.agent.instance.RestartHistory;
import dev.berth.agent.port.AgentClock;
import dev.berth.agent.port.Threads;
import dev.berth.v1.InstanceState;
import dev.berth.v1.InstanceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstanceJournalTest {
  @TempDir Path directory;

  @Test
  void remembersOverARestart() throws IOException {
    JournalEntry web = entry(1);
    JournalEntry db = entry(2);
    InstanceJournal.Opened first =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-1", AgentClock.system(), Threads.virtual());
    assertEquals(List.of(), first.entries());
    first.journal().confirmBoot();
    first.journal().put(web);
    first.journal().put(db);
    first.journal().put(entry(3));
    first.journal().remove(entry(3).instance().getInstanceId());
    first.journal().close();

    InstanceJournal.Opened second =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-1", AgentClock.system(), Threads.virtual());
    second.journal().close();
    assertEquals(2, second.entries().size());
    assertTrue(second.entries().containsAll(List.of(web, db)));
    assertTrue(second.sameBoot());
  }

  @Test
  void noticesThatTheHostWasRestarted() throws IOException {
    InstanceJournal.Opened first =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-1", AgentClock.system(), Threads.virtual());
    first.journal().confirmBoot();
    first.journal().put(entry(1));
    first.journal().close();
    InstanceJournal.Opened second =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-2", AgentClock.system(), Threads.virtual());
    second.journal().close();
    assertFalse(second.sameBoot());
    assertEquals(1, second.entries().size());
  }

  @Test
  void isReadableByItsOwnerAlone() throws IOException {
    InstanceJournal.Opened opened =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-1", AgentClock.system(), Threads.virtual());
    opened.journal().put(entry(1));
    opened.journal().close();
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("instances"))));
    assertFalse(Files.exists(directory.resolve("instances.new")));
  }

  @Test
  void setsADamagedFileAsideAndBeginsEmpty() throws IOException {
    byte[] whole = JournalCodec.encode("boot-1", List.of(entry(1), entry(2)));
    long seed = System.nanoTime();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = damage(random, whole);
      assertThrows(
          IOException.class, () -> JournalCodec.decode(damaged), "seed " + seed + ", round " + i);
    }
    byte[] torn = Arrays.copyOf(whole, whole.length / 2);
    Files.write(directory.resolve("instances"), torn);
    InstanceJournal.Opened opened =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-1", AgentClock.system(), Threads.virtual());
    opened.journal().close();
    assertEquals(List.of(), opened.entries());
    assertEquals(
        torn.length, Files.size(directory.resolve("instances.damaged")), "kept for a look at it");
  }

  @Test
  void saysWhyItCannotBeWritten() throws Exception {
    InstanceJournal.Opened opened =
        InstanceJournal.open(
            StateFiles.in(directory), "boot-1", AgentClock.system(), Threads.virtual());
    Files.createDirectory(directory.resolve("instances.new"));
    Files.createFile(directory.resolve("instances.new").resolve("in-the-way"));
    opened.journal().put(entry(1));
    long end = System.nanoTime() + 30_000_000_000L;
    while (opened.journal().problem().isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertTrue(opened.journal().problem().orElse("").contains("cannot be written"));
    opened.journal().close();
    assertFalse(Files.exists(directory.resolve("instances")));
  }

  @Test
  void theEpochNeverGoesBack() throws IOException {
    EpochFile epochs = EpochFile.open(StateFiles.in(directory));
    assertEquals(0, epochs.highest());
    assertTrue(epochs.accept(7));
    assertTrue(epochs.accept(7));
    assertFalse(epochs.accept(6));
    EpochFile again = EpochFile.open(StateFiles.in(directory));
    assertEquals(7, again.highest());
    assertFalse(again.accept(6));
    assertTrue(again.accept(-1));
    assertFalse(EpochFile.open(StateFiles.in(directory)).accept(Long.MAX_VALUE));
  }

  @Test
  void anEpochThatCannotBeWrittenIsNotObeyed() throws IOException {
    EpochFile epochs = EpochFile.open(StateFiles.in(directory));
    assertTrue(epochs.accept(1));
    Files.createDirectory(directory.resolve("epoch.new"));
    Files.createFile(directory.resolve("epoch.new").resolve("in-the-way"));
    assertThrows(IOException.class, () -> epochs.accept(2));
    assertEquals(1, epochs.highest());
  }

  @Test
  void aDamagedEpochIsSetAside() throws IOException {
    Files.writeString(directory.resolve("epoch"), "\0\0\0\0");
    assertEquals(0, EpochFile.open(StateFiles.in(directory)).highest());
    assertTrue(Files.exists(directory.resolve("epoch.damaged")));
  }

  private static byte[] damage(RandomGenerator random, byte[] whole) {
    if (random.nextBoolean()) {
      return Arrays.copyOf(whole, random.nextInt(whole.length));
    }
    byte[] damaged = whole.clone();
    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    return damaged;
  }

  private static JournalEntry entry(int slot) {
    return new JournalEntry(
        Assigned.container("web", slot, "runs"),
        InstanceStatus.newBuilder().setState(InstanceState.INSTANCE_STATE_RUNNING).build(),
        new RestartHistory(3, List.of(5L, 8L), 1, 15_000, OptionalLong.of(99)));
  }
}
