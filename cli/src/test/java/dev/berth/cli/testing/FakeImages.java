package dev.berth.cli.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.berth.v1.BuildImageRequest;
import dev.berth.v1.BuildImageResponse;
import dev.berth.v1.BuildOpened;
import dev.berth.v1.BuildOrder;
import dev.berth.v1.CommitInstanceRequest;
import dev.berth.v1.ContainerImage;
import dev.berth.v1.CopyImagesRequest;
import dev.berth.v1.Disk;
import dev.berth.v1.DiskPartition;
import dev.berth.v1.Image;
import dev.berth.v1.ImageFailure;
import dev.berth.v1.ImageRemoval;
import dev.berth.v1.ImageServiceGrpc;
import dev.berth.v1.ImageStep;
import dev.berth.v1.ImportImageRequest;
import dev.berth.v1.ImportImageResponse;
import dev.berth.v1.ImportProgress;
import dev.berth.v1.InspectImageRequest;
import dev.berth.v1.InspectImageResponse;
import dev.berth.v1.Kind;
import dev.berth.v1.ListImagesRequest;
import dev.berth.v1.ListImagesResponse;
import dev.berth.v1.LoadDone;
import dev.berth.v1.LoadImagesRequest;
import dev.berth.v1.LoadImagesResponse;
import dev.berth.v1.LoadOrder;
import dev.berth.v1.MasterBootRecord;
import dev.berth.v1.MasterBootRecordEntry;
import dev.berth.v1.NodeImageWork;
import dev.berth.v1.NodeImages;
import dev.berth.v1.PartitionTable;
import dev.berth.v1.PruneImagesRequest;
import dev.berth.v1.PruneImagesResponse;
import dev.berth.v1.PullImageRequest;
import dev.berth.v1.PushImageRequest;
import dev.berth.v1.RemoveImageRequest;
import dev.berth.v1.RemoveImageResponse;
import dev.berth.v1.ResolveImageRequest;
import dev.berth.v1.SaveImagesRequest;
import dev.berth.v1.SaveImagesResponse;
import dev.berth.v1.TagImageRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// Images on two nodes: n1 does what it is asked, n2 has one image less and refuses imports.
public final class FakeImages extends ImageServiceGrpc.ImageServiceImplBase {
  private String platformProblem = "";
  private String resolved = "";
  private boolean resolveFails;
  private boolean differs;
  private BuildOrder built = BuildOrder.getDefaultInstance();
  private CommitInstanceRequest committed = CommitInstanceRequest.getDefaultInstance();
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  FakeImages() {}

  /// What was imported.
  public byte[] content() {
    return content.toByteArray();
  }

  /// A disk that boots with GRUB, with one partition.
  public static Image image(String... names) {
    byte[] sector = new byte[512];
    sector[510] = 0x55;
    sector[511] = (byte) 0xaa;
    return Image.newBuilder()
        .addAllNames(List.of(names))
        .setSha256("ab".repeat(32))
        .setSizeBytes(64 << 20)
        .addUsedBy("11111111222233334444555555555555")
        .setDisk(
            Disk.newBuilder()
                .setFormat("qcow2")
                .putFormatDetails("version", "3")
                .setVirtualSizeBytes(128 << 20)
                .setAllocatedBytes(64 << 20)
                .setPartitionTable(PartitionTable.PARTITION_TABLE_MBR)
                .setBootCode("GRUB 2")
                .setMbr(
                    MasterBootRecord.newBuilder()
                        .setDiskId(0xdeadbeef)
                        .addEntries(
                            MasterBootRecordEntry.newBuilder()
                                .setBootable(true)
                                .setType(0x0e)
                                .setFirstSector(2048)
                                .setSectors(100_000))
                        .addEntries(MasterBootRecordEntry.getDefaultInstance())
                        .setSector(ByteString.copyFrom(sector)))
                .addPartitions(
                    DiskPartition.newBuilder()
                        .setNumber(1)
                        .setOffsetBytes(1 << 20)
                        .setSizeBytes(100_000 * 512L)
                        .setType("FAT16 (LBA)")
                        .setBootable(true)
                        .setFileSystem("FAT16")))
        .build();
  }

