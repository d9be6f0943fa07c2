package dev.berth.cli.registry;

import dev.berth.cli.cluster.Cluster;
import dev.berth.cli.cluster.Refusals;
import dev.berth.cli.term.Terminal;
import dev.berth.spec.Printable;
import dev.berth.v1.ContainerSpec;
import dev.berth.v1.NodeImageWork;
import dev.berth.v1.PullPolicy;
import dev.berth.v1.ResolveImageRequest;
import dev.berth.v1.WorkloadSpec;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Names images of containers by what their tags mean now, so that all replicas of a revision run
/// the same bits. Each tag is asked for once.
public final class PinnedImages {
  private static final int LIMIT_SECONDS = 45;

  private final Cluster cluster;
  private final Terminal terminal;
  private final Map<String, Meaning> known = new HashMap<>();

  /// @param terminal whose user's logins count, and who is told what cannot be found out
  public PinnedImages(Cluster cluster, Terminal terminal) {
    this.cluster = cluster;
    this.terminal = terminal;
  }

  /// What a tag means.
  private sealed interface Meaning {
    /// An image of a registry.
    record Digest(String digest) implements Meaning {}

    /// An image that is on nodes alone: there is nothing to ask.
    record Local() implements Meaning {}

    /// Nobody said.
    record Unknown(String why) implements Meaning {}
  }

  /// The spec with the digest beside the tag; as it was when it has one, or none is to be found.
  ///
  /// @param present what runs now: kept when nobody says what the same tag means; may be empty
  public WorkloadSpec pin(WorkloadSpec spec, WorkloadSpec present) {
    ContainerSpec container = spec.getContainer();
    String image = container.getImage();
    if (!spec.hasContainer()
        || image.indexOf('@') >= 0
        || container.getPull() == PullPolicy.PULL_POLICY_NEVER) {
      return spec;
    }
    String tagged = image.indexOf(':', image.lastIndexOf('/') + 1) < 0 ? image + ":latest" : image;
    return switch (known.computeIfAbsent(image, this::ask)) {
      case Meaning.Digest(String digest) -> with(spec, tagged + "@" + digest);
      case Meaning.Local() -> spec;
      case Meaning.Unknown(String why) -> {
        String before = present.getContainer().getImage();
        if (before.startsWith(tagged + "@")) {
          terminal.say(
              Printable.escape(image + ": it stays what it was, since nobody says more: " + why));
          yield with(spec, before);
        }
        terminal.say(
            Printable.escape(
                image + ": nodes may come to run different images of this name: " + why));
        yield spec;
      }
    };
  }

  private static WorkloadSpec with(WorkloadSpec spec, String image) {
    WorkloadSpec.Builder pinned = spec.toBuilder();
    pinned.getContainerBuilder().setImage(image);
    return pinned.build();
  }

  private Meaning ask(String image) {
    // Without a login of the user's own, the namespace's is used.
    ResolveImageRequest.Builder request =
        ResolveImageRequest.newBuilder().setImage(image).setNamespace(cluster.namespace());
    try {
      new RegistryLogins(terminal.environment()).forImage(image).ifPresent(request::setLogin);
      Iterator<NodeImageWork> answers =
          cluster
              .imageStreams()
              .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
              .resolveImage(request.build());
      NodeImageWork last = NodeImageWork.getDefaultInstance();
      while (answers.hasNext()) {
        last = answers.next();
      }
      return meaning(last);
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.UNIMPLEMENTED
          ? new Meaning.Local()
          : new Meaning.Unknown(Refusals.describe(e, cluster));
    } catch (IOException e) {
      return new Meaning.Unknown(String.valueOf(e.getMessage()));
    }
  }

  private static Meaning meaning(NodeImageWork said) {
    if (!said.hasImage()) {
      return new Meaning.Unknown(said.getNode() + ": " + said.getFailure().getMessage());
    }
    return said.getImage().getContainer().getDigestsList().stream()
        .findFirst()
        .map(each -> (Meaning) new Meaning.Digest(each.substring(each.indexOf('@') + 1)))
        .orElseGet(Meaning.Local::new);
  }
}
