package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.CopyCapable;
import dev.berth.agent.driver.DriverException;
import dev.berth.v1.OpenStream;
import dev.berth.v1.PathStreamRequest;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Copies between one instance and one stream.
final class CopyPump {
  private static final int CHUNK_BYTES = 32 << 10;

  private final CapabilityAccess instances;
  private final OpenStream request;
  private final AttachedStream stream;

  CopyPump(CapabilityAccess instances, OpenStream request, AttachedStream stream) {
    this.instances = instances;
    this.request = request;
    this.stream = stream;
  }

  /// Returns when all was copied, or the other end has gone away.
  void run() throws InterruptedException {
    try {
      switch (request.getRequestCase()) {
        case PATH_STAT -> {
          PathStreamRequest asked = request.getPathStat();
          CapabilityAccess.Subject<CopyCapable> subject = subject(asked);
          if (stream.write(subject.driver().stat(subject.handle(), asked.getPath()))) {
            stream.complete();
          }
        }
        case COPY_FROM -> send(request.getCopyFrom());
        default -> take(request.getCopyTo());
      }
    } catch (LogAccess.UnknownInstanceException e) {
      stream.fail(Status.Code.NOT_FOUND, String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    } catch (IOException e) {
      stream.fail(Status.Code.ABORTED, "the copy broke off: " + e.getMessage());
    }
  }

  private void send(PathStreamRequest asked)
      throws DriverException,
          LogAccess.UnknownInstanceException,
          IOException,
          InterruptedException {
    CapabilityAccess.Subject<CopyCapable> subject = subject(asked);
    try (CopyCapable.Archive archive = subject.driver().read(subject.handle(), asked.getPath())) {
      stream.onEnd(archive::close);
      InputStream bytes = archive.bytes();
      byte[] buffer = new byte[CHUNK_BYTES];
      int read = bytes.readNBytes(buffer, 0, CHUNK_BYTES);
      while (read > 0) {
        if (!stream.write(ByteString.copyFrom(Arrays.copyOf(buffer, read)))) {
          return;
        }
        read = bytes.readNBytes(buffer, 0, CHUNK_BYTES);
      }
      stream.complete();
    }
  }

  private void take(PathStreamRequest asked)
      throws DriverException,
          LogAccess.UnknownInstanceException,
          IOException,
          InterruptedException {
    CapabilityAccess.Subject<CopyCapable> subject = subject(asked);
    // A runtime that does not take what it is given holds the thread otherwise.
    stream.onEnd(Thread.currentThread()::interrupt);
    try (StreamContent content = new StreamContent(stream)) {
      subject.driver().write(subject.handle(), asked.getPath(), asked.getKeepOwners(), content);
    }
    if (stream.writeDone()) {
      stream.complete();
    }
  }

  private CapabilityAccess.Subject<CopyCapable> subject(PathStreamRequest asked)
      throws DriverException, LogAccess.UnknownInstanceException {
    return instances.subject(
        asked.getInstanceId(), CopyCapable.class, "cannot copy what lies in its instances");
  }
}
