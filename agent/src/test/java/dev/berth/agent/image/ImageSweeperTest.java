package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.agent.port.AgentClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageSweeperTest {
  @TempDir Path root;
  private ImageStore store;
  private Path machines;

  @BeforeEach
  void open() throws IOException {
    machines = Files.createDirectories(root.resolve("machines"));
    store =
        ImageStore.open(
            root.resolve("images"),
            _ -> new ImageSource.Opened(new ByteArrayInputStream(new byte[1]), 0),
            InstantSource.system());
  }

  private ImageSweeper sweeper() {
    return new ImageSweeper(
        store, new MachineDisks(machines), Duration.ofDays(7), AgentClock.system());
  }

  /// An image without a name, last used a month ago.
  private StoredImage old(int number) throws Exception {
    // The first image that the name meant is the one without a name.
    StoredImage image = store.add("disk", new ByteArrayInputStream(new byte[number]), "");
    var _ = store.add("disk", new ByteArrayInputStream(new byte[] {1, 2, 3}), "");
    age(image);
    return image;
  }

  private static void age(StoredImage image) throws IOException {
    Files.setLastModifiedTime(
        image.file(), FileTime.from(Instant.now().minus(Duration.ofDays(30))));
  }

  @Test
  void removesWhatNobodyNeedsAndNothingElse() throws Exception {
    StoredImage forgotten = old(10);
    StoredImage needed = old(11);
    Path machine =
        Files.createDirectories(machines.resolve("11111111-2222-3333-4444-555555555555"));
    MachineDisks.note(machine, List.of(needed.file()));
    StoredImage named = store.add("kept", new ByteArrayInputStream(new byte[12]), "");
    age(named);
    sweeper().sweep();
    assertFalse(Files.exists(forgotten.file()));
    assertTrue(Files.exists(needed.file()));
    assertTrue(Files.exists(named.file()));
    // What a machine needs counts as used: it stays for a while after the machine's end.
    Files.delete(machine.resolve("images"));
    sweeper().sweep();
    assertTrue(Files.exists(needed.file()));
  }

  @Test
  void removesNothingWhenItCannotTellWhatIsNeeded() throws Exception {
    StoredImage forgotten = old(10);
    Path machine =
        Files.createDirectories(machines.resolve("11111111-2222-3333-4444-555555555555"));
    Files.write(machine.resolve("disk.qcow2"), new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
    assertThrows(IOException.class, () -> sweeper().sweep());
    assertTrue(Files.exists(forgotten.file()));
  }

  @Test
  void aUseSinceItWasListedKeepsAnImage() throws Exception {
    StoredImage image = old(10);
    ListedImage listed =
        store.list().stream().filter(each -> each.image().equals(image)).findFirst().orElseThrow();
    assertEquals(image, store.resolve("disk", image.digest(), (_, _) -> {}));
    assertFalse(store.remove(listed));
    assertTrue(Files.exists(image.file()));
  }
}
