package dev.berth.agent.disk;

import java.util.ArrayList;
import java.util.List;

/// What a qcow2 image uses that changes how it must be read.
///
/// @param incompatible the header's bits of incompatible features; 0 in version 2
/// @param encryption 0: none, 1: AES, 2: LUKS
/// @param compression 0: zlib, 1: zstd
public record Qcow2Features(long incompatible, long encryption, int compression) {
  private static final long DIRTY = 1;
  private static final long CORRUPT = 1 << 1;
  private static final long EXTERNAL_DATA = 1 << 2;
  private static final long OTHER_COMPRESSION = 1 << 3;
  private static final long EXTENDED_L2 = 1 << 4;
  private static final long KNOWN = 0b11111;

  /// It was not closed properly: its counts of references may be wrong.
  public boolean isDirty() {
    return (incompatible & DIRTY) != 0;
  }

  /// QEMU found it damaged.
  public boolean isCorrupt() {
    return (incompatible & CORRUPT) != 0;
  }

  /// Its content is in another file.
  public boolean hasExternalData() {
    return (incompatible & EXTERNAL_DATA) != 0;
  }

  /// Its clusters are divided into 32 subclusters.
  public boolean hasExtendedL2() {
    return (incompatible & EXTENDED_L2) != 0;
  }

  /// Its content is encrypted.
  public boolean isEncrypted() {
    return encryption != 0;
  }

  /// How compressed clusters are compressed: "zlib", "zstd", or "type N".
  public String compressionName() {
    if ((incompatible & OTHER_COMPRESSION) == 0) {
      return "zlib";
    }
    return compression == 1 ? "zstd" : "type " + compression;
  }

  /// Why an image with these cannot be a machine's disk, each with what to do; empty when it can.
  List<String> obstacles() {
    List<String> found = new ArrayList<>();
    if ((incompatible & ~KNOWN) != 0) {
      found.add(
          "it uses features that are not known here (bits 0x%x): convert it with an older format,"
                  .formatted(incompatible & ~KNOWN)
              + " qemu-img convert -O qcow2 -o compat=1.1 FILE FILE.qcow2");
    }
    if (isCorrupt()) {
      found.add("it is marked as corrupt: repair it with qemu-img check -r all FILE");
    }
    if (isDirty()) {
      found.add(
          "it was not closed properly (marked as dirty): stop what uses it, then"
              + " qemu-img check -r all FILE");
    }
    if (hasExternalData()) {
      found.add(
          "its content is in an external data file: make one file of both, qemu-img convert"
              + " -O qcow2 FILE FILE.qcow2");
    }
    if (isEncrypted()) {
      found.add("it is encrypted: store it decrypted, qemu-img convert with its secret");
    }
    return found;
  }
}
