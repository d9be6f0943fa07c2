package dev.berth.agent.driver.docker;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.google.protobuf.Timestamp;
import dev.berth.v1.ContainerImage;
import dev.berth.v1.Image;
import dev.berth.v1.Kind;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An image of the daemon, as the API speaks of it.
final class ImageMessage {
  private static final int SHOWN_MAX = 100;
  private static final String NONE = "<none>";

  private ImageMessage() {}

  /// One of a list.
  static Image listed(com.github.dockerjava.api.model.Image image, List<String> instances) {
    ContainerImage.Builder container =
        ContainerImage.newBuilder().addAllDigests(named(stream(image.getRepoDigests())));
    if (image.getCreated() != null) {
      container.setCreateTime(Timestamp.newBuilder().setSeconds(image.getCreated()));
    }
    return message(image.getId(), stream(image.getRepoTags()), image.getSize(), instances)
        .setContainer(container)
        .build();
  }

  /// One that was looked at.
  ///
  /// @param architecture of the daemon, as Go calls it: "amd64"
  static Image seen(InspectImageResponse image, List<String> instances, String architecture) {
    String system = image.getOs() == null ? "linux" : image.getOs();
    String built = image.getArch() == null ? "" : image.getArch();
    ContainerImage.Builder container =
        ContainerImage.newBuilder()
            .addAllDigests(named(stream(image.getRepoDigests())))
            .setPlatform(system + "/" + built);
    if (!built.isEmpty() && !built.equals(architecture)) {
      container.setPlatformProblem(
          "it is built for %s/%s, and this node is linux/%s"
              .formatted(system, built, architecture));
    }
    created(image.getCreated(), container);
    return message(
            String.valueOf(image.getId()), stream(image.getRepoTags()), image.getSize(), instances)
        .setContainer(container)
        .build();
  }

  private static Image.Builder message(
      String id, Stream<String> names, @Nullable Long bytes, List<String> instances) {
    return Image.newBuilder()
        .setKind(Kind.KIND_CONTAINER)
        .setSha256(id.replaceFirst("^sha256:", ""))
        .addAllNames(named(names))
        .setSizeBytes(bytes == null ? 0 : Math.max(0, bytes))
        .addAllUsedBy(instances.stream().limit(SHOWN_MAX).toList());
  }

  private static void created(@Nullable String time, ContainerImage.Builder container) {
    if (time == null) {
      return;
    }
    try {
      Instant instant = Instant.parse(time);
      container.setCreateTime(
          Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()));
    } catch (DateTimeParseException _) {
      // Images that are made to be the same bits each time say nothing, or the year 1.
    }
  }

  private static Stream<String> stream(String @Nullable [] names) {
    return names == null ? Stream.empty() : Arrays.stream(names);
  }

  private static Stream<String> stream(@Nullable List<String> names) {
    return names == null ? Stream.empty() : names.stream();
  }

  /// The daemon writes "<none>" for what is missing.
  private static List<String> named(Stream<String> names) {
    return names.filter(name -> !name.contains(NONE)).sorted().limit(SHOWN_MAX).toList();
  }
}
