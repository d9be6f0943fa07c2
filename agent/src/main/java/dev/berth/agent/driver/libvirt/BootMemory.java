package dev.berth.agent.driver.libvirt;

import com.google.protobuf.Timestamp;
import dev.berth.v1.BootPhase;
import dev.berth.v1.InstanceStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/// What was seen of a machine's start, in a file of the machine's: a console does not say when
/// its lines were written, so a restarted agent could only guess.
///
/// @param start which start it is
/// @param position bytes of the console's file that were read for it
/// @param phases those after CREATED
record BootMemory(Instant start, long position, List<BootPhase> phases) {
  BootMemory {
    phases = List.copyOf(phases);
  }

  /// What a file says of a start; of none of its phases when it says nothing of it.
  ///
  /// @param offset bytes of the console's file that are of earlier starts
  static BootMemory read(Path file, Instant start, long offset) {
    BootMemory nothing = new BootMemory(start, offset, List.of());
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      long position = in.readLong();
      InstanceStatus status = InstanceStatus.parseFrom(in);
      Instant of =
          Instant.ofEpochSecond(
              status.getStartTime().getSeconds(), status.getStartTime().getNanos());
      return of.equals(start)
          ? new BootMemory(start, position, status.getBootPhasesList())
          : nothing;
    } catch (IOException _) {
      return nothing;
    }
  }

  void write(Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(position);
    InstanceStatus.newBuilder()
        .setStartTime(
            Timestamp.newBuilder().setSeconds(start.getEpochSecond()).setNanos(start.getNano()))
        .addAllBootPhases(phases)
        .build()
        .writeTo(out);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    // Not forced to the disk: what ends the host ends the machine.
    Files.write(fresh, bytes.toByteArray());
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
