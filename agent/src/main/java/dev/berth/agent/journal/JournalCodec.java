package dev.berth.agent.journal;

import dev.berth.agent.instance.RestartHistory;
import dev.berth.v1.AssignedInstance;
import dev.berth.v1.InstanceStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/// The journal as bytes: a magic word, the entries, and a check sum over both.
final class JournalCodec {
  private static final byte[] MAGIC = "berth-journal-1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int SUM_BYTES = 8;

  private JournalCodec() {}

  /// What a journal holds.
  ///
  /// @param bootId the kernel's boot id when it was written: monotonic times mean nothing after
  ///     another boot
  record Content(String bootId, List<JournalEntry> entries) {}

  static byte[] encode(String bootId, Collection<JournalEntry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024 * (entries.size() + 1));
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(MAGIC);
    out.writeUTF(bootId);
    out.writeInt(entries.size());
    for (JournalEntry entry : entries) {
      writeBlock(out, entry.instance().toByteArray());
      writeBlock(out, entry.status().toByteArray());
      write(out, entry.history());
    }
    out.writeLong(sum(bytes.toByteArray(), bytes.size()));
    return bytes.toByteArray();
  }

  /// @throws IOException when the bytes are not a whole journal
  static Content decode(byte[] bytes) throws IOException {
    int end = bytes.length - SUM_BYTES;
    if (end < MAGIC.length || ByteBuffer.wrap(bytes).getLong(end) != sum(bytes, end)) {
      throw new IOException("the check sum does not fit");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
    if (!new String(in.readNBytes(MAGIC.length), StandardCharsets.US_ASCII)
        .equals(new String(MAGIC, StandardCharsets.US_ASCII))) {
      throw new IOException("not a journal of this version");
    }
    String bootId = in.readUTF();
    int count = in.readInt();
    List<JournalEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(
          new JournalEntry(
              AssignedInstance.parseFrom(readBlock(in)),
              InstanceStatus.parseFrom(readBlock(in)),
              readHistory(in)));
    }
    return new Content(bootId, List.copyOf(entries));
  }

  private static void write(DataOutputStream out, RestartHistory history) throws IOException {
    out.writeInt(history.restarts());
    out.writeInt(history.quickEnds());
    out.writeLong(history.waitMillis());
    out.writeLong(history.dueMillis().orElse(-1));
    out.writeInt(history.times().size());
    for (long time : history.times()) {
      out.writeLong(time);
    }
  }

  private static RestartHistory readHistory(DataInputStream in) throws IOException {
    int restarts = in.readInt();
    int quickEnds = in.readInt();
    long wait = in.readLong();
    long due = in.readLong();
    int count = in.readInt();
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      times.add(in.readLong());
    }
    return new RestartHistory(
        restarts, times, quickEnds, wait, due < 0 ? OptionalLong.empty() : OptionalLong.of(due));
  }

  private static void writeBlock(DataOutputStream out, byte[] block) throws IOException {
    out.writeInt(block.length);
    out.write(block);
  }

  private static byte[] readBlock(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("cut off");
    }
    return in.readNBytes(length);
  }

  private static long sum(byte[] bytes, int length) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, length);
    return sum.getValue();
  }
}
