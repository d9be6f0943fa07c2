package dev.berth.agent.driver.libvirt;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.berth.v1.BootMarker;
import dev.berth.v1.VmSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What was decided when a machine was made and a restarted agent must know again. In a file of the
/// machine's.
///
/// @param note what is worth knowing of how it runs
/// @param markers of its boot, from the workload
record MachineNotes(String note, List<BootMarker> markers) {
  private static final MachineNotes NONE = new MachineNotes("", List.of());

  /// [#NONE] when there are none, or they cannot be read.
  static MachineNotes read(MachineFiles files) {
    try {
      String note = Files.readString(note(files), StandardCharsets.UTF_8);
      VmSpec markers = VmSpec.parseFrom(Files.readAllBytes(markers(files)));
      return new MachineNotes(note, markers.getBootMarkersList());
    } catch (InvalidProtocolBufferException _) {
      return NONE;
    } catch (IOException _) {
      return NONE;
    }
  }

  static void write(MachineFiles files, String note, List<BootMarker> markers) throws IOException {
    files.make();
    Files.writeString(note(files), note, StandardCharsets.UTF_8);
    Files.write(
        markers(files), VmSpec.newBuilder().addAllBootMarkers(markers).build().toByteArray());
  }

  private static Path note(MachineFiles files) {
    return files.directory().resolve("note");
  }

  private static Path markers(MachineFiles files) {
    return files.directory().resolve("markers.pb");
  }
}
