package dev.berth.agent.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
  private static final byte[] CONTENT = "a disk".getBytes(StandardCharsets.UTF_8);
  // printf 'a disk' | sha256sum
  private static final String DIGEST =
      "d614d695eb483126af8a5376433956a60f472ea41b5147893a461e1823006387";
  private static final String URL = "https://a.example/disk";

  private static ImageStore store(Path root, ImageSource source) throws IOException {
    return ImageStore.open(root, source, InstantSource.system());
  }

  private static ImageSource unreachable() {
    return url -> {
      throw new IOException("nobody answers");
    };
  }

  private static StoredImage resolve(ImageStore store, String image, String digest)
      throws Exception {
    return store.resolve(image, digest, (_, _) -> {});
  }

  private static long files(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.count();
    }
  }

  @Test
  void whatIsAddedIsFoundByNameAndByDigest(@TempDir Path root) throws Exception {
    ImageStore store = store(root, unreachable());
    StoredImage added = store.add("team/disk:1", new ByteArrayInputStream(CONTENT), DIGEST);
    assertEquals(DIGEST, added.digest());
    assertArrayEquals(CONTENT, Files.readAllBytes(added.file()));
    assertEquals(added, resolve(store, "team/disk:1", ""));
    assertEquals(added, resolve(store(root, unreachable()), "team/disk:1", DIGEST));
    assertEquals(0, files(root.resolve("partial")));
  }

  @Test
  void aNameMeansWhatWasAddedLastAndADigestStaysWhatItIs(@TempDir Path root) throws Exception {
    ImageStore store = store(root, unreachable());
    StoredImage first = store.add("disk", new ByteArrayInputStream(CONTENT), "");
    StoredImage second = store.add("disk", new ByteArrayInputStream(new byte[] {1}), "");
    assertEquals(second, resolve(store, "disk", ""));
    assertEquals(first, resolve(store, "disk", first.digest()));
  }

  @Test
  void anotherContentIsRefusedAndNothingIsKept(@TempDir Path root) throws Exception {
    ImageStore store = store(root, unreachable());
    ImageException refusal =
        assertThrows(
            ImageException.class,
            () -> store.add("disk", new ByteArrayInputStream(CONTENT), "00".repeat(32)));
    assertEquals("ImageDigestMismatch", refusal.reason());
    assertFalse(refusal.mayPass());
    assertTrue(String.valueOf(refusal.getMessage()).contains(DIGEST), refusal.getMessage());
    assertEquals(0, files(root.resolve("blobs")));
    assertEquals(0, files(root.resolve("partial")));
    assertEquals(0, files(root.resolve("names")));
  }

  @Test
  void aMissingImageSaysWhatToDo(@TempDir Path root) throws Exception {
    ImageStore store = store(root, unreachable());
    ImageException missing =
        assertThrows(ImageException.class, () -> resolve(store, "no/such", ""));
    assertEquals("ImageMissing", missing.reason());
    assertTrue(
        String.valueOf(missing.getMessage()).contains("berth image import"), missing.getMessage());
    ImageException away = assertThrows(ImageException.class, () -> resolve(store, URL, DIGEST));
    assertEquals("ImagePullFailed", away.reason());
    assertTrue(away.mayPass());
  }

  @Test
  void manyThatWantTheSameWaitForOneFetch(@TempDir Path root) throws Exception {
    AtomicInteger fetches = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(1);
    ImageStore store =
        store(
            root,
            _ -> {
              fetches.incrementAndGet();
              all.await();
              return new ImageSource.Opened(new ByteArrayInputStream(CONTENT), CONTENT.length);
            });
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<StoredImage> one = () -> resolve(store, URL, DIGEST);
      List<Future<StoredImage>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(executor.submit(one));
      }
      all.countDown();
      for (Future<StoredImage> answer : answers) {
        assertEquals(DIGEST, answer.get().digest());
      }
    }
    assertEquals(1, fetches.get());
  }

  @Test
  void aFetchThatIsCutOffIsNotTakenForWhole(@TempDir Path root) throws Exception {
    ImageStore store =
        store(
            root,
            _ -> new ImageSource.Opened(new ByteArrayInputStream(CONTENT), CONTENT.length + 5L));
    ImageException cut = assertThrows(ImageException.class, () -> resolve(store, URL, DIGEST));
    assertTrue(cut.mayPass());
    assertTrue(String.valueOf(cut.getMessage()).contains("of 11 bytes"), cut.getMessage());
    assertEquals(0, files(root.resolve("blobs")));
  }

  @Test
  void whatWasNotFinishedIsRemovedAtTheNextStart(@TempDir Path root) throws Exception {
    var _ = store(root, unreachable());
    Files.writeString(root.resolve("partial").resolve("image1"), "half");
    var _ = store(root, unreachable());
    assertEquals(0, files(root.resolve("partial")));
  }
}
