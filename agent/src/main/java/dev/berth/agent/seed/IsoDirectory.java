package dev.berth.agent.seed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The image's only directory, once as ISO 9660 with Rock Ridge, and once as Joliet, over the same
/// content. Linux takes the first, Windows the second; either shows the names as they are.
final class IsoDirectory {
  /// Bytes of the record that stands for a directory in its volume descriptor.
  static final int ROOT_RECORD_BYTES = 34;

  private static final int FIXED_BYTES = 33;
  private static final int DIRECTORY_FLAG = 2;
  private static final byte[] ITSELF = {0};
  private static final byte[] PARENT = {1};
  private static final byte[] NOTHING = {};

  private IsoDirectory() {}

  /// The directory with plain names and Rock Ridge fields; whole sectors.
  ///
  /// @param sector where it will be
  /// @param bytes its own length, which is the same whatever is given here
  /// @param extensionsSector where [RockRidge#extensions] will be
  static byte[] plain(List<IsoFile> files, int sector, int bytes, int extensionsSector) {
    List<byte[]> records = new ArrayList<>();
    records.add(record(ITSELF, sector, bytes, DIRECTORY_FLAG, RockRidge.root(extensionsSector)));
    records.add(record(PARENT, sector, bytes, DIRECTORY_FLAG, RockRidge.parent()));
    files.stream()
        .sorted(Comparator.comparing(IsoFile::plainName))
        .map(
            file ->
                record(
                    file.plainName().getBytes(StandardCharsets.US_ASCII),
                    file.sector(),
                    file.bytes(),
                    0,
                    RockRidge.file(file.name())))
        .forEach(records::add);
    return inSectors(records);
  }

  /// The directory with Joliet's names; whole sectors.
  static byte[] joliet(List<IsoFile> files, int sector, int bytes) {
    List<byte[]> records = new ArrayList<>();
    records.add(record(ITSELF, sector, bytes, DIRECTORY_FLAG, NOTHING));
    records.add(record(PARENT, sector, bytes, DIRECTORY_FLAG, NOTHING));
    files.stream()
        .sorted(Comparator.comparing(IsoFile::name))
        .map(
            file ->
                record(
                    file.name().getBytes(StandardCharsets.UTF_16BE),
                    file.sector(),
                    file.bytes(),
                    0,
                    NOTHING))
        .forEach(records::add);
    return inSectors(records);
  }

  /// The record that stands for a directory in its volume descriptor.
  static byte[] root(int sector, int bytes) {
    return record(ITSELF, sector, bytes, DIRECTORY_FLAG, NOTHING);
  }

  private static byte[] record(
      byte[] identifier, int sector, int bytes, int flags, byte[] systemUse) {
    int beforeUse = even(FIXED_BYTES + identifier.length);
    ByteBuffer record = ByteBuffer.allocate(even(beforeUse + systemUse.length));
    record.put((byte) record.capacity()).put((byte) 0);
    IsoFields.putBoth(record, sector);
    IsoFields.putBoth(record, bytes);
    IsoFields.putDate(record);
    record.put((byte) flags).put((byte) 0).put((byte) 0);
    IsoFields.putBothShort(record, 1);
    record.put((byte) identifier.length).put(identifier);
    return record.position(beforeUse).put(systemUse).array();
  }

  /// A record never goes over the end of a sector.
  private static byte[] inSectors(List<byte[]> records) {
    int end = 0;
    List<Integer> offsets = new ArrayList<>();
    for (byte[] record : records) {
      if (end % IsoFields.SECTOR_BYTES + record.length > IsoFields.SECTOR_BYTES) {
        end = IsoFields.sectors(end) * IsoFields.SECTOR_BYTES;
      }
      offsets.add(end);
      end += record.length;
    }
    byte[] directory = new byte[IsoFields.sectors(end) * IsoFields.SECTOR_BYTES];
    for (int i = 0; i < records.size(); i++) {
      System.arraycopy(records.get(i), 0, directory, offsets.get(i), records.get(i).length);
    }
    return directory;
  }

  private static int even(int length) {
    return length + (length & 1);
  }
}
