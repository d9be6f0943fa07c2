package dev.berth.agent.disk;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The disk in a qcow2 image without a backing file, as the guest sees it: what was never written
/// is zeros. Internal snapshots are not looked at.
final class Qcow2Bytes implements GuestBytes {
  private static final int PIECE_BYTES = 64 << 10;

  private final GuestBytes file;
  private final Qcow2Header header;
  private final Qcow2Map map;

  /// @param header that of the file, and usable
  Qcow2Bytes(GuestBytes file, Qcow2Header header) {
    this.file = file;
    this.header = header;
    this.map = new Qcow2Map(file, header);
  }

  @Override
  public long sizeBytes() {
    return header.virtualSizeBytes();
  }

  @Override
  public byte[] read(long offset, int length) throws IOException, DiskException {
    requireInside(offset, length);
    byte[] out = new byte[length];
    int done = 0;
    while (done < length) {
      long cluster = (offset + done) >>> header.clusterBits();
      int within = (int) ((offset + done) & (header.clusterBytes() - 1));
      Qcow2Map.Place place = map.find(cluster, within);
      int part =
          place instanceof Qcow2Map.Place.Compressed
              ? header.clusterBytes() - within
              : map.together(within);
      part = Math.min(part, length - done);
      switch (place) {
        case Qcow2Map.Place.Zeros _ -> {}
        case Qcow2Map.Place.Plain(long at) -> {
          byte[] plain = file.readUpTo(at + within, part);
          System.arraycopy(plain, 0, out, done, plain.length);
        }
        case Qcow2Map.Place.Compressed compressed ->
            System.arraycopy(decompressed(compressed, within, part), 0, out, done, part);
      }
      done += part;
    }
    return out;
  }

  /// A part of a compressed cluster. Only what is before it is decompressed as well, piece by
  /// piece: neither the compressed nor the decompressed cluster is ever in memory as a whole.
  private byte[] decompressed(Qcow2Map.Place.Compressed place, int skip, int length)
      throws IOException, DiskException {
    if (!header.features().compressionName().equals("zlib")) {
      throw new DiskException(
          "it is compressed by %s, which is not supported: qemu-img convert -O qcow2"
                  .formatted(header.features().compressionName())
              + " -o compression_type=zlib FILE FILE.qcow2");
    }
    Inflater inflater = new Inflater(true);
    try {
      byte[] piece = new byte[Math.min(PIECE_BYTES, header.clusterBytes())];
      byte[] out = new byte[length];
      long fed = place.offset();
      long end = place.offset() + place.bytes();
      long produced = 0;
      while (produced < (long) skip + length) {
        if (inflater.needsInput() && fed < end) {
          byte[] input = file.read(fed, (int) Math.min(PIECE_BYTES, end - fed));
          inflater.setInput(input);
          fed += input.length;
        }
        int count =
            produced < skip
                ? inflater.inflate(piece, 0, (int) Math.min(piece.length, skip - produced))
                : inflater.inflate(out, (int) (produced - skip), length - (int) (produced - skip));
        if (count == 0 && (inflater.finished() || !inflater.needsInput() || fed == end)) {
          throw undecompressable(place);
        }
        produced += count;
      }
      return out;
    } catch (DataFormatException _) {
      throw undecompressable(place);
    } finally {
      inflater.end();
    }
  }

  private static DiskException undecompressable(Qcow2Map.Place.Compressed place) {
    return new DiskException(
        "the compressed cluster at byte %d cannot be decompressed: it is damaged; copy it again"
            .formatted(place.offset()));
  }
}
