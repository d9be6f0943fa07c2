package dev.berth.agent.driver;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Small tar archives, made and read by somebody else's code.
final class Archives {
  private Archives() {}

  /// One file, and the directories on the way to it.
  static InputStream of(String name, String content) throws IOException {
    return new ByteArrayInputStream(bytes(name, content));
  }

  private static byte[] bytes(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
        tar.putArchiveEntry(new TarArchiveEntry(name.substring(0, slash) + "/"));
        tar.closeArchiveEntry();
      }
      byte[] body = content.getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(body.length);
      tar.putArchiveEntry(entry);
      tar.write(body);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  /// One whose sender goes away in the middle.
  static InputStream thatBreaksOff() throws IOException {
    byte[] whole = bytes("cut", "x".repeat(100_000));
    return new SequenceInputStream(
        new ByteArrayInputStream(whole, 0, 60_000),
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("whoever sent it went away");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        });
  }

  /// The names of all entries, directories without a slash, and what is in the files.
  static Map<String, String> read(InputStream archive) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
      for (TarArchiveEntry next = tar.getNextEntry(); next != null; next = tar.getNextEntry()) {
        String name = next.getName();
        found.put(
            name.endsWith("/") ? name.substring(0, name.length() - 1) : name,
            new String(tar.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return found;
  }
}
