package dev.berth.cli.copy;

import java.nio.charset.StandardCharsets;

/// The head of a tar entry: 512 bytes, each field at its place.
final class TarBlocks {
  static final int BLOCK = 512;
  static final int NAME = 0;
  static final int NAME_LENGTH = 100;
  static final int MODE = 100;
  static final int UID = 108;
  static final int GID = 116;
  static final int NUMBER_LENGTH = 8;
  static final int SIZE = 124;
  static final int TIME = 136;
  static final int LONG_LENGTH = 12;
  static final int CHECKSUM = 148;
  static final int TYPE = 156;
  static final int LINK_NAME = 157;
  static final int MAGIC = 257;
  static final int PREFIX = 345;
  static final int PREFIX_LENGTH = 155;

  private static final int BINARY = 0x80;

  private TarBlocks() {}

  /// Bytes that fill the last block of a content.
  static int padding(long size) {
    return (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  /// The sum over the head, with blanks where the sum itself stands.
  static int checksum(byte[] block) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean own = i >= CHECKSUM && i < CHECKSUM + NUMBER_LENGTH;
      sum += own ? ' ' : block[i] & 0xff;
    }
    return sum;
  }

  /// Text up to a zero.
  static String text(byte[] block, int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return new String(block, at, end - at, StandardCharsets.UTF_8);
  }

  /// An octal number, or a binary one where its first bit is set; -1: none.
  static long number(byte[] block, int at, int length) {
    if ((block[at] & BINARY) != 0) {
      long value = block[at] & 0x7f;
      for (int i = at + 1; i < at + length; i++) {
        if (value >= 1L << 55) {
          return -1;
        }
        value = (value << 8) | (block[i] & 0xff);
      }
      return value;
    }
    String digits = text(block, at, length).strip();
    if (digits.isEmpty()) {
      return 0;
    }
    return digits.chars().allMatch(c -> c >= '0' && c <= '7') ? Long.parseLong(digits, 8) : -1;
  }
}
