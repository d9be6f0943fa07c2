package dev.berth.cli.copy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Reads a tar archive entry by entry, as it comes: ustar, with the longer names of pax and GNU.
/// What it holds in memory is bounded, whatever the archive says.
final class TarReader {
  // Names and attributes are kept in memory.
  private static final int ATTRIBUTES_MAX = 1 << 20;
  private static final String BROKEN = "it is no whole tar archive: ";

  private final InputStream in;
  private long left;
  private int padding;

  TarReader(InputStream in) {
    this.in = in;
  }

  /// The next entry; what was not read of the content of the last one is passed over.
  ///
  /// @throws IOException when the archive is broken or cut off
  Optional<TarEntry> next() throws IOException {
    Map<String, String> attributes = new HashMap<>();
    while (true) {
      skip(left + padding);
      left = 0;
      padding = 0;
      byte[] block = in.readNBytes(TarBlocks.BLOCK);
      if (block.length == 0 || isZero(block)) {
        return Optional.empty();
      }
      if (block.length < TarBlocks.BLOCK) {
        throw new EOFException(BROKEN + "it is cut off");
      }
      if (TarBlocks.number(block, TarBlocks.CHECKSUM, TarBlocks.NUMBER_LENGTH)
          != TarBlocks.checksum(block)) {
        throw new IOException(BROKEN + "a checksum is wrong");
      }
      long size = TarBlocks.number(block, TarBlocks.SIZE, TarBlocks.LONG_LENGTH);
      if (size < 0) {
        throw new IOException(BROKEN + "a size is no number");
      }
      switch (block[TarBlocks.TYPE]) {
        case 'x' -> attributes.putAll(records(content(size)));
        case 'g' -> skip(size + TarBlocks.padding(size));
        case 'L' -> attributes.put("path", zeroEnded(content(size)));
        case 'K' -> attributes.put("linkpath", zeroEnded(content(size)));
        default -> {
          return Optional.of(entry(block, size, attributes));
        }
      }
    }
  }

  private TarEntry entry(byte[] block, long headSize, Map<String, String> attributes)
      throws IOException {
    long size = number(attributes, "size", headSize);
    String name = attributes.getOrDefault("path", name(block));
    TarEntry.Type type = type(block[TarBlocks.TYPE], name);
    boolean holds = type != TarEntry.Type.LINK && type != TarEntry.Type.HARD_LINK;
    left = holds && type != TarEntry.Type.DIRECTORY ? size : 0;
    padding = TarBlocks.padding(left);
    while (name.length() > 1 && name.endsWith("/")) {
      name = name.substring(0, name.length() - 1);
    }
    return new TarEntry(
        name,
        type,
        (int) TarBlocks.number(block, TarBlocks.MODE, TarBlocks.NUMBER_LENGTH) & 07777,
        number(attributes, "uid", TarBlocks.number(block, TarBlocks.UID, TarBlocks.NUMBER_LENGTH)),
        number(attributes, "gid", TarBlocks.number(block, TarBlocks.GID, TarBlocks.NUMBER_LENGTH)),
        type == TarEntry.Type.FILE ? size : 0,
        seconds(attributes, block),
        attributes.getOrDefault(
            "linkpath", TarBlocks.text(block, TarBlocks.LINK_NAME, TarBlocks.NAME_LENGTH)));
  }

  private static String name(byte[] block) {
    String name = TarBlocks.text(block, TarBlocks.NAME, TarBlocks.NAME_LENGTH);
    boolean ustar = TarBlocks.text(block, TarBlocks.MAGIC, 6).equals("ustar");
    String prefix = ustar ? TarBlocks.text(block, TarBlocks.PREFIX, TarBlocks.PREFIX_LENGTH) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static TarEntry.Type type(byte flag, String name) {
    return switch (flag) {
      case 0, '0', '7' -> name.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.LINK;
      case '5' -> TarEntry.Type.DIRECTORY;
      default -> TarEntry.Type.OTHER;
    };
  }

  private static long number(Map<String, String> attributes, String key, long otherwise)
      throws IOException {
    String text = attributes.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IOException(BROKEN + "an attribute is no number", e);
    }
    throw new IOException(BROKEN + "an attribute is negative");
  }

  private static long seconds(Map<String, String> attributes, byte[] block) {
    String text = attributes.getOrDefault("mtime", "");
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    return whole.matches("-?[0-9]{1,15}")
        ? Long.parseLong(whole)
        : Math.max(0, TarBlocks.number(block, TarBlocks.TIME, TarBlocks.LONG_LENGTH));
  }

  /// "27 path=a/long/name\n", one after the other; the number counts all of its bytes.
  private static Map<String, String> records(byte[] bytes) throws IOException {
    Map<String, String> found = new HashMap<>();
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int blank = at;
      while (blank < bytes.length && bytes[blank] != ' ') {
        blank++;
      }
      String digits = new String(bytes, at, blank - at, StandardCharsets.US_ASCII);
      int length = digits.matches("[0-9]{1,7}") ? Integer.parseInt(digits) : 0;
      int end = at + length;
      if (end <= blank + 1 || end > bytes.length) {
        throw new IOException(BROKEN + "an attribute has a wrong length");
      }
      String record = new String(bytes, blank + 1, end - blank - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals > 0) {
        found.put(record.substring(0, equals), record.substring(equals + 1));
      }
      at = end;
    }
    return found;
  }

  private static String zeroEnded(byte[] bytes) {
    return TarBlocks.text(bytes, 0, bytes.length);
  }

  private byte[] content(long size) throws IOException {
    if (size > ATTRIBUTES_MAX) {
      throw new IOException(BROKEN + "names or attributes are larger than a mebibyte");
    }
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new EOFException(BROKEN + "it is cut off");
    }
    skip(TarBlocks.padding(size));
    return bytes;
  }

  private static boolean isZero(byte[] block) {
    for (byte each : block) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private void skip(long count) throws IOException {
    try {
      in.skipNBytes(count);
    } catch (EOFException e) {
      throw new IOException(BROKEN + "it is cut off", e);
    }
  }

  /// The next bytes of the entry's content.
  ///
  /// @return how many; -1: that was all
  int read(byte[] into) throws IOException {
    if (left == 0) {
      return -1;
    }
    int read = in.read(into, 0, (int) Math.min(into.length, left));
    if (read < 0) {
      throw new EOFException(BROKEN + "it is cut off");
    }
    left -= read;
    return read;
  }
}
