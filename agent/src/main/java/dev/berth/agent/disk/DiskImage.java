package dev.berth.agent.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// An image that can be a machine's disk, and what is in it.
///
/// @param format [ImageFormat#RAW] or [ImageFormat#QCOW2]
/// @param fileBytes length of the file
/// @param virtualSizeBytes size of the disk as the guest sees it, 512 to 64 TiB
/// @param qcow2 the header; empty for raw images
/// @param layout how the disk is divided
public record DiskImage(
    ImageFormat format,
    long fileBytes,
    long virtualSizeBytes,
    Optional<Qcow2Header> qcow2,
    DiskLayout layout) {
  private static final int LEAST_DISK_BYTES = Mbr.SECTOR_BYTES;

  /// Reads an image's file. Nothing may write it meanwhile.
  ///
  /// Takes less than 4 MiB of memory. Of an honest file it reads the tables and some sectors; what
  /// a hostile one can make it read is bounded by about 1 GiB.
  ///
  /// @throws DiskException when it cannot be a machine's disk; the message begins with the file's
  ///     name, says what is wrong and what to do
  /// @throws IOException when it cannot be read
  public static DiskImage inspect(Path file) throws IOException, DiskException {
    String name = Fields.printable(String.valueOf(file.getFileName()));
    // Opening a pipe would wait for its other end.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new DiskException(name + ": it is no regular file; give an image's file");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return inspect(new FileBytes(channel));
    } catch (DiskException e) {
      throw e.in(name);
    }
  }

  /// Reads an image of which all bytes are at hand.
  ///
  /// @throws DiskException as for a file, without its name
  public static DiskImage inspect(GuestBytes file) throws IOException, DiskException {
    ImageFormat format = ImageFormat.of(file);
    Optional<Qcow2Header> header =
        format == ImageFormat.QCOW2 ? Optional.of(Qcow2Header.read(file)) : Optional.empty();
    GuestBytes disk = disk(file, format, header);
    return new DiskImage(format, file.sizeBytes(), disk.sizeBytes(), header, DiskLayout.read(disk));
  }

  /// The first sector of the disk in an image, which this has inspected: fewer than 512 bytes when
  /// it has no more.
  ///
  /// @throws DiskException as for inspecting it
  public static byte[] firstSector(Path file) throws IOException, DiskException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return disk(new FileBytes(channel)).readUpTo(0, Mbr.SECTOR_BYTES);
    }
  }

  /// The name of the file that an image lies over, as it is written there; empty: it stands alone.
  ///
  /// @throws DiskException when it is a damaged qcow2 image
  public static Optional<String> backingFile(Path file) throws IOException, DiskException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      GuestBytes bytes = new FileBytes(channel);
      return ImageFormat.of(bytes) == ImageFormat.QCOW2
          ? Optional.of(Qcow2Header.read(bytes).backingFile()).filter(name -> !name.isEmpty())
          : Optional.empty();
    }
  }

  /// The disk in an image, as the guest sees it.
  ///
  /// @param file the image's bytes; read again with every read of the disk
  /// @throws DiskException when it cannot be a machine's disk
  public static GuestBytes disk(GuestBytes file) throws IOException, DiskException {
    ImageFormat format = ImageFormat.of(file);
    return disk(
        file,
        format,
        format == ImageFormat.QCOW2 ? Optional.of(Qcow2Header.read(file)) : Optional.empty());
  }

  private static GuestBytes disk(GuestBytes file, ImageFormat format, Optional<Qcow2Header> header)
      throws IOException, DiskException {
    if (file.sizeBytes() == 0) {
      throw new DiskException("it is empty; copy it again");
    }
    if (!format.advice().isEmpty()) {
      throw new DiskException("it is %s: %s".formatted(format.title(), format.advice()));
    }
    if (header.isPresent()) {
      header.get().requireUsable();
      new Qcow2Map(file, header.get()).requireComplete();
      return new Qcow2Bytes(file, header.get());
    }
    if (file.sizeBytes() < LEAST_DISK_BYTES || file.sizeBytes() > Qcow2Header.MOST_VIRTUAL_BYTES) {
      throw new DiskException(
          "it has %d bytes, as no disk has (expected: 512 to %d); look whether it is the right file"
              .formatted(file.sizeBytes(), Qcow2Header.MOST_VIRTUAL_BYTES));
    }
    return file;
  }
}
