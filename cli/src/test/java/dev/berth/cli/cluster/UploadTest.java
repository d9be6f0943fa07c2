package dev.berth.cli.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UploadTest {
  private final TwoWayCall<String, String> call = new TwoWayCall<>();
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private final Upload<String, String> upload =
      new Upload<>(call, "the context", 4, ByteString::toStringUtf8);

  /// The other end takes all at once, and answers when there is no more.
  private final class Other extends ClientCallStreamObserver<String> {
    @Override
    public void onNext(String piece) {
      sent.add(piece);
    }

    @Override
    public void onCompleted() {
      call.onNext("done");
      call.onCompleted();
    }

    @Override
    public void onError(Throwable cause) {
      call.onError(cause);
    }

    @Override
    public void cancel(@Nullable String why, @Nullable Throwable cause) {
      call.onError(Status.CANCELLED.withDescription(why).asRuntimeException());
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequestWithInitial(int count) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }

  @Test
  void sendsInPiecesAndSaysHowMuchItWas() throws Exception {
    CompletableFuture<Long> bytes = new CompletableFuture<>();
    call.beforeStart(new Other());
    upload.start(out -> out.write("abcdefghij".getBytes(StandardCharsets.UTF_8)), bytes::complete);
    assertEquals(Optional.of("done"), upload.receive());
    assertEquals(List.of("abcd", "efgh", "ij"), sent);
    assertEquals(10, bytes.get(60, TimeUnit.SECONDS));
  }

  @Test
  void whoeverReceivesHearsThatTheContentCannotBeRead() {
    call.beforeStart(new Other());
    upload.start(
        _ -> {
          // As a listing of a directory fails.
          throw new UncheckedIOException(new IOException("no such disk"));
        },
        _ -> {});
    String said = String.valueOf(assertThrows(IOException.class, upload::receive).getMessage());
    assertEquals("the context cannot be read: java.io.IOException: no such disk", said);
  }
}
