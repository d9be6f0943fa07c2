package dev.berth.agent.session;

import dev.berth.agent.driver.ContainerVolumes;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.OpenStream;
import dev.berth.v1.Volume;

/// Answers one question about the volumes of the node's containers, or does something with them, on
/// one stream.
final class VolumeAnswer implements AnswerPump.Answer {
  private final ContainerVolumes volumes;
  private final OpenStream request;
  private final AttachedStream stream;

  VolumeAnswer(ContainerVolumes volumes, OpenStream request, AttachedStream stream) {
    this.volumes = volumes;
    this.request = request;
    this.stream = stream;
  }

  @Override
  public boolean give() throws DriverException, InterruptedException {
    return switch (request.getRequestCase()) {
      case VOLUME_LIST -> {
        for (Volume volume : volumes.list()) {
          if (!stream.write(volume)) {
            yield false;
          }
        }
        yield true;
      }
      case VOLUME_INSPECT -> stream.write(volumes.inspect(request.getVolumeInspect().getVolume()));
      case VOLUME_CREATE -> stream.write(volumes.create(request.getVolumeCreate().getVolume()));
      case VOLUME_REMOVE -> stream.write(volumes.remove(request.getVolumeRemove().getVolume()));
      case VOLUME_PRUNE -> stream.write(volumes.prune(request.getVolumePrune()));
      default -> throw new IllegalStateException("not about volumes");
    };
  }
}
