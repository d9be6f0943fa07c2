package dev.berth.agent.session;

import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.NodeImages;
import dev.berth.agent.port.AgentClock;
import dev.berth.v1.AttachStreamRequest;
import dev.berth.v1.Image;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.OpenStream;
import io.grpc.Status;

/// Answers one question about the node's images, or imports one, on one stream.
final class ImagePump {
  private static final long PROGRESS_MILLIS = 250;

  private final NodeImages images;
  private final OpenStream request;
  private final AttachedStream stream;
  private final AgentClock clock;
  private long nextProgressMillis;

  ImagePump(NodeImages images, OpenStream request, AttachedStream stream, AgentClock clock) {
    this.images = images;
    this.request = request;
    this.stream = stream;
    this.clock = clock;
  }

  /// Returns when all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    Thread self = Thread.currentThread();
    // Whatever it waits for, a source or a disk, is not wanted any more.
    stream.onEnd(self::interrupt);
    try {
      answer();
      stream.complete();
    } catch (ImageException e) {
      stream.fail(code(e), String.valueOf(e.getMessage()));
    }
  }

  private void answer() throws ImageException, InterruptedException {
    switch (request.getRequestCase()) {
      case IMAGE_LIST -> {
        for (Image image : images.list()) {
          if (!send(image)) {
            return;
          }
        }
      }
      case IMAGE_INSPECT -> {
        boolean _ = send(images.inspect(request.getImageInspect().getImage()));
      }
      case IMAGE_REMOVE -> {
        boolean _ = send(images.remove(request.getImageRemove().getImage()));
      }
      case IMAGE_IMPORT -> {
        boolean _ =
            send(
                images.add(request.getImageImport(), new StreamContent(stream), this::sayProgress));
      }
      default -> throw new IllegalStateException("not about images");
    }
  }

  private boolean send(Image image) throws InterruptedException {
    return stream.write(image);
  }

  private void sayProgress(long bytes, long total) {
    long now = clock.millis();
    if (now >= nextProgressMillis) {
      nextProgressMillis = now + PROGRESS_MILLIS;
      stream.offer(
          AttachStreamRequest.newBuilder()
              .setImageProgress(
                  ImportProgress.newBuilder().setCurrentBytes(bytes).setTotalBytes(total))
              .build());
    }
  }

  private static Status.Code code(ImageException e) {
    if (e.reason().equals("ImageMissing")) {
      return Status.Code.NOT_FOUND;
    }
    return e.mayPass() ? Status.Code.UNAVAILABLE : Status.Code.FAILED_PRECONDITION;
  }
}
