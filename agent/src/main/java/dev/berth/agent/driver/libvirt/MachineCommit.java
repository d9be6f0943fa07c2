package dev.berth.agent.driver.libvirt;

import dev.berth.agent.driver.CommitCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.Labels;
import dev.berth.agent.driver.PrepareListener;
import dev.berth.agent.image.Expected;
import dev.berth.agent.image.ImageCheck;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.StoredImage;
import dev.berth.v1.Image;
import dev.berth.v1.InstanceCommitRequest;
import dev.berth.v1.Kind;
import dev.berth.v1.PullProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes images of machines' disks.
///
/// A disk lies over its image and holds what was written since: that alone is copied while the
/// machine stands still, for QEMU has written down all it knows by then. The copy is made one with
/// its image when the machine goes on already. What the guest kept in its memory is not in it.
final class MachineCommit {
  private static final Logger LOG = LoggerFactory.getLogger(MachineCommit.class);

  private final Hypervisor hypervisor;
  private final LibvirtPlace place;
  private final MachineSnapshots snapshots;

  /// @param snapshots nothing is done to a machine's snapshots while its disk is copied
  MachineCommit(Hypervisor hypervisor, LibvirtPlace place, MachineSnapshots snapshots) {
    this.hypervisor = hypervisor;
    this.place = place;
    this.snapshots = snapshots;
  }

  /// Makes one, and puts it into the node's store.
  Image commit(MachineView machine, InstanceCommitRequest order, PrepareListener listener)
      throws DriverException {
    MachineFiles files = MachineFiles.of(place.root(), machine.id());
    if (!Files.exists(files.disk())) {
      throw DriverException.permanent(
          CommitCapable.REFUSED,
          slot(machine) + " has no disk that it writes to, so there is nothing to make an image of",
          null);
    }
    try {
      return snapshots.alone(
          machine,
          () -> {
            copy(machine, files, order);
            QemuImg.flatten(files.copiedDisk(), files.wholeDisk());
            return store(files, order.getImage(), listener);
          });
    } catch (IOException e) {
      throw DriverException.retryable(
          "CommitFailed", slot(machine) + ": its disk cannot be copied: " + e.getMessage(), e);
    } finally {
      forget(files);
    }
  }

  /// Lets a machine go on that stands still because an agent ended in the middle of a copy.
  void goOn(MachineView machine) {
    Path note = MachineFiles.of(place.root(), machine.id()).standstill();
    if (snapshots.isAtWork(machine.id()) || !Files.exists(note)) {
      return;
    }
    try {
      if (machine.state() instanceof MachineState.Active(boolean paused) && paused) {
        hypervisor.unpause(machine.id());
      }
      Files.deleteIfExists(note);
      forget(MachineFiles.of(place.root(), machine.id()));
    } catch (HypervisorException | IOException e) {
      LOG.warn("{} stands still for a copy that ended: {}", slot(machine), e.getMessage());
    }
  }

  private void copy(MachineView machine, MachineFiles files, InstanceCommitRequest order)
      throws DriverException, IOException, HypervisorException {
    long bytes = Files.size(files.disk());
    long room = Files.getFileStore(files.directory()).getUsableSpace();
    if (bytes > room) {
      throw DriverException.retryable(
          "CommitFailed",
          "%s: its disk has %d bytes, and the file system of %s has room for %d"
              .formatted(slot(machine), bytes, files.directory(), room),
          null);
    }
    boolean runs = machine.state() instanceof MachineState.Active(boolean paused) && !paused;
    if (runs && order.getWithoutPause()) {
      throw DriverException.permanent(
          CommitCapable.REFUSED,
          slot(machine)
              + " runs, and its disk can be copied only while it stands still: leave out"
              + " --pause=false, or stop it",
          null);
    }
    if (!runs) {
      copy(files);
      return;
    }
    // Before it stands still: an agent that ends now knows later that this was not the user's wish.
    Files.writeString(files.standstill(), "");
    hypervisor.pause(machine.id());
    try {
      copy(files);
    } finally {
      hypervisor.unpause(machine.id());
      Files.deleteIfExists(files.standstill());
    }
  }

  private static void copy(MachineFiles files) throws IOException {
    Files.deleteIfExists(files.copiedDisk());
    Files.copy(files.disk(), files.copiedDisk());
  }

  private Image store(MachineFiles files, String name, PrepareListener listener)
      throws DriverException, IOException {
    long bytes = Files.size(files.wholeDisk());
    try (InputStream content = Files.newInputStream(files.wholeDisk())) {
      StoredImage stored =
          place
              .images()
              .add(
                  name,
                  content,
                  new Expected("", bytes, ImageCheck.DISK),
                  (done, total) ->
                      listener.pulling(
                          PullProgress.newBuilder()
                              .setCurrentBytes(done)
                              .setTotalBytes(total)
                              .build()));
      return Image.newBuilder()
          .setKind(Kind.KIND_VM)
          .addNames(name)
          .setSha256(stored.digest())
          .setSizeBytes(bytes)
          .build();
    } catch (ImageException e) {
      String message = String.valueOf(e.getMessage());
      throw e.mayPass()
          ? DriverException.retryable(e.reason(), message, e)
          : DriverException.permanent(e.reason(), message, e);
    }
  }

  private static void forget(MachineFiles files) {
    for (Path each : new Path[] {files.copiedDisk(), files.wholeDisk()}) {
      try {
        Files.deleteIfExists(each);
      } catch (IOException e) {
        LOG.warn("{} is of no use any more, and cannot be removed: {}", each, e.getMessage());
      }
    }
  }

  private static String slot(MachineView machine) {
    return machine.labels().getOrDefault(Labels.WORKLOAD, machine.name())
        + "."
        + machine.labels().getOrDefault(Labels.SLOT, "?");
  }
}
