package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ImageArchives;
import dev.berth.agent.image.MeteredInput;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.Image;
import dev.berth.v1.OpenStream;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// Moves an archive of images between the node's runtime and one stream, a piece at a time.
final class ImageArchivePump {
  private static final int CHUNK_BYTES = 32 << 10;

  private final ImageArchives archives;
  private final OpenStream request;
  private final AttachedStream stream;
  private final PacedProgress progress;

  ImageArchivePump(
      ImageArchives archives, OpenStream request, AttachedStream stream, AgentClock clock) {
    this.archives = archives;
    this.request = request;
    this.stream = stream;
    this.progress = new PacedProgress(stream, clock);
  }

  /// Returns when all of it was moved, or the other end has gone away.
  void run() throws InterruptedException {
    // Whatever it waits for, the runtime or a disk, is not wanted any more.
    stream.onEnd(Thread.currentThread()::interrupt);
    try {
      if (request.hasImageSave()) {
        send(request.getImageSave().getImagesList());
      } else {
        take();
      }
    } catch (DriverException e) {
      stream.fail(e);
    } catch (IOException e) {
      stream.fail(Status.Code.UNAVAILABLE, "the archive broke off: " + e.getMessage());
    }
  }

  private void send(List<String> images) throws DriverException, IOException, InterruptedException {
    try (ImageArchives.Archive archive = archives.save(images)) {
      InputStream bytes = archive.bytes();
      byte[] buffer = new byte[CHUNK_BYTES];
      int read = bytes.readNBytes(buffer, 0, CHUNK_BYTES);
      while (read > 0) {
        if (!stream.write(ByteString.copyFrom(buffer, 0, read))) {
          return;
        }
        read = bytes.readNBytes(buffer, 0, CHUNK_BYTES);
      }
      stream.complete();
    }
  }

  private void take() throws DriverException, IOException, InterruptedException {
    try (InputStream content =
        new MeteredInput(new StreamContent(stream), taken -> progress.say(taken, 0))) {
      for (Image each : archives.load(content)) {
        if (!stream.write(each)) {
          return;
        }
      }
    }
    stream.complete();
  }
}
