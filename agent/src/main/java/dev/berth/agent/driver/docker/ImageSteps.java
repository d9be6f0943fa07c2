package dev.berth.agent.driver.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Timestamp;
import dev.berth.v1.ImageStep;
import java.util.ArrayList;
import java.util.List;

/// How an image was made, as the daemon tells it.
final class ImageSteps {
  private static final int STEPS_MAX = 200;
  private static final int TEXT_MAX = 1000;
  private static final String DIGEST = "sha256:";

  private ImageSteps() {}

  static List<ImageStep> of(JsonNode history) {
    List<ImageStep> steps = new ArrayList<>();
    for (JsonNode each : history) {
      String id = each.path("Id").asText("");
      ImageStep.Builder step =
          ImageStep.newBuilder()
              .setSha256(id.startsWith(DIGEST) ? id.substring(DIGEST.length()) : "")
              .setCreatedBy(text(each, "CreatedBy"))
              .setComment(text(each, "Comment"))
              .setSizeBytes(Math.max(0, each.path("Size").asLong()));
      long created = each.path("Created").asLong();
      if (created > 0) {
        step.setCreateTime(Timestamp.newBuilder().setSeconds(created));
      }
      if (steps.size() < STEPS_MAX) {
        steps.add(step.build());
      }
    }
    return steps;
  }

  private static String text(JsonNode step, String field) {
    String text = step.path(field).asText("");
    return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX - 1) + "…" : text;
  }
}
