package dev.berth.agent.session;

import dev.berth.agent.driver.ContainerImages;
import dev.berth.agent.driver.DriverException;
import dev.berth.agent.image.ImageException;
import dev.berth.agent.image.NodeImages;
import dev.berth.agent.port.AgentClock;
import dev.berth.spec.Durations;
import dev.berth.v1.ContainerImage;
import dev.berth.v1.Image;
import dev.berth.v1.ImageInspectRequest;
import dev.berth.v1.ImagePullRequest;
import dev.berth.v1.ImagePushRequest;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.Kind;
import dev.berth.v1.OpenStream;
import dev.berth.v1.RegistryLogin;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Answers one question about the node's images, or does something with one, on one stream.
final class ImagePump {
  private final HostImages images;
  private final OpenStream request;
  private final AttachedStream stream;
  private final PacedProgress progress;

  ImagePump(HostImages images, OpenStream request, AttachedStream stream, AgentClock clock) {
    this.images = images;
    this.request = request;
    this.stream = stream;
    this.progress = new PacedProgress(stream, clock);
  }

  /// The node has no images of the kind that is meant.
  private static final class KindException extends Exception {
    private static final long serialVersionUID = 1L;

    KindException(String message) {
      super(message);
    }
  }

  /// Returns when all was sent, or the other end has gone away.
  void run() throws InterruptedException {
    Thread self = Thread.currentThread();
    // Whatever it waits for, a source or a disk, is not wanted any more.
    stream.onEnd(self::interrupt);
    try {
      if (answer()) {
        stream.complete();
      }
    } catch (ImageException e) {
      stream.fail(code(e), String.valueOf(e.getMessage()));
    } catch (DriverException e) {
      stream.fail(e);
    } catch (KindException e) {
      stream.fail(Status.Code.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
    }
  }

  /// @return false when the other end has gone away
  private boolean answer()
      throws ImageException, DriverException, KindException, InterruptedException {
    return switch (request.getRequestCase()) {
      case IMAGE_LIST -> {
        for (Image image : list(request.getImageList().getKindsList())) {
          if (!stream.write(image)) {
            yield false;
          }
        }
        yield true;
      }
      case IMAGE_INSPECT -> {
        ImageInspectRequest asked = request.getImageInspect();
        yield stream.write(
            isContainers(asked.getKind()) ? inspected(asked) : disks().inspect(asked.getImage()));
      }
      case IMAGE_REMOVE -> {
        String image = request.getImageRemove().getImage();
        yield stream.write(
            isContainers(request.getImageRemove().getKind())
                ? containers().remove(image, request.getImageRemove().getForce())
                : disks().remove(image));
      }
      case IMAGE_IMPORT ->
          stream.write(
              disks().add(request.getImageImport(), new StreamContent(stream), progress::say));
      case IMAGE_PULL -> stream.write(pull(request.getImagePull()));
      case IMAGE_PUSH -> stream.write(push(request.getImagePush()));
      case IMAGE_TAG ->
          stream.write(
              containers()
                  .tag(request.getImageTag().getSource(), request.getImageTag().getTarget()));
      case IMAGE_RESOLVE ->
          stream.write(
              containers()
                  .resolve(
                      request.getImageResolve().getImage(),
                      login(
                          request.getImageResolve().hasLogin(),
                          request.getImageResolve().getLogin())));
      case IMAGE_PRUNE -> stream.write(prune());
      default -> throw new IllegalStateException("not about images");
    };
  }

  private Image inspected(ImageInspectRequest asked) throws DriverException, KindException {
    Image image = containers().inspect(asked.getImage());
    if (!asked.getHistory()) {
      return image;
    }
    ContainerImage.Builder told =
        image.getContainer().toBuilder().addAllHistory(containers().history(asked.getImage()));
    return image.toBuilder().setContainer(told).build();
  }

  private Image pull(ImagePullRequest asked)
      throws ImageException, DriverException, KindException, InterruptedException {
    Optional<RegistryLogin> login = login(asked.hasLogin(), asked.getLogin());
    return asked.getKind() == Kind.KIND_VM
        ? disks().pull(asked.getImage(), login, progress::say)
        : containers().pull(asked.getImage(), login, progress::say);
  }

  private Image push(ImagePushRequest asked)
      throws ImageException, DriverException, KindException, InterruptedException {
    Optional<RegistryLogin> login = login(asked.hasLogin(), asked.getLogin());
    return asked.getKind() == Kind.KIND_VM
        ? disks().push(asked.getImage(), login, progress::say)
        : containers().push(asked.getImage(), login, progress::say);
  }

  private ImageRemoval prune() throws DriverException, KindException {
    return containers()
        .prune(
            request.getImagePrune().getAll(),
            Durations.fromProto(request.getImagePrune().getUntil()));
  }

  private static Optional<RegistryLogin> login(boolean given, RegistryLogin login) {
    return given ? Optional.of(login) : Optional.empty();
  }

  private static boolean isContainers(Kind kind) {
    return kind == Kind.KIND_CONTAINER;
  }

  /// Of several kinds those that this node can have.
  private List<Image> list(List<Kind> kinds) throws ImageException, DriverException, KindException {
    boolean some = kinds.size() > 1;
    List<Image> all = new ArrayList<>();
    if (kinds.contains(Kind.KIND_CONTAINER) && (!some || images.containers().isPresent())) {
      try {
        all.addAll(containers().list());
      } catch (DriverException e) {
        // Every agent has a driver for Docker, and hosts of machines need not have Docker.
        boolean away = e.failure().reason().equals("RuntimeUnavailable");
        if (!some || !away || images.disks().isEmpty()) {
          throw e;
        }
      }
    }
    boolean wantsDisks = kinds.isEmpty() || kinds.contains(Kind.KIND_VM);
    if (wantsDisks && (!some || images.disks().isPresent())) {
      all.addAll(disks().list());
    }
    return all;
  }

  private NodeImages disks() throws KindException {
    return images
        .disks()
        .orElseThrow(
            () ->
                new KindException(
                    "this node runs no virtual machines: its agent was started without a"
                        + " hypervisor (--libvirt-uri)"));
  }

  private ContainerImages containers() throws KindException {
    return images
        .containers()
        .orElseThrow(() -> new KindException("this node's agent has no runtime for containers"));
  }

  private static Status.Code code(ImageException e) {
    if (e.reason().equals("ImageMissing")) {
      return Status.Code.NOT_FOUND;
    }
    return e.mayPass() ? Status.Code.UNAVAILABLE : Status.Code.FAILED_PRECONDITION;
  }
}