  private static NodeImages has(String node, Image... images) {
    return NodeImages.newBuilder().setNode(node).addAllImages(List.of(images)).build();
  }

  private static NodeImages fails(String node, Status.Code code, String message) {
    return NodeImages.newBuilder()
        .setNode(node)
        .setFailure(ImageFailure.newBuilder().setCode(code.value()).setMessage(message))
        .build();
  }

  /// A container's image that a registry has too.
  public static Image containerImage(String... names) {
    return Image.newBuilder()
        .addAllNames(List.of(names))
        .setKind(Kind.KIND_CONTAINER)
        .setSha256("cd".repeat(32))
        .setSizeBytes(5 << 20)
        .addUsedBy("11111111222233334444555555555555")
        .setContainer(
            ContainerImage.newBuilder()
                .addDigests("shop@sha256:" + "ef".repeat(32))
                .setCreateTime(Timestamp.newBuilder().setSeconds(1))
                .setPlatform("linux/amd64"))
        .build();
  }

  /// Says that the image of n1 is for another platform.
  public void foreignPlatform() {
    platformProblem = "it is built for linux/arm64, and this node is linux/amd64";
  }

  private static NodeImageWork.Builder work(String node) {
    return NodeImageWork.newBuilder().setNode(node);
  }

  private static ImageFailure failure(Status.Code code, String message) {
    return ImageFailure.newBuilder().setCode(code.value()).setMessage(message).build();
  }

  private void works(
      List<String> asked, Image done, ImageFailure failure, StreamObserver<NodeImageWork> caller) {
    List<String> nodes = asked.isEmpty() ? List.of("n1", "n2") : asked;
    for (String node : nodes) {
      caller.onNext(work(node).setProgress(ImportProgress.newBuilder().setTotalBytes(100)).build());
    }
    for (String node : nodes) {
      caller.onNext(
          node.equals("n1")
              ? work(node).setImage(done).build()
              : work(node).setFailure(failure).build());
    }
    caller.onCompleted();
  }

  @Override
  public void pullImage(PullImageRequest request, StreamObserver<NodeImageWork> caller) {
    Image.Builder image = containerImage(request.getImage()).toBuilder();
    image.getContainerBuilder().setPlatformProblem(platformProblem);
    works(
        request.getNodesList(),
        image.build(),
        failure(Status.Code.UNAUTHENTICATED, "image shop:1: denied; log in"),
        caller);
  }

  /// What a registry says of every tag; empty: images are on nodes alone.
  public void resolveTo(String digest) {
    resolved = digest;
  }

  /// Nobody answers for tags.
  public void resolveFails() {
    resolveFails = true;
  }

  @Override
  public void resolveImage(ResolveImageRequest request, StreamObserver<NodeImageWork> caller) {
    Image.Builder image = Image.newBuilder().addNames(request.getImage());
    if (!resolved.isEmpty()) {
      image.getContainerBuilder().addDigests("shop@" + resolved);
    }
    caller.onNext(
        resolveFails
            ? work("n1").setFailure(failure(Status.Code.UNAVAILABLE, "nobody answers")).build()
            : work("n1").setImage(image).build());
    caller.onCompleted();
  }

  @Override
  public void pushImage(PushImageRequest request, StreamObserver<NodeImageWork> caller) {
    works(
        List.of(request.getNode()),
        containerImage(request.getImage()),
        failure(Status.Code.UNAVAILABLE, "the registry went away"),
        caller);
  }

  /// What was built last.
  public BuildOrder built() {
    return built;
  }

  /// Node n2 gets another image than the one that was copied.
  public void differs() {
    differs = true;
  }

  private void loads(
      List<String> nodes, List<String> names, StreamObserver<LoadImagesResponse> to) {
    for (String node : nodes) {
      Image.Builder image = containerImage(names.toArray(String[]::new)).toBuilder();
      if (differs && node.equals("n2")) {
        image.setSha256("00".repeat(32));
      }
      to.onNext(
          LoadImagesResponse.newBuilder()
              .setNode(node)
              .setProgress(ImportProgress.getDefaultInstance())
              .build());
      to.onNext(LoadImagesResponse.newBuilder().setNode(node).setImage(image).build());
      to.onNext(
          LoadImagesResponse.newBuilder()
              .setNode(node)
              .setDone(LoadDone.getDefaultInstance())
              .build());
    }
    to.onCompleted();
  }

