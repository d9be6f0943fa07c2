package dev.berth.agent.seed;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A small disk with the volume label `cidata` and a few files in its root, as ISO 9660 with Rock
/// Ridge and Joliet: ISO 9660's own names know neither lower case nor a hyphen, and Linux, the
/// BSDs and Windows each want one of the two extensions for `user-data`.
///
/// Deterministic: the same files give the same bytes, whatever the time, so that an image need not
/// be written again when nothing changed. Files are readable by the guest's root alone.
public final class SeedIso {
  /// Label of the disk; cloud-init finds it by this.
  public static final String VOLUME_ID = IsoVolume.VOLUME_ID;

  static final int MOST_FILES = 16;
  static final int MOST_TOTAL_BYTES = 1 << 20;
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private static final int FIRST_DESCRIPTOR = 16;
  private static final int PLAIN_PATH_TABLES = 19;
  private static final int JOLIET_PATH_TABLES = 21;
  private static final int FIRST_DIRECTORY = 23;

  private SeedIso() {}

  /// The image of these files.
  ///
  /// @param files contents by name; 1 to 16 names of letters, digits, dots, dashes and underscores,
  ///     at most 64 characters; at most 1 MiB in all
  /// @return a multiple of 2048 bytes, at most 1.2 MiB
  /// @throws IllegalArgumentException when the files are out of these bounds: names come from the
  ///     program, and whoever takes contents from users bounds them first
  public static byte[] of(Map<String, byte[]> files) {
    check(files);
    Map<String, byte[]> sorted = new TreeMap<>(files);
    List<IsoFile> unplaced = placed(sorted, 0);
    int plainBytes = IsoDirectory.plain(unplaced, 0, 0, 0).length;
    int jolietBytes = IsoDirectory.joliet(unplaced, 0, 0).length;
    int plainAt = FIRST_DIRECTORY;
    int jolietAt = plainAt + IsoFields.sectors(plainBytes);
    int extensionsAt = jolietAt + IsoFields.sectors(jolietBytes);
    List<IsoFile> placed = placed(sorted, extensionsAt + 1);
    int sectors = end(placed.getLast());

    IsoVolume plain = new IsoVolume(false, sectors, PLAIN_PATH_TABLES, plainAt, plainBytes);
    IsoVolume joliet = new IsoVolume(true, sectors, JOLIET_PATH_TABLES, jolietAt, jolietBytes);
    byte[] image = new byte[sectors * IsoFields.SECTOR_BYTES];
    put(image, FIRST_DESCRIPTOR, plain.descriptor());
    put(image, FIRST_DESCRIPTOR + 1, joliet.descriptor());
    put(image, FIRST_DESCRIPTOR + 2, IsoVolume.terminator());
    put(image, PLAIN_PATH_TABLES, plain.pathTable(ByteOrder.LITTLE_ENDIAN));
    put(image, PLAIN_PATH_TABLES + 1, plain.pathTable(ByteOrder.BIG_ENDIAN));
    put(image, JOLIET_PATH_TABLES, joliet.pathTable(ByteOrder.LITTLE_ENDIAN));
    put(image, JOLIET_PATH_TABLES + 1, joliet.pathTable(ByteOrder.BIG_ENDIAN));
    put(image, plainAt, IsoDirectory.plain(placed, plainAt, plainBytes, extensionsAt));
    put(image, jolietAt, IsoDirectory.joliet(placed, jolietAt, jolietBytes));
    put(image, extensionsAt, RockRidge.extensions());
    int each = 0;
    for (byte[] content : sorted.values()) {
      put(image, placed.get(each++).sector(), content);
    }
    return image;
  }

  private static void check(Map<String, byte[]> files) {
    if (files.isEmpty() || files.size() > MOST_FILES) {
      throw new IllegalArgumentException(files.size() + " files (expected: 1 to 16)");
    }
    int left = MOST_TOTAL_BYTES;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (!file.getKey().matches(NAME)) {
        throw new IllegalArgumentException("name of a file: " + file.getKey());
      }
      if (file.getValue().length > left) {
        throw new IllegalArgumentException("more than " + MOST_TOTAL_BYTES + " bytes of files");
      }
      left -= file.getValue().length;
    }
  }

  /// The files one after the other from a sector on, a sector each at least: some readers take the
  /// place of an empty file for broken when it lies behind the end.
  private static List<IsoFile> placed(Map<String, byte[]> files, int from) {
    List<IsoFile> placed = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    int sector = from;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String plainName = plainName(file.getKey(), taken);
      placed.add(new IsoFile(file.getKey(), plainName, sector, file.getValue().length));
      sector = end(placed.getLast());
    }
    return placed;
  }

  private static int end(IsoFile file) {
    return file.sector() + Math.max(1, IsoFields.sectors(file.bytes()));
  }

  /// A name of eight characters and three that no other file has, with its version.
  private static String plainName(String name, Set<String> taken) {
    String upper = name.toUpperCase(Locale.ROOT);
    int dot = upper.lastIndexOf('.');
    String stem = plainChars(dot < 0 ? upper : upper.substring(0, dot), 8);
    String extension = dot < 0 ? "" : plainChars(upper.substring(dot + 1), 3);
    String plain = stem + "." + extension + ";1";
    for (int i = 0; !taken.add(plain); i++) {
      String number = Integer.toString(i);
      String shortened = stem.substring(0, Math.min(stem.length(), 8 - number.length()));
      plain = shortened + number + "." + extension + ";1";
    }
    return plain;
  }

  private static String plainChars(String text, int most) {
    String plain = text.replaceAll("[^A-Z0-9]", "_");
    return plain.substring(0, Math.min(most, plain.length()));
  }

  private static void put(byte[] image, int sector, byte[] bytes) {
    System.arraycopy(bytes, 0, image, sector * IsoFields.SECTOR_BYTES, bytes.length);
  }
}
