package dev.berth.agent.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskRoomTest {
  /// A file system that keeps some of its room back for root.
  private static final class Reserving extends FileStore {
    private final long unallocated;
    private final long usable;

    Reserving(long unallocated, long usable) {
      this.unallocated = unallocated;
      this.usable = usable;
    }

    @Override
    public long getTotalSpace() {
      return 1000;
    }

    @Override
    public long getUnallocatedSpace() {
      return unallocated;
    }

    @Override
    public long getUsableSpace() {
      return usable;
    }

    @Override
    public String name() {
      return "reserving";
    }

    @Override
    public String type() {
      return "test";
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
      return false;
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
      return false;
    }

    @Override
    public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object getAttribute(String attribute) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void whatIsKeptBackForRootIsNeitherUsedNorFree() throws IOException {
    DiskRoom room = DiskRoom.of(new Reserving(200, 145));
    assertEquals(new DiskRoom(945, 145), room);
    assertEquals(800, room.usedBytes());
    assertFalse(room.isAbove(85), "of what can be used, 84.7 % are");
    assertTrue(room.isAbove(84));
    assertFalse(room.without(60).isAbove(80));
  }

  @Test
  void aRealFileSystemHasRoom(@TempDir Path directory) throws IOException {
    DiskRoom room = DiskRoom.at(directory);
    assertTrue(room.totalBytes() >= room.usableBytes() && room.usableBytes() > 0, room.toString());
  }

  @Test
  void whatHasNoSizeIsNeverFull() {
    assertFalse(new DiskRoom(0, 0).isAbove(0));
    assertTrue(new DiskRoom(Long.MAX_VALUE, Long.MAX_VALUE / 10).isAbove(85));
  }
}
