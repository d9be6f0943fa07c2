package dev.berth.agent.session;

import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.SnapshotCapable;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.OpenStream;
import dev.berth.v1.VmSnapshot;
import dev.berth.v1.VmSnapshotStreamRequest;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// Does one thing with the snapshots of one instance, and answers on one stream. What was begun is
/// done to its end, whether or not someone still waits for the answer: half a snapshot is none.
final class SnapshotAnswer implements AnswerPump.Answer {
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private final CapabilityAccess instances;
  private final OpenStream request;
  private final AttachedStream stream;
  private final AgentClock clock;

  SnapshotAnswer(
      CapabilityAccess instances, OpenStream request, AttachedStream stream, AgentClock clock) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
    this.clock = clock;
  }

  @Override
  public boolean give()
      throws DriverException, LogAccess.UnknownInstanceException, InterruptedException {
    for (VmSnapshot each : answer()) {
      if (!stream.write(each)) {
        return false;
      }
    }
    return true;
  }

  private List<VmSnapshot> answer() throws DriverException, LogAccess.UnknownInstanceException {
    return switch (request.getRequestCase()) {
      case VM_SNAPSHOT_LIST -> {
        CapabilityAccess.Subject<SnapshotCapable> subject = subject(request.getVmSnapshotList());
        yield subject.driver().snapshots(subject.handle());
      }
      case VM_SNAPSHOT_CREATE -> {
        String asked = request.getVmSnapshotCreate().getName();
        String name = asked.isEmpty() ? NAME.format(clock.wall().atZone(ZoneOffset.UTC)) : asked;
        CapabilityAccess.Subject<SnapshotCapable> subject = subject(request.getVmSnapshotCreate());
        yield List.of(subject.driver().createSnapshot(subject.handle(), name));
      }
      case VM_SNAPSHOT_REVERT -> {
        CapabilityAccess.Subject<SnapshotCapable> subject = subject(request.getVmSnapshotRevert());
        String name = request.getVmSnapshotRevert().getName();
        yield List.of(subject.driver().revertSnapshot(subject.handle(), name));
      }
      case VM_SNAPSHOT_DELETE -> {
        CapabilityAccess.Subject<SnapshotCapable> subject = subject(request.getVmSnapshotDelete());
        String name = request.getVmSnapshotDelete().getName();
        yield List.of(subject.driver().removeSnapshot(subject.handle(), name));
      }
      default -> throw new IllegalStateException("not about snapshots");
    };
  }

  private CapabilityAccess.Subject<SnapshotCapable> subject(VmSnapshotStreamRequest order)
      throws DriverException, LogAccess.UnknownInstanceException {
    return instances.subject(order.getInstanceId(), SnapshotCapable.class, "takes no snapshots");
  }
}
