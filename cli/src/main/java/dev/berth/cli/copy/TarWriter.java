package dev.berth.cli.copy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Writes a tar archive entry by entry: ustar, with pax attributes for what does not fit.
final class TarWriter {
  private static final int UID_MAX = 07777777;
  private static final long SIZE_MAX = 077777777777L;

  private final OutputStream out;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  /// Begins an entry; of a file, [#content] must follow until its size is reached.
  void entry(TarEntry entry) throws IOException {
    boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
    String name = directory ? entry.name() + "/" : entry.name();
    StringBuilder attributes = new StringBuilder();
    if (isTooLong(name)) {
      attributes.append(record("path", name));
    }
    if (isTooLong(entry.linkName())) {
      attributes.append(record("linkpath", entry.linkName()));
    }
    if (entry.size() > SIZE_MAX) {
      attributes.append(record("size", Long.toString(entry.size())));
    }
    if (entry.uid() > UID_MAX) {
      attributes.append(record("uid", Long.toString(entry.uid())));
    }
    if (entry.gid() > UID_MAX) {
      attributes.append(record("gid", Long.toString(entry.gid())));
    }
    if (!attributes.isEmpty()) {
      byte[] bytes = attributes.toString().getBytes(StandardCharsets.UTF_8);
      TarEntry head = new TarEntry("pax", TarEntry.Type.FILE, 0644, 0, 0, bytes.length, 0, "");
      out.write(block(head, "pax", 'x'));
      out.write(bytes);
      pad(bytes.length);
    }
    out.write(block(entry, name, flag(entry.type())));
  }

  /// Some of the content of a file.
  void content(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
  }

  /// Fills the last block of a file's content.
  void pad(long size) throws IOException {
    out.write(new byte[TarBlocks.padding(size)]);
  }

  /// Ends the archive.
  void finish() throws IOException {
    out.write(new byte[2 * TarBlocks.BLOCK]);
    out.flush();
  }

  private static boolean isTooLong(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return bytes.length > TarBlocks.NAME_LENGTH || bytes.length != name.length();
  }

  /// The length in front counts its own digits too.
  private static String record(String key, String value) {
    String rest = " " + key + "=" + value + "\n";
    int bytes = rest.getBytes(StandardCharsets.UTF_8).length;
    int length = bytes + Integer.toString(bytes).length();
    if (bytes + Integer.toString(length).length() != length) {
      length = bytes + Integer.toString(length).length();
    }
    return length + rest;
  }

  private static char flag(TarEntry.Type type) {
    return switch (type) {
      case FILE -> '0';
      case DIRECTORY -> '5';
      case LINK -> '2';
      case HARD_LINK -> '1';
      case OTHER -> throw new IllegalArgumentException("not written: " + type);
    };
  }

  private static byte[] block(TarEntry entry, String name, char flag) {
    byte[] block = new byte[TarBlocks.BLOCK];
    text(block, TarBlocks.NAME, TarBlocks.NAME_LENGTH, name);
    octal(block, TarBlocks.MODE, TarBlocks.NUMBER_LENGTH, entry.mode());
    octal(block, TarBlocks.UID, TarBlocks.NUMBER_LENGTH, Math.min(entry.uid(), UID_MAX));
    octal(block, TarBlocks.GID, TarBlocks.NUMBER_LENGTH, Math.min(entry.gid(), UID_MAX));
    octal(block, TarBlocks.SIZE, TarBlocks.LONG_LENGTH, Math.min(entry.size(), SIZE_MAX));
    octal(block, TarBlocks.TIME, TarBlocks.LONG_LENGTH, Math.max(0, entry.modifySeconds()));
    block[TarBlocks.TYPE] = (byte) flag;
    text(block, TarBlocks.LINK_NAME, TarBlocks.NAME_LENGTH, entry.linkName());
    text(block, TarBlocks.MAGIC, 8, "ustar\00000");
    octal(block, TarBlocks.CHECKSUM, TarBlocks.NUMBER_LENGTH - 1, TarBlocks.checksum(block));
    block[TarBlocks.CHECKSUM + TarBlocks.NUMBER_LENGTH - 1] = ' ';
    return block;
  }

  private static void text(byte[] block, int at, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, Math.min(length, bytes.length));
  }

  private static void octal(byte[] block, int at, int length, long value) {
    text(block, at, length, String.format(Locale.ROOT, "%0" + (length - 1) + "o", value));
  }
}
