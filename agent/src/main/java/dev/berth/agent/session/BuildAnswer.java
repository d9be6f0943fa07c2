package dev.berth.agent.session;

import com.google.protobuf.ByteString;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.driver.ImageBuilder;
import dev.berth.v1.BuildOrder;
import java.nio.charset.StandardCharsets;

/// Builds one image on one stream: the context comes in, what the builder says goes out.
final class BuildAnswer implements AnswerPump.Answer {
  private static final int CHUNK_BYTES = 32 << 10;

  private final ImageBuilder builder;
  private final BuildOrder order;
  private final AttachedStream stream;

  BuildAnswer(ImageBuilder builder, BuildOrder order, AttachedStream stream) {
    this.builder = builder;
    this.order = order;
    this.stream = stream;
  }

  @Override
  public boolean give() throws DriverException, InterruptedException {
    return stream.opened()
        && stream.write(builder.build(order, new StreamContent(stream), this::say));
  }

  private boolean say(String text) throws InterruptedException {
    ByteString bytes = ByteString.copyFrom(text, StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.size(); at += CHUNK_BYTES) {
      if (!stream.write(bytes.substring(at, Math.min(bytes.size(), at + CHUNK_BYTES)))) {
        return false;
      }
    }
    return true;
  }
}