  @Override
  public void saveImages(SaveImagesRequest request, StreamObserver<SaveImagesResponse> caller) {
    if (request.getImages(0).equals("breaks")) {
      caller.onNext(
          SaveImagesResponse.newBuilder().setData(ByteString.copyFromUtf8("half")).build());
      caller.onError(Status.UNAVAILABLE.withDescription("n1 went away").asRuntimeException());
      return;
    }
    String text = request.getNode() + " has " + String.join(" and ", request.getImagesList());
    for (String word : text.split("(?= )", -1)) {
      caller.onNext(SaveImagesResponse.newBuilder().setData(ByteString.copyFromUtf8(word)).build());
    }
    caller.onCompleted();
  }

  @Override
  public StreamObserver<LoadImagesRequest> loadImages(StreamObserver<LoadImagesResponse> caller) {
    return new StreamObserver<>() {
      private LoadOrder order = LoadOrder.getDefaultInstance();

      @Override
      public void onNext(LoadImagesRequest message) {
        if (message.hasOrder()) {
          order = message.getOrder();
        } else {
          content.writeBytes(message.getData().toByteArray());
        }
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        loads(
            order.getNodesCount() == 0 ? List.of("n1", "n2") : order.getNodesList(),
            List.of("shop:1"),
            caller);
      }
    };
  }

  @Override
  public void copyImages(CopyImagesRequest request, StreamObserver<LoadImagesResponse> caller) {
    loads(
        request.getNodesCount() == 0 ? List.of("n2") : request.getNodesList(),
        request.getImagesList(),
        caller);
  }

  @Override
  public StreamObserver<BuildImageRequest> buildImage(StreamObserver<BuildImageResponse> caller) {
    return new StreamObserver<>() {
      @Override
      public void onNext(BuildImageRequest message) {
        if (message.hasOrder()) {
          built = message.getOrder();
          caller.onNext(
              BuildImageResponse.newBuilder()
                  .setOpened(BuildOpened.newBuilder().setNode("n1"))
                  .build());
        } else {
          content.writeBytes(message.getContext().toByteArray());
        }
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        caller.onNext(
            BuildImageResponse.newBuilder()
                .setOutput(ByteString.copyFromUtf8("Step 1/1 : FROM scratch\n"))
                .build());
        if (built.getTarget().equals("none")) {
          caller.onError(
              Status.FAILED_PRECONDITION
                  .withDescription("failed to reach build target none")
                  .asRuntimeException());
          return;
        }
        caller.onNext(
            BuildImageResponse.newBuilder()
                .setImage(containerImage(built.getTagsList().toArray(String[]::new)))
                .build());
        caller.onCompleted();
      }
    };
  }

  /// What was asked last.
  public CommitInstanceRequest committed() {
    return committed;
  }

  @Override
  public void commitInstance(CommitInstanceRequest request, StreamObserver<NodeImageWork> caller) {
    committed = request;
    works(
        List.of(request.getInstance().equals("web.1") ? "n1" : "n2"),
        containerImage(request.getImage()),
        failure(Status.Code.FAILED_PRECONDITION, "MAINTAINER is not a valid change command"),
        caller);
  }

  @Override
  public void tagImage(TagImageRequest request, StreamObserver<NodeImageWork> caller) {
    works(
        request.getNodesList(),
        containerImage(request.getTarget()),
        failure(Status.Code.NOT_FOUND, "this node has no such image"),
        caller);
  }

  @Override
  public void pruneImages(PruneImagesRequest request, StreamObserver<PruneImagesResponse> caller) {
    caller.onNext(
        PruneImagesResponse.newBuilder()
            .setNode("n1")
            .setRemoval(
                ImageRemoval.newBuilder()
                    .addUntagged("shop:1")
                    .addDeleted("cd".repeat(32))
                    .setReclaimedBytes(5 << 20))
            .build());
    caller.onNext(
        PruneImagesResponse.newBuilder()
            .setNode("n2")
            .setFailure(failure(Status.Code.UNAVAILABLE, "it is not connected"))
            .build());
    caller.onCompleted();
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> caller) {
    if (request.getKindsList().contains(Kind.KIND_CONTAINER)) {
      caller.onNext(
          ListImagesResponse.newBuilder()
              .setResult(has("n1", containerImage("host:5000/shop:2.1", "shop:1")))
              .build());
    }
    if (!request.getKindsList().contains(Kind.KIND_VM)) {
      caller.onNext(ListImagesResponse.newBuilder().setResult(has("n1")).setLast(true).build());
      caller.onCompleted();
      return;
    }
    caller.onNext(ListImagesResponse.newBuilder().setResult(has("n1", image("debian"))).build());
    caller.onNext(
        ListImagesResponse.newBuilder().setResult(has("n1", image())).setLast(true).build());
    caller.onNext(
        ListImagesResponse.newBuilder()
            .setResult(fails("n2", Status.Code.UNAVAILABLE, "it is not connected"))
            .setLast(true)
            .build());
    caller.onCompleted();
  }

  private static Image told(Image image, boolean history) {
    Image.Builder told = image.toBuilder();
    if (history) {
      told.getContainerBuilder()
          .addHistory(
              ImageStep.newBuilder()
                  .setSha256(image.getSha256())
                  .setCreatedBy("/bin/sh -c #(nop)  CMD [\"serve\" \"--with=many\" \"arguments\"]"))
          .addHistory(
              ImageStep.newBuilder()
                  .setCreateTime(Timestamp.newBuilder().setSeconds(1))
                  .setCreatedBy("ADD file")
                  .setSizeBytes(5 << 20)
                  .setComment("base"));
    }
    return told.build();
  }

  @Override
  public void inspectImage(
      InspectImageRequest request, StreamObserver<InspectImageResponse> caller) {
    if (request.getKind() == Kind.KIND_CONTAINER) {
      caller.onNext(
          InspectImageResponse.newBuilder()
              .setResult(has("n1", told(containerImage(request.getImage()), request.getHistory())))
              .build());
      caller.onCompleted();
      return;
    }
    NodeImages first =
        request.getImage().equals("debian")
            ? has("n1", image("debian"))
            : fails("n1", Status.Code.NOT_FOUND, "n1 has no such image");
    caller.onNext(InspectImageResponse.newBuilder().setResult(first).build());
    caller.onNext(
        InspectImageResponse.newBuilder()
            .setResult(fails("n2", Status.Code.NOT_FOUND, "n2 has no such image"))
            .build());
    caller.onCompleted();
  }

  @Override
  public void removeImage(RemoveImageRequest request, StreamObserver<RemoveImageResponse> caller) {
    caller.onNext(
        RemoveImageResponse.newBuilder().setResult(has("n1", image(request.getImage()))).build());
    caller.onNext(
        RemoveImageResponse.newBuilder()
            .setResult(fails("n2", Status.Code.FAILED_PRECONDITION, "a machine needs it"))
            .build());
    caller.onCompleted();
  }

  @Override
  public StreamObserver<ImportImageRequest> importImage(
      StreamObserver<ImportImageResponse> caller) {
    return new StreamObserver<>() {
      private ImportImageRequest order = ImportImageRequest.getDefaultInstance();

      @Override
      public void onNext(ImportImageRequest message) {
        if (message.hasOrder()) {
          order = message;
          for (String node : List.of("n1", "n2")) {
            caller.onNext(
                ImportImageResponse.newBuilder()
                    .setNode(node)
                    .setProgress(ImportProgress.newBuilder().setTotalBytes(100))
                    .build());
          }
        } else {
          content.writeBytes(message.getContent().toByteArray());
        }
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        caller.onNext(
            ImportImageResponse.newBuilder()
                .setNode("n1")
                .setImage(image(order.getOrder().getImage().getName()))
                .build());
        if (!order.getOrder().getNodesList().contains("n1")) {
          caller.onNext(
              ImportImageResponse.newBuilder()
                  .setNode("n2")
                  .setFailure(ImageFailure.newBuilder().setCode(14).setMessage("no space left"))
                  .build());
        }
        caller.onCompleted();
      }
    };
  }
}
